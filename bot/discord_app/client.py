"""The client: one connection to Discord, with everything that hangs on it."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands as ext

from bot import breakage
from bot.cards import Button, Verb
from bot.discord_app import (
    commands,
    confirming,
    documents,
    feedback,
    learning,
    researching,
    reviewing,
)
from bot.discord_app.announcer import DiscordAnnouncer
from bot.discord_app.canary_commands import CanaryCommands
from bot.discord_app.erasing import EraseButton
from bot.discord_app.interaction import Interaction
from bot.discord_app.listening import Listening
from bot.discord_app.people import guild_of, guild_server
from bot.discord_app.rendering import NO_MENTIONS, CardButton
from bot.discord_app.replies import broke
from bot.discord_app.retrying import FAILURES
from bot.discord_app.secret_commands import SecretCommands
from bot.discord_app.teach_commands import TeachCommands, teach_this_menu
from bot.discord_app.translations import MynaTranslator
from bot.vocabulary import Review
from moderation.policy import DISCORD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.core import Core
    from bot.discord_app.options import DiscordOptions
    from bot.ports import Clock

log = structlog.get_logger(__name__)

SYNCED = "discord_commands.sha256"


class MynaTree(app_commands.CommandTree["MynaClient"]):
    """The commands, and the error boundary around them."""

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Give the person the id that the log has."""
        if isinstance(error, app_commands.CommandInvokeError):
            await broke(interaction, error.original)
        else:
            await broke(interaction, error)


class MynaClient(ext.AutoShardedBot):
    """Myna on Discord."""

    tree: MynaTree

    def __init__(
        self,
        core: Core,
        clock: Clock,
        options: DiscordOptions,
    ) -> None:
        # Nothing is spoken here: no need to be told that it could not be.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            ext.when_mentioned,
            help_command=None,
            tree_cls=MynaTree,
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=True,
                message_content=options.message_content,
            ),
            allowed_mentions=NO_MENTIONS,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self.core = core
        self.clock = clock
        self.options = options
        self.announcer = DiscordAnnouncer(self)
        self._caught_up = False

    async def setup_hook(self) -> None:
        """Prepare everything before the first event arrives."""
        self.add_dynamic_items(CardButton, EraseButton)
        await self.add_cog(Listening(self))
        await self.add_cog(TeachCommands())
        await self.add_cog(commands.MynaCommands())
        await self.add_cog(CanaryCommands())
        await self.add_cog(SecretCommands())
        self.tree.add_command(teach_this_menu())
        await self._sync()

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages to Listening: there are no prefix commands."""

    async def on_ready(self) -> None:
        """Make up for what happened while Myna was down; reconnecting does not again.

        Review cards that are missing are posted, and servers that removed Myna are
        deleted.
        """
        if self._caught_up:
            return
        self._caught_up = True
        for guild in self.guilds:
            await self.announcer.catch_up(guild_server(guild.id))
        for server in await self.core.known_servers(DISCORD):
            guild_id = guild_of(server)
            if guild_id is not None and await self._has_left(guild_id):
                await self.core.purge(server)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what nobody foresaw in an event."""
        exc = sys.exc_info()[1]
        if isinstance(exc, Exception):
            breakage.report(f"discord.{event_method}_broke", exc)

    async def clicked(self, interaction: Interaction, button: Button) -> None:
        """Do what a card's button says."""
        try:
            await _CLICKS[button.verb](interaction, button)
        except Exception as exc:  # noqa: BLE001 - the error boundary of buttons
            await broke(interaction, exc)

    async def close(self) -> None:
        """Drop the announcements that wait, and leave Discord."""
        await self.announcer.close()
        await super().close()

    async def _has_left(self, guild_id: int) -> bool:
        """Say whether Myna is no member of a guild, beyond doubt: a purge is final.

        A guild that is unavailable for now is still in the cache.
        """
        if self.get_guild(guild_id) is not None:
            return False
        try:
            await self.fetch_guild(guild_id, with_counts=False)
        except (discord.NotFound, discord.Forbidden):
            return True
        except FAILURES as exc:
            log.info("guild.unknown", guild=guild_id, error=type(exc).__name__)
        return False

    async def _sync(self) -> None:
        """Tell Discord the commands, if they changed: it takes 200 a day at most."""
        translator = MynaTranslator()
        await self.tree.set_translator(translator)
        folder = self.options.state_folder
        if folder is None:
            await self.tree.sync()
            return
        payload = [
            await command.get_translated_payload(self.tree, translator)
            for command in self.tree.get_commands()
        ]
        content = json.dumps([self.application_id, payload], sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()
        file = folder / SYNCED
        if file.exists() and file.read_text() == digest:
            return
        await self.tree.sync()
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(digest)
        log.info("commands.synced", count=len(payload))


async def _learn(interaction: Interaction, _: Button) -> None:
    await learning.learn(interaction)


async def _review(interaction: Interaction, _: Button) -> None:
    await commands.carry_out(interaction, Review())


_CLICKS: Mapping[Verb, Callable[[Interaction, Button], Awaitable[None]]] = {
    Verb.APPROVE: reviewing.rule,
    Verb.MEMORY_ONLY: reviewing.rule,
    Verb.EDIT: reviewing.edit,
    Verb.REJECT: reviewing.reject,
    Verb.WIDEN: reviewing.widen,
    Verb.CONSENT: reviewing.consent,
    Verb.REFUSE_CONSENT: reviewing.consent,
    Verb.HELPFUL: feedback.rate,
    Verb.UNHELPFUL: feedback.rate,
    Verb.ROLLBACK: learning.roll_back,
    Verb.LEARN: _learn,
    Verb.REVIEW: _review,
    Verb.APPROVE_DOCUMENT: documents.approve,
    Verb.APPROVE_PARTS: documents.approve_parts,
    Verb.REJECT_DOCUMENT: documents.reject,
    Verb.SHOW_DOCUMENT: documents.show,
    Verb.RESEARCH: researching.look_up,
    Verb.PICK: researching.pick,
    Verb.CONFIRM: confirming.settle,
    Verb.LEAVE: confirming.settle,
}
