"""Sorting a reading's passages: what is new, what changed, what is known or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.document_digest import LIVING
from bot.messages import RefusedPassage
from bot.screening import Screening, sees
from learning import revision
from learning.lesson import Lesson, LessonState
from storage import lessons

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.reading import Reading
    from moderation.verdict import Verdict

REPEAT = "duplicate"
"""The rule that finds a lesson in the same words."""
MEMORY_OF_REJECTION = frozenset({*LIVING, LessonState.REJECTED})
"""What a newer reading does not put up again: a moderator has seen it, or will."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """A reading's passages, compared and screened."""

    drafts: tuple[tuple[Lesson, Verdict], ...]
    """What is put up, each with the lesson that it supersedes."""
    problems: tuple[RefusedPassage, ...]
    repeats: int
    left_out: int
    replaced: tuple[int, ...]
    """Older lessons that a draft says anew."""
    gone: tuple[int, ...]
    """Older lessons that the reading has no more."""


class Sorting:
    """Sorts readings; it stores nothing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._screening = Screening(parts)

    async def sort(
        self, template: Lesson, reading: Reading, older: Sequence[Lesson]
    ) -> Sorted:
        """Sort a reading's passages; `older` are those of its earlier readings."""
        read = list(_drafts(template, reading))
        keys = [_key(draft) for draft in read]
        known = await self._known(template)
        seen = {_key(each) for each in older if each.state in MEMORY_OF_REJECTION}
        new = [
            (draft, key)
            for draft, key in zip(read, keys, strict=True)
            if key not in known and key not in seen
        ]
        most = self._parts.max_passages
        line = {
            each.id: each
            for each in older
            if each.state in LIVING
            and each.scope == template.scope
            and _key(each) not in set(keys)
        }
        heirs = await asyncio.to_thread(
            revision.successors,
            [draft.text for draft, _ in new],
            {number: each.text for number, each in line.items()},
        )
        problems = list[RefusedPassage]()
        drafts: list[tuple[Lesson, Verdict]] = []
        replaced, repeats = list[int](), len(read) - len(new)
        queue = await self._screening.waiting(template.server)
        for index, (bare, _) in enumerate(new[:most]):
            old = line.get(heirs.get(index, 0))
            draft = replace(bare, supersedes=_standing(old))
            verdict = await self._screening.judge(draft, queue)
            if verdict.refused and all(
                each.rule == REPEAT for each in verdict.findings
            ):
                repeats += 1
            elif verdict.refused:
                reason = " ".join(verdict.reasons)
                problems.append(RefusedPassage(draft.position or 0, reason))
            else:
                drafts.append((draft, verdict))
                replaced += [old.id] if old else []
        return Sorted(
            tuple(drafts),
            tuple(problems),
            repeats,
            max(0, len(new) - most),
            tuple(replaced),
            tuple(sorted(line.keys() - set(heirs.values()))),
        )

    async def _known(self, template: Lesson) -> frozenset[str]:
        """Return the keys of all that is approved or waits, and may be known here."""
        found = set()
        for state in LIVING:
            for each in await lessons.in_state(
                self._parts.database, template.server, state
            ):
                if sees(template, each.lesson):
                    found.add(_key(each.lesson))
        return frozenset(found)


def _drafts(template: Lesson, reading: Reading) -> Sequence[Lesson]:
    return [
        replace(
            template,
            text=passage.text,
            heading=" › ".join(passage.headings),  # noqa: RUF001 - a breadcrumb's mark
            place=passage.position,
            position=position,
        )
        for position, passage in enumerate(reading.passages, start=1)
    ]


def _key(lesson: Lesson) -> str:
    return revision.fingerprint(lesson.heading, lesson.statement)


def _standing(old: Lesson | None) -> int | None:
    """Return what is to be superseded: what nobody approved yet supersedes nothing."""
    if old is None:
        return None
    return old.id if old.state is LessonState.APPROVED else old.supersedes
