"""Screening a lesson beside what is known and what waits, within what it may see."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.phrases import CORRECTION
from bot.reading import is_link
from learning.lesson import LessonKind, LessonState
from moderation.screen import Similar, screen
from moderation.verdict import Verdict
from storage import lessons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.parts import Parts
    from learning.lesson import Lesson

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
        shown = [words for example in draft.examples for words in example]
        first = await asyncio.to_thread(screen, *fields, *shown, max_chars=most)
        if first.refused:
            return first
        near = await asyncio.to_thread(
            self._parts.memory.similar, draft.server, draft.statement, limit=LOOKED_AT
        )
        near = tuple(each for each in near if _is_beside(draft, each[0]))[:COMPARED]
        similar = [_similar(lesson, cosine) for lesson, cosine in near]
        if waiting is None:
            waiting = await self.waiting(draft.server)
        asked = _subject(draft)
        similar += [
            _similar(lesson, 1.0)
            for lesson in waiting
            if _subject(lesson) == asked and _is_beside(draft, lesson)
        ]
        itself = {draft.id, draft.supersedes if corrects(draft) else None}
        others = [each for each in similar if each.lesson not in itself]
        verdict = await asyncio.to_thread(
            screen, *fields, similar=others, max_chars=most
        )
        known = [found for found in verdict.findings if found.lesson is not None]
        return Verdict((*first.findings, *known))

    async def waiting(self, server: str) -> list[Lesson]:
        """Return the lessons in a server's queue."""
        records = await lessons.in_state(
            self._parts.database, server, LessonState.PENDING
        )
        return [record.lesson for record in records]

    async def supersedes(self, draft: Lesson, verdict: Verdict) -> int | None:
        """Name the approved lesson that this one contradicts, and would replace.

        One channel's lesson replaces none that others know. A passage replaces what
        stood in its place when its document was read before.
        """
        if draft.kind is LessonKind.PASSAGE and draft.supersedes is not None:
            return draft.supersedes
        if corrects(draft) and await self._is_known(draft, draft.supersedes):
            return draft.supersedes
        for finding in verdict.findings:
            if finding.rule != CONFLICT or finding.lesson is None:
                continue
            if await self._is_known(draft, finding.lesson):
                return finding.lesson
        return None

    async def _is_known(self, draft: Lesson, number: int | None) -> bool:
        """Say whether those who will know a draft know a lesson, and nobody else."""
        if number is None:
            return False
        other = await lessons.get(self._parts.database, draft.server, number)
        is_known = other.lesson.state is LessonState.APPROVED
        return is_known and other.lesson.scope == draft.scope


def corrects(lesson: Lesson) -> bool:
    """Say whether a lesson was taught to replace another, whatever the screen finds."""
    return lesson.supersedes is not None and lesson.source.startswith(CORRECTION)


def contradicts(verdict: Verdict) -> bool:
    """Say whether a lesson says something else than one that is known or waits."""
    return any(finding.rule == CONFLICT for finding in verdict.findings)


def sees(draft: Lesson, other: Lesson) -> bool:
    """Say whether everybody who may read a draft may know of another lesson."""
    return other.scope.is_server_wide or other.scope == draft.scope


def _is_beside(draft: Lesson, other: Lesson) -> bool:
    """Say whether a draft is judged beside another lesson.

    Passages of one document are read together, and what a page said before is
    replaced: neither contradicts the other. A file's name proves nothing.
    """
    both = draft.kind is other.kind is LessonKind.PASSAGE
    same_document = draft.document is not None and draft.document == other.document
    same_page = draft.source == other.source and is_link(draft.source)
    return sees(draft, other) and not (both and (same_document or same_page))


def _subject(lesson: Lesson) -> str:
    """Return what two waiting lessons must share to be compared with each other."""
    return " ".join((lesson.question or _text(lesson)).casefold().split())


def _similar(lesson: Lesson, cosine: float) -> Similar:
    return Similar(
        lesson=lesson.id,
        text=_text(lesson),
        question=lesson.question,
        answer=lesson.answer,
        cosine=cosine,
    )


def _words_of(lesson: Lesson) -> Sequence[str]:
    if lesson.kind is LessonKind.QA:
        return lesson.question, lesson.answer
    return (_text(lesson),)


def _text(lesson: Lesson) -> str:
    """Return a lesson's text, a passage's with what it stands under: "Fees: 40"."""
    return f"{lesson.heading}: {lesson.text}" if lesson.heading else lesson.text
