"""The slash command /teach, and the message menu that teaches."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str as _
from discord.ext import commands

from bot.commands import linked
from bot.discord_app import (
    importing,
    longer_forms,
    pinning,
    researching,
    teaching,
    tool_forms,
)
from bot.discord_app.commands import carry_out
from bot.discord_app.interaction import Interaction
from bot.vocabulary import Import, ImportMcp, Teach
from learning.lesson import LessonKind

Words = app_commands.Range[str, 1, 2000]
Address = app_commands.Range[str, 1, 2000]


class TeachCommands(
    commands.GroupCog,
    group_name="teach",
    group_description=_("Teach Myna something; a moderator reviews it"),
):
    """The ways to teach."""

    @app_commands.command(description=_("Teach an answer to a question"))
    @app_commands.describe(
        question=_("What people will ask"), answer=_("What Myna should say")
    )
    async def qa(
        self, interaction: Interaction, question: Words, answer: Words
    ) -> None:
        lesson = Teach(LessonKind.QA, question=question, answer=answer)
        await teaching.teach(interaction, lesson)

    @app_commands.command(description=_("Teach a fact"))
    @app_commands.describe(text=_("The fact, in a sentence"))
    async def fact(self, interaction: Interaction, text: Words) -> None:
        await teaching.teach(interaction, Teach(LessonKind.FACT, text=text))

    @app_commands.command(description=_("Teach a rule of tone or behaviour"))
    @app_commands.describe(text=_("The rule, such as: answer in one sentence"))
    async def rule(self, interaction: Interaction, text: Words) -> None:
        await teaching.teach(interaction, Teach(LessonKind.RULE, text=text))

    @app_commands.command(description=_("Teach a rule by a few examples, in a form"))
    async def examples(self, interaction: Interaction) -> None:
        await longer_forms.open_rule(interaction)

    @app_commands.command(description=_("Teach how a conversation should go"))
    async def dialogue(self, interaction: Interaction) -> None:
        await longer_forms.open_dialogue(interaction)

    @app_commands.command(description=_("Teach a tool: something to call, in a form"))
    async def tool(self, interaction: Interaction) -> None:
        await tool_forms.open_tool(interaction)

    @app_commands.command(description=_("Teach the tools of an MCP server"))
    @app_commands.describe(url=_("The server's address"))
    async def mcp(self, interaction: Interaction, url: Address) -> None:
        await carry_out(interaction, ImportMcp(linked(url)))

    @app_commands.command(description=_("Teach something longer, in a form"))
    async def form(self, interaction: Interaction) -> None:
        await teaching.open_form(interaction)

    @app_commands.command(description=_("Teach a document, or a file of lessons"))
    async def file(self, interaction: Interaction) -> None:
        await importing.open_form(interaction)

    @app_commands.command(description=_("Teach what a page of the web says"))
    @app_commands.describe(url=_("The page's address"))
    async def link(self, interaction: Interaction, url: Address) -> None:
        await researching.read(interaction, Import(url=url))

    @app_commands.command(description=_("Teach the pinned messages of this channel"))
    async def pins(self, interaction: Interaction) -> None:
        await pinning.teach_pins(interaction)


def teach_this_menu() -> app_commands.ContextMenu:
    """Return the entry "Teach this" of every message's menu."""
    return app_commands.ContextMenu(name=_("Teach this"), callback=teaching.teach_this)
