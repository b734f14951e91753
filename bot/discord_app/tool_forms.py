"""The form for a tool: taught, edited and corrected in it, and never typed twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot import tool_card_phrases, tool_fields
from bot.discord_app import words
from bot.discord_app.forms import MAX_INPUT, OPEN_SECONDS, Field, Form
from bot.discord_app.interaction import Interaction
from bot.discord_app.replies import broke, tell
from bot.discord_app.teaching import teach
from bot.vocabulary import Teach
from learning.errors import LessonError
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from learning.lesson import Lesson

Use = Callable[[Interaction, str], Awaitable[None]]
"""What to do with a tool that was typed: it comes as JSON."""


async def open_tool(interaction: Interaction) -> None:
    """Let somebody describe a tool."""
    await interaction.response.send_modal(
        form(tool_card_phrases.tool_form(), {}, _teach)
    )


def form_of(title: str, lesson: Lesson, use: Use) -> Form:
    """Return the form with a tool's words in it. Raises CommandError."""
    return form(title, tool_fields.filled(lesson, most_chars=MAX_INPUT), use)


def form(title: str, typed: Mapping[str, str], use: Use) -> Form:
    """Return the form; what cannot be read comes back in it, with the reason."""

    async def sent(again: Interaction, values: Mapping[str, str]) -> None:
        try:
            text = tool_fields.text_of(values)
        except LessonError as exc:
            view = _Again(title, values, use)
            await tell(again, words.here(str(exc)), view=view)
            return
        await use(again, text)

    fields = [
        Field(
            each.id,
            each.label,
            typed.get(each.id, ""),
            required=each.required,
            hint=each.hint,
        )
        for each in tool_fields.FIELDS
    ]
    return Form(title, fields, sent)


class _Again(discord.ui.View):
    """A button that opens the form again, as it was sent."""

    def __init__(self, title: str, typed: Mapping[str, str], use: Use) -> None:
        super().__init__(timeout=OPEN_SECONDS)
        self._title = title
        self._typed = typed
        self._use = use

    @discord.ui.button(
        label=tool_card_phrases.write_it_again(), style=discord.ButtonStyle.primary
    )
    async def open(
        self, interaction: discord.Interaction[Any], _: discord.ui.Button[Any]
    ) -> None:
        """Open the form with what was typed in it."""
        again = form(self._title, self._typed, self._use)
        await interaction.response.send_modal(again)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, _: Any, /
    ) -> None:
        """Give the person the id that the log has."""
        await broke(interaction, error)


async def _teach(interaction: Interaction, text: str) -> None:
    await teach(interaction, Teach(LessonKind.TOOL, text=text))
