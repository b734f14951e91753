"""An interaction with this bot: a command, a click, or a form that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import discord

    from bot.discord_app.client import MynaClient

Interaction: TypeAlias = "discord.Interaction[MynaClient]"
