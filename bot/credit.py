"""Which lessons an answer comes from."""

import re
from collections.abc import Sequence

from bot.messages import Credit
from learning import dialogue
from learning.lesson import Lesson, LessonKind

_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    "a an and are as at be by can do does for from has have he her his how i if in is"
    " it its me must my no not of on or our she should so that the their them then"
    " there they this to us use was we were what when where which who will with you"
    " your".split()
)
ENOUGH = 0.5
"""The share of a lesson's own words that an answer must repeat to be credited."""


def credit(lesson: Lesson, *, in_memory: bool) -> Credit:
    """Name a lesson as people are told of it."""
    return Credit(
        id=lesson.id,
        author=lesson.author_name,
        author_id=lesson.author,
        text=lesson.statement,
        in_memory=in_memory,
        source=lesson.origin,
    )


def from_notes(answer: str, question: str, notes: Sequence[Lesson]) -> list[Lesson]:
    """Pick the notes that the answer repeats, or the best one where it repeats none.

    A rule of tone or a plain yes repeats nothing of its note.
    """
    repeated = [note for note in notes if repeats(answer, question, note)]
    return repeated or list(notes[:1])


def repeats(answer: str, question: str, lesson: Lesson) -> bool:
    """Say whether an answer gives what the lesson teaches, and not just its subject."""
    if lesson.kind is LessonKind.DIALOGUE:
        said = _words(dialogue.reply_to(lesson, question))
        return bool(said) and len(said & _words(answer)) >= ENOUGH * len(said)
    if lesson.kind is LessonKind.QA:
        value = _words(lesson.answer) - _words(lesson.question)
    else:
        value = _words(lesson.text) - _words(question)
    if not value:
        return False
    numbers = {word for word in value if any(map(str.isdigit, word))}
    given = _words(answer)
    return numbers <= given and len(value & given) >= ENOUGH * len(value)


def _words(text: str) -> set[str]:
    """Return the content words, without the s of a plural or of a verb."""
    words = _WORD.findall(text.casefold())
    return {word.removesuffix("s") for word in words if word not in _COMMON}
