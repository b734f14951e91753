"""The slash command /secret: keys that tools send along, and nobody is shown.

A value is typed into a form: commands are kept in people's own input history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.app_commands import locale_str as _
from discord.ext import commands

from bot import phrases, tool_card_phrases
from bot import vocabulary as say
from bot.commands import parse
from bot.discord_app import words
from bot.discord_app.commands import carry_out
from bot.discord_app.forms import Field, Form
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import tell, told
from learning.errors import CommandError
from moderation.roles import Permission, may

if TYPE_CHECKING:
    from collections.abc import Mapping

Name = app_commands.Range[str, 1, 64]
MAX_LABEL = 45
Host = app_commands.Range[str, 1, 253]


class SecretCommands(
    commands.GroupCog,
    group_name="secret",
    group_description=_("Keys that tools send to one host"),
):
    """Storing, listing and removing."""

    @app_commands.command(description=_("Store a secret; a form asks for its value"))
    @app_commands.describe(
        name=_("What tools call it, such as STATUS_KEY"),
        host=_("The one host it may be sent to"),
    )
    async def set(self, interaction: Interaction, name: Name, host: Host) -> None:
        await _open_form(interaction, name, host)

    @app_commands.command(
        name="list", description=_("List the secrets and their hosts, never values")
    )
    async def list_(self, interaction: Interaction) -> None:
        await carry_out(interaction, say.Secrets())

    @app_commands.command(description=_("Delete a secret"))
    @app_commands.describe(name=_("What tools call it, such as STATUS_KEY"))
    async def remove(self, interaction: Interaction, name: Name) -> None:
        await carry_out(interaction, say.RemoveSecret(name))


async def _open_form(interaction: Interaction, name: str, host: str) -> None:
    """Ask an admin for the value; nobody else gets to see the form."""
    async with told(interaction):
        wanted = parse(f"/secret {name} {host}")
        if not isinstance(wanted, say.SetSecret) or wanted.value:
            raise CommandError(tool_card_phrases.how_to_write_secrets())
        visit = await visit_of(interaction)
        if not may(visit.actor.role, Permission.CONFIGURE):
            refused = phrases.not_allowed(Permission.CONFIGURE)
            await tell(interaction, words.here(refused))
            return

        async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
            value = typed["value"]
            await carry_out(again, say.SetSecret(wanted.name, wanted.host, value))

        label = tool_card_phrases.value_label(name)[:MAX_LABEL]
        title = tool_card_phrases.secret_form()
        form = Form(title, [Field("value", label, lines=False)], sent)
        await interaction.response.send_modal(form)
