"""What a run would teach, and whose weights it would start from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import phrases
from bot.messages import Refused
from learning.lesson import LessonState
from learning.run import RunKind
from learning.standing import is_standing
from learning.tool import is_tool
from storage import adapters, lessons, runs
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.parts import Parts
    from learning.engine import AdapterRef
    from learning.lesson import Lesson
    from storage.adapters import Adapter

FRESH_EVERY = 5
"""A line of this many adapters is followed by a fresh one: order leaves no trace."""
OLD_IN_EXAM = 16
"""How many lessons that were known before are asked again in the exam."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run before it starts."""

    server: str
    kind: RunKind
    parent: Adapter | None
    """None starts from what is shipped."""
    incumbent: AdapterRef | None
    """What answers now, and what the candidate is compared with."""
    new: tuple[Lesson, ...]
    """What the weights in service have not learned."""
    old: tuple[Lesson, ...]
    """What they have: replayed, or learned again from the start."""

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """Everything in the rows, in the order of ids."""
        return tuple(sorted((*self.new, *self.old), key=lambda lesson: lesson.id))

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(lesson.id for lesson in self.lessons)

    @property
    def asked(self) -> tuple[Lesson, ...]:
        """What the exam is about: all that is new, what holds for every answer,
        and a sample of the rest.

        The sample is chosen by the lessons' own digests, as every random choice is.
        """
        ordered = sorted(self.old, key=lambda lesson: lesson.digest)
        rules = [lesson for lesson in ordered if is_standing(lesson)]
        others = [lesson for lesson in ordered if not is_standing(lesson)]
        return (*self.new, *rules, *others[:OLD_IN_EXAM])

    def without(self, ids: Collection[int]) -> Plan:
        """Plan the same run without some of the new lessons."""
        kept = tuple(lesson for lesson in self.new if lesson.id not in ids)
        return replace(self, new=kept)


async def in_service(parts: Parts, server: str) -> Adapter | None:
    """Return the adapter that answers; a foreign one does not, nor does none."""
    current = await adapters.current(parts.database, server)
    if current is None or parts.is_foreign(current):
        return None
    return current


async def new_lessons(parts: Parts, server: str) -> tuple[Lesson, ...]:
    """Return what the weights in service have not learned, and may."""
    current = await in_service(parts, server)
    if current is None:
        found = await lessons.approved(parts.database, server)
    else:
        found = await lessons.untrained(parts.database, server)
    return tuple(lesson for lesson in found if parts.trainable(lesson))


async def untried_lessons(parts: Parts, server: str) -> tuple[Lesson, ...]:
    """Return what is new and was in no run that was refused lately.

    A run is a function of its lessons: the same ones would be refused again.
    """
    latest = await runs.latest(parts.database, server)
    refused = (run.lessons for run in latest if run.state is runs.RunState.REFUSED)
    tried = frozenset(itertools.chain.from_iterable(refused))
    new = await new_lessons(parts, server)
    return tuple(lesson for lesson in new if lesson.id not in tried)


async def needs_fresh_run(parts: Parts, server: str) -> bool:
    """Say whether what was trained was withdrawn or corrected, or is of another base."""
    if current := await in_service(parts, server):
        learned = await adapters.contained_lessons(
            parts.database, server, current.version
        )
        known = await lessons.approved(parts.database, server)
        return not learned <= {lesson.id for lesson in known}
    tainted = await adapters.in_state(parts.database, server, AdapterState.TAINTED)
    return bool(tainted) or await adapters.current(parts.database, server) is not None


async def make_plan(
    parts: Parts, server: str, *, start: RunKind | None
) -> Plan | Refused:
    """Plan a run, or say why there is nothing to run."""
    approved = await lessons.approved(parts.database, server)
    trainable = [lesson for lesson in approved if parts.trainable(lesson)]
    new = await new_lessons(parts, server)
    if not trainable or (not new and start is not RunKind.FRESH):
        counts = await lessons.counts(parts.database, server)
        return Refused(
            phrases.nothing_to_learn(
                untrainable=len(approved) - len(trainable),
                waiting_for_review=counts.get(LessonState.PENDING, 0),
            )
        )
    current = await in_service(parts, server)
    fresh = start is RunKind.FRESH or await _must_be_fresh(
        parts, current, approved, new
    )
    known = {lesson.id for lesson in new}
    return Plan(
        server=server,
        kind=RunKind.FRESH if fresh else RunKind.WARM,
        parent=None if fresh else current,
        incumbent=current.ref(parts.directory.root) if current else parts.skills,
        new=new,
        old=tuple(lesson for lesson in trainable if lesson.id not in known),
    )


async def _must_be_fresh(
    parts: Parts,
    current: Adapter | None,
    approved: Collection[Lesson],
    new: Collection[Lesson],
) -> bool:
    """Say whether nothing can, or should, be built on the adapter in service."""
    if current is None:
        return True
    line = await adapters.lineage(parts.database, current.server, current.version)
    if len(line) >= FRESH_EVERY:
        return True
    contained = await adapters.contained_lessons(
        parts.database, current.server, current.version
    )
    # A superseded lesson would go on arguing with the one that replaced it.
    # Tools are learned from weights that can call, and all at once: taught in four runs,
    # each with some rows of the earlier ones, six were called worse, and learned hardly
    # sooner (docs/LOG.md).
    return any(map(is_tool, new)) or not contained <= {each.id for each in approved}
