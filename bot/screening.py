"""Screening a lesson beside what is known and what waits, within what it may see."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import tool_phrases
from bot.flagged import fields_of, shown_of, text_of
from bot.likeness import alike
from bot.phrases import CORRECTION
from bot.reading import is_link
from learning.errors import LessonError
from learning.lesson import LessonKind, LessonState
from learning.tool import tool_of
from learning.tool_request import host_of, warnings
from moderation.screen import Similar, screen
from moderation.verdict import Finding, Severity, Verdict
from moderation.windows import windows
from storage import lessons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.parts import Embed, Parts
    from learning.lesson import Lesson
    from moderation.head import Seen

CONFLICT = "conflict"
"""The rule that finds a lesson about the same thing which says something else."""
TOOL_LENGTH = 4
"""How many times as long as other lessons a tool may be."""
COMPARED = 5
"""How many of those like it, and in its scope, it is compared with."""


class Screening:
    """Judges drafts; never beside themselves, and never beside others' secrets."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def judge(
        self, draft: Lesson, waiting: Sequence[Lesson] | None = None
    ) -> Verdict:
        """Judge a lesson; `waiting` spares looking up the queue for each of many."""
        fields, most = fields_of(draft), self._most(draft)
        if draft.kind is LessonKind.QA and not all(map(str.strip, fields)):
            return screen("")
        if self._is_anothers_name(draft):
            raise LessonError(tool_phrases.name_taken(tool_of(draft)))
        shown = shown_of(draft)
        first = await asyncio.to_thread(self._alone, (*fields, *shown), most)
        if first.refused:
            return first
        near = await asyncio.to_thread(
            alike, self._parts.memory, draft.server, draft.statement
        )
        near = [each for each in near if _is_beside(draft, each[0])][:COMPARED]
        # A correction waits for a moderator alone anyway, and must be no harder.
        is_binding = not corrects(draft)
        similar = [_similar(*each, is_binding=is_binding) for each in near]
        if waiting is None:
            waiting = await self.waiting(draft.server)
        asked = _subject(draft)
        similar += [
            _similar(lesson, 1.0, 1.0, is_binding=False)
            for lesson in waiting
            if _subject(lesson) == asked and _is_beside(draft, lesson)
        ]
        itself = {draft.id, draft.supersedes if corrects(draft) else None}
        others = [each for each in similar if each.lesson not in itself]
        verdict = await asyncio.to_thread(
            screen, *fields, similar=others, max_chars=most
        )
        known = [found for found in verdict.findings if found.lesson is not None]
        return Verdict((*first.findings, *known, *_reach(draft)))

    def _is_anothers_name(self, draft: Lesson) -> bool:
        """Say whether a corrected tool would be called as another one is."""
        if draft.kind is not LessonKind.TOOL or not corrects(draft):
            return False
        named = self._parts.memory.tools.named(draft)
        return named not in {None, draft.supersedes}

    def _most(self, draft: Lesson) -> int:
        """Say how much a lesson may say; a tool describes each of its parameters."""
        most = self._parts.max_lesson_chars
        return TOOL_LENGTH * most if draft.kind is LessonKind.TOOL else most

    def _alone(self, fields: Sequence[str], most: int) -> Verdict:
        """Judge words beside nothing; what is too long to keep is not embedded."""
        text = "\n".join(fields)
        seen = seen_in(text, self._parts.embed) if len(text) <= most else []
        return screen(*fields, seen=seen, max_chars=most)

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
        if draft.kind is LessonKind.TOOL:
            return self._parts.memory.tools.named(draft)
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


def _reach(draft: Lesson) -> tuple[Finding, ...]:
    """Have somebody look at each tool alone: what it calls is not in its words."""
    if draft.kind is not LessonKind.TOOL:
        return ()
    tool = tool_of(draft)
    found = [tool_phrases.reaches(tool, host_of(tool)), *warnings(tool)]
    return tuple(Finding("tool", Severity.WARN, reason) for reason in found)


def seen_in(text: str, embed: Embed | None) -> list[Seen]:
    """Return the windows of a text with their vectors, for the screen's heads."""
    spans = windows(text)
    if embed is None or not spans:
        return []
    vectors = embed([text[start:end] for start, end in spans])
    return list(zip(spans, vectors, strict=True))


def corrects(lesson: Lesson) -> bool:
    """Say whether a lesson was taught to replace another, whatever the screen finds."""
    return lesson.supersedes is not None and lesson.source.startswith(CORRECTION)


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
    return " ".join((lesson.question or text_of(lesson)).casefold().split())


def _similar(
    lesson: Lesson, cosine: float, closest: float, *, is_binding: bool
) -> Similar:
    return Similar(
        lesson=lesson.id,
        text=text_of(lesson),
        question=lesson.question,
        answer=lesson.answer,
        cosine=cosine,
        closest=closest,
        is_binding=is_binding,
    )
