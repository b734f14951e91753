"""Screening a lesson beside what is known and what waits, within what it may see."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from learning.lesson import LessonKind, LessonState
from moderation.screen import Similar, screen
from storage import lessons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.parts import Parts
    from learning.lesson import Lesson
    from moderation.verdict import Verdict

CONFLICT = "conflict"
"""The rule that finds a lesson about the same thing which says something else."""
LOOKED_AT, COMPARED = 25, 5
"""How many like it are looked up, of which so many in its scope are compared."""


class Screening:
    """Judges drafts; never beside themselves, and never beside others' secrets."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def judge(
        self, draft: Lesson, waiting: Sequence[Lesson] | None = None
    ) -> Verdict:
        """Judge a lesson; `waiting` spares looking up the queue for each of many."""
        fields, most = _words_of(draft), self._parts.max_lesson_chars
        if draft.kind is LessonKind.QA and not all(map(str.strip, fields)):
            return screen("")
        first = await asyncio.to_thread(screen, *fields, max_chars=most)
        if first.refused:
            return first
        near = await asyncio.to_thread(
            self._parts.memory.similar, draft.server, draft.statement, limit=LOOKED_AT
        )
        near = tuple(each for each in near if _sees(draft, each[0]))[:COMPARED]
        similar = [_similar(lesson, cosine) for lesson, cosine in near]
        if waiting is None:
            waiting = await self.waiting(draft.server)
        asked = _subject(draft)
        similar += [
            _similar(lesson, 1.0)
            for lesson in waiting
            if _subject(lesson) == asked and _sees(draft, lesson)
        ]
        others = [each for each in similar if each.lesson != draft.id]
        return await asyncio.to_thread(screen, *fields, similar=others, max_chars=most)

    async def waiting(self, server: str) -> list[Lesson]:
        """Return the lessons in a server's queue."""
        records = await lessons.in_state(
            self._parts.database, server, LessonState.PENDING
        )
        return [record.lesson for record in records]

    async def supersedes(self, draft: Lesson, verdict: Verdict) -> int | None:
        """Name the approved lesson that this one contradicts, and would replace.

        One channel's lesson replaces none that others know.
        """
        for finding in verdict.findings:
            if finding.rule != CONFLICT or finding.lesson is None:
                continue
            other = await lessons.get(
                self._parts.database, draft.server, finding.lesson
            )
            is_known = other.lesson.state is LessonState.APPROVED
            if is_known and other.lesson.scope == draft.scope:
                return finding.lesson
        return None


def contradicts(verdict: Verdict) -> bool:
    """Say whether a lesson says something else than one that is known or waits."""
    return any(finding.rule == CONFLICT for finding in verdict.findings)


def _sees(draft: Lesson, other: Lesson) -> bool:
    """Say whether everybody who may read a draft may know of another lesson."""
    return other.scope.is_server_wide or other.scope == draft.scope


def _subject(lesson: Lesson) -> str:
    """Return what two waiting lessons must share to be compared with each other."""
    return " ".join((lesson.question or lesson.text).casefold().split())


def _similar(lesson: Lesson, cosine: float) -> Similar:
    return Similar(
        lesson=lesson.id,
        text=lesson.text,
        question=lesson.question,
        answer=lesson.answer,
        cosine=cosine,
    )


def _words_of(lesson: Lesson) -> Sequence[str]:
    if lesson.kind is LessonKind.QA:
        return lesson.question, lesson.answer
    return (lesson.text,)
