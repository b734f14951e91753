"""What an adapter was trained on and a correction has replaced since.

Weights cannot unlearn a value at once. Until a fresh run has built an adapter without
it, the adapter is not asked about that subject, and what it says is looked through for
the old value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.credit import repeats
from learning import fit
from learning.lesson import Lesson, LessonKind, LessonState
from learning.standing import is_standing
from storage import adapters, lessons

if TYPE_CHECKING:
    from bot.parts import Parts
    from learning.engine import AdapterRef
    from learning.memory import Recall

LIKELY = 0.2
"""From this score on, a question may be about the lesson that replaced another."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A lesson that weights still hold, and what is true instead."""

    old: Lesson
    now: Lesson | None
    """None where that was forgotten, or expired."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """All that is out of date in one adapter."""

    replaced: tuple[Replaced, ...] = ()

    def touches(self, question: str, recall: Recall) -> bool:
        """Say whether a question may be about something that was replaced.

        A rule for every answer is about every question.
        """
        likely = {hit.lesson.id for hit in recall.hits if hit.score >= LIKELY}
        likely |= {hit.lesson.id for hit in recall.hits[:1]}
        return any(
            is_standing(each.old)
            or _is_about(question, each.old)
            or (each.now is not None and each.now.id in likely)
            for each in self.replaced
        )

    def said(self, answer: str, question: str) -> Replaced | None:
        """Return what an answer gives although it was replaced."""
        for each in self.replaced:
            if not repeats(answer, question, each.old):
                continue
            if each.now is None or not repeats(answer, question, each.now):
                return each
        return None


NOTHING = Outdated()


async def outdated_in(
    parts: Parts, server: str, adapter: AdapterRef | None
) -> Outdated:
    """Find what a server's own adapter learned and others have replaced."""
    if adapter is None or adapter.server != server:
        return NOTHING
    database = parts.database
    gone = await lessons.in_state(database, server, LessonState.SUPERSEDED)
    if not gone:
        return NOTHING
    learned = await adapters.contained_lessons(database, server, adapter.version)
    after = {
        lesson.supersedes: lesson
        for lesson in [
            *(record.lesson for record in gone),
            *await lessons.approved(database, server),
        ]
        if lesson.supersedes is not None
    }
    return Outdated(
        tuple(
            Replaced(record.lesson, _latest(record.lesson, after))
            for record in gone
            if record.lesson.id in learned
        )
    )


def _latest(old: Lesson, after: dict[int, Lesson]) -> Lesson | None:
    """Follow corrections of corrections to the one that holds now."""
    now = after.get(old.id)
    while now is not None and now.state is not LessonState.APPROVED:
        now = after.get(now.id)
    return now


def _is_about(question: str, old: Lesson) -> bool:
    if old.kind is LessonKind.RULE:
        return fit.names_trigger(question, old)
    return fit.is_about(question, old)
