"""A tool on a card: what moderators read before they let Myna call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import tool_card_phrases
from learning import tool_text
from learning.errors import LessonError
from learning.tool import calls_of, is_tool, tool_of
from learning.tool_request import secrets_of

if TYPE_CHECKING:
    from learning.lesson import Lesson

MOST_REACH = 200
"""Of an address; the host is at its beginning."""


def lines(lesson: Lesson) -> tuple[str, ...]:
    """Spell a tool out, a line each; nothing of a lesson that is none."""
    if not is_tool(lesson):
        return ()
    try:
        return tool_text.lines(tool_of(lesson), calls_of(lesson))
    except LessonError:  # its words were erased
        return (lesson.text,)


def facts(lesson: Lesson) -> tuple[tuple[str, str], ...]:
    """Return where a tool goes, what it uses and whether it asks, in that order.

    They stand apart from its lines, because a platform cuts what is long, and the end
    of a long list of parameters must not hide them.
    """
    if not is_tool(lesson):
        return ()
    try:
        tool = tool_of(lesson)
        reach = tool_text.reach(tool)[:MOST_REACH]
    except LessonError:
        return ()
    return (
        ("Reaches", reach),
        ("Secrets", ", ".join(secrets_of(tool)) or "none"),
        ("Asks first", tool_card_phrases.asks_first(tool)),
    )


def change(old: Lesson, new: Lesson) -> str:
    """Return the lines that go and those that come; nothing where neither is a tool."""
    before, after = lines(old), lines(new)
    if not before or not after:
        return ""
    gone = [f"- {line}" for line in before if line not in after]
    come = [f"+ {line}" for line in after if line not in before]
    return "\n".join([*gone, *come])
