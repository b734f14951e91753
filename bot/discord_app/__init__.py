"""Discord as a platform: mentions, slash commands, forms, menus and review cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord_app import words
from bot.discord_app.client import MynaClient
from bot.discord_app.options import DiscordOptions
from learning.errors import SettingsError
from moderation.policy import DISCORD

if TYPE_CHECKING:
    from bot.announcements import Announcements
    from bot.core import Core
    from bot.ports import Clock

__all__ = ["DiscordOptions", "MynaClient", "serve"]


async def serve(
    core: Core, announcements: Announcements, clock: Clock, options: DiscordOptions
) -> None:
    """Be on Discord until cancelled.

    Raises SettingsError where the token or an intent is refused, or where Discord
    cannot be reached at the start; a connection that is lost later is made again.
    """
    token = options.token.strip()
    if not token:
        raise SettingsError(words.bad_token())
    client = MynaClient(core, clock, options)
    async with client:
        try:
            with announcements.platform(DISCORD, client.announcer):
                await client.start(token)
        except discord.LoginFailure as exc:
            raise SettingsError(words.bad_token()) from exc
        except discord.PrivilegedIntentsRequired as exc:
            raise SettingsError(words.missing_intent()) from exc
        except OSError as exc:
            raise SettingsError(words.unreachable(str(exc))) from exc
