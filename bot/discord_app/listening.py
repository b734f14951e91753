"""Listening: messages to Myna, and what becomes of messages that it learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import structlog
from discord.ext import commands

from bot import breakage, marker
from bot.discord_app import asking, teaching
from bot.discord_app.history import without_mention
from bot.discord_app.people import Place, guild_server, place_in, place_of, visit
from bot.discord_app.rendering import NO_MENTIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.discord_app.client import MynaClient

log = structlog.get_logger(__name__)

LOOK_BACK = 50
"""How many messages of a thread are searched for an answer of Myna's."""


class Listening(commands.Cog):
    """What happens on Discord by itself, not by command."""

    def __init__(self, client: MynaClient) -> None:
        self._client = client
        self._own_threads: dict[int, bool] = {}
        """Whether Myna answered in a thread, where that was looked up."""

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer, or learn, what is said to Myna."""
        is_speech = message.type in (
            discord.MessageType.default,
            discord.MessageType.reply,
        )
        if message.author.bot or message.webhook_id is not None or not is_speech:
            return
        text = without_mention(self._client, message.content)
        if not text or not await self._is_for_us(message):
            return
        try:
            await self._hear(message, text)
        except (discord.Forbidden, discord.NotFound) as exc:
            log.info("reply.undeliverable", status=exc.status)
        except Exception as exc:  # noqa: BLE001 - the error boundary of messages
            sentence = breakage.report("discord.broke", exc)
            await message.reply(sentence, allowed_mentions=NO_MENTIONS)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Forget what came from a message that was deleted."""
        await self._deleted(event.guild_id, event.channel_id, [event.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(
        self, event: discord.RawBulkMessageDeleteEvent
    ) -> None:
        """Forget what came from messages that were deleted together."""
        await self._deleted(event.guild_id, event.channel_id, event.message_ids)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Put a message's new words up for review instead of the old ones.

        Words that Discord hides, because they mention nobody here and the message
        content intent is off, cannot be reviewed: what came from them is forgotten.
        A link's preview and a pin come as updates too, with the time of an earlier
        edit or none.
        """
        message = event.message
        if message.edited_at is None or message.author.bot:
            return
        place = await self._origin(event.guild_id, event.channel_id)
        if place is None:
            return
        for taught in await self._client.core.message_edited(
            place.server,
            place.channel,
            str(event.message_id),
            without_mention(self._client, message.content) or None,
            edited_at=message.edited_at,
            scope=place.scope,
        ):
            if taught.waiting is not None:
                name = taught.waiting.lesson.author_name
                await teaching.ask_consent(taught, name, message)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete all of a server that removed Myna."""
        await self._client.core.purge(guild_server(guild.id))

    async def _hear(self, message: discord.Message, text: str) -> None:
        place = place_of(message.guild, message.channel, message.author)
        speaker = await visit(self._client, place, message.author)
        if marker.is_marked(text):
            await teaching.teach_marked(speaker, message, text)
            return
        if isinstance(message.channel, discord.Thread):
            self._own_threads[message.channel.id] = True
        await asking.answer_message(self._client, speaker, message, text)

    async def _is_for_us(self, message: discord.Message) -> bool:
        us = self._client.user
        if message.guild is None or us in message.mentions:
            return True
        answered = message.reference.resolved if message.reference else None
        if isinstance(answered, discord.Message) and answered.author == us:
            return True
        if message.mentions or not isinstance(message.channel, discord.Thread):
            return False
        return await self._is_followed(message.guild, message.channel)

    async def _is_followed(self, guild: discord.Guild, thread: discord.Thread) -> bool:
        """Say whether questions in a thread need no mention."""
        if not self._client.options.message_content:
            return False
        settings = await self._client.core.settings(guild_server(guild.id))
        if not settings.follow_threads:
            return False
        if thread.id not in self._own_threads:
            recent = thread.history(limit=LOOK_BACK)
            ours = [each async for each in recent if each.author == self._client.user]
            self._own_threads[thread.id] = bool(ours)
        return self._own_threads[thread.id]

    async def _deleted(
        self, guild_id: int | None, channel_id: int, messages: Collection[int]
    ) -> None:
        place = await self._origin(guild_id, channel_id)
        if place is not None:
            await self._client.core.message_deleted(
                place.server, place.channel, [str(each) for each in messages]
            )

    async def _origin(self, guild_id: int | None, channel_id: int) -> Place | None:
        """Return the place where a message was edited or deleted."""
        channel = self._client.get_channel(channel_id)
        if channel is None:
            try:  # an archived thread, or direct messages since the last start
                channel = await self._client.fetch_channel(channel_id)
            except (discord.NotFound, discord.Forbidden):
                channel = None
        guild = self._client.get_guild(guild_id or 0)
        if guild is not None:
            return place_in(guild, channel or discord.Object(channel_id))
        if isinstance(channel, discord.DMChannel) and channel.recipient is not None:
            return place_of(None, channel, channel.recipient)
        return None
