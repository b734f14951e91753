"""The marker: `[Learn] ...` in a message that mentions Myna teaches what follows."""

import re

from bot.commands import read_lesson
from bot.vocabulary import Teach
from learning.errors import CommandError
from learning.lesson import LessonKind

_MARKER = re.compile(r"^\s*\[learn\]\s*(?P<lesson>.*)$", re.IGNORECASE | re.DOTALL)


def is_marked(text: str) -> bool:
    """Say whether a message, without its mention, begins with the marker."""
    return _MARKER.match(text) is not None


def read(text: str) -> Teach | None:
    """Return what a marked message teaches; None without a marker or a lesson.

    `question: ... answer: ...`, `fact: ...` and `rule: ...` are understood as in
    /teach; anything else is a fact. Raises LessonError where a dialogue or an example
    is malformed.
    """
    match = _MARKER.match(text)
    if match is None or not match["lesson"].strip():
        return None
    lesson = match["lesson"].strip()
    try:
        return read_lesson(lesson)
    except CommandError:
        return Teach(LessonKind.FACT, text=lesson)
