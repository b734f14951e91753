"""The slash command /canary: answers that training may not change.

A group of its own: Discord allows 25 commands in one, and /myna has them.
"""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str as _
from discord.ext import commands

from bot import vocabulary as say
from bot.discord_app.commands import Number, Words, carry_out
from bot.discord_app.interaction import Interaction


class CanaryCommands(
    commands.GroupCog,
    group_name="canary",
    group_description=_("Guard answers that training may not change"),
):
    """Adding, listing and removing."""

    @app_commands.command(description=_("Guard an answer that is to stay as it is"))
    @app_commands.describe(
        question=_("What people ask"), answer=_("The answer that it has to keep")
    )
    async def add(
        self, interaction: Interaction, question: Words, answer: Words
    ) -> None:
        await carry_out(interaction, say.AddCanary(question, answer))

    @app_commands.command(name="list", description=_("List the guarded answers"))
    async def list_(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Canaries())

    @app_commands.command(description=_("Guard an answer no longer"))
    @app_commands.describe(number=_("The canary's number"))
    async def remove(self, interaction: Interaction, number: Number) -> None:
        await carry_out(interaction, say.RemoveCanary(number))
