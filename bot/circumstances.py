"""What reviewers should know of a waiting lesson beside its words, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from moderation.review import Circumstances, Obstacle, Panel
from moderation.shares import CITED_FOR, MANY_ANSWERS, Shares, count, is_new
from storage import approvals, servers, teachers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from bot.parts import Parts
    from learning.lesson import Lesson
    from moderation.verdict import Verdict
    from storage.approvals import Approval

ACTIVE_FOR = timedelta(days=90)
"""How long whoever decided something counts as a moderator who could again."""


@dataclass(frozen=True, slots=True)
class Review:
    """How a server reviews, and what it knows from whom, at one moment."""

    panel: Panel
    shares: Shares
    given: tuple[Approval, ...]
    trusted: frozenset[str]
    first_taught: Mapping[str, datetime]
    now: datetime

    def of(self, lesson: Lesson, verdict: Verdict) -> Circumstances:
        """Return what there is to know of one lesson."""
        approved_by = tuple(
            each.name for each in self.given if each.lesson == lesson.id
        )
        return Circumstances(
            approved_by=approved_by,
            needs_second=verdict.held and (bool(approved_by) or self._two()),
            of_author=self.shares.of_author(lesson.author),
            of_source=self.shares.of_source(_source(lesson)),
            is_trusted=lesson.author in self.trusted,
            is_new_here=self.is_new(lesson.author),
        )

    def is_new(self, author: str) -> bool:
        """Say whether somebody is new here, and not trusted all the same."""
        if author in self.trusted:
            return False
        first = self.first_taught.get(author)
        return is_new(first, now=self.now, known=self.shares.whole)

    def obstacle(
        self, lesson: Lesson, reviewer: str, shares: Shares, lessons: int = 1
    ) -> Obstacle | None:
        """Say why an unflagged lesson, or a document of some, is not for one click.

        `shares` count what the click has approved so far. A trusted author has no
        share to keep to, but their sources have; on a young server nobody has, or a
        first handbook would be too much of all there is.
        """
        if not self.panel.may_approve(reviewer, authors_of(lesson)):
            return Obstacle.OWN
        if self.is_new(lesson.author):
            return Obstacle.NEW_HERE
        after = shares.with_lessons(lesson.author, _source(lesson), lessons)
        parts = [after.of_source(_source(lesson))]
        if lesson.author not in self.trusted:
            parts.append(after.of_author(lesson.author))
        most = self.panel.rules.largest_share
        if self.shares.is_young or not any(p and p.percent > most for p in parts):
            return None
        return Obstacle.SHARE

    def counted(self, shares: Shares, lesson: Lesson) -> Shares:
        """Count a lesson that was just approved."""
        return shares.with_lessons(lesson.author, _source(lesson))

    def _two(self) -> bool:
        return self.panel.needs_second()


async def review_of(parts: Parts, server: str) -> Review:
    """Gather how a server reviews."""
    database = parts.database
    return Review(
        panel=await panel_of(parts, server),
        shares=count(await teachers.approved_by_origin(database, server)),
        given=await approvals.all_of(database, server),
        trusted=await teachers.trusted(database, server),
        first_taught=await teachers.first_taught(database, server),
        now=parts.clock.now(),
    )


async def panel_of(parts: Parts, server: str) -> Panel:
    """Return a server's rules of reviewing, and its active moderators."""
    settings = await servers.get(parts.database, server)
    since = parts.clock.now() - ACTIVE_FOR
    active = await approvals.moderators_since(parts.database, server, since)
    return Panel(settings.review, active)


async def cited(
    parts: Parts, lesson: Lesson, verdict: Verdict
) -> tuple[int | None, int]:
    """Return the lesson whose answers this one changes, and how many those were.

    None where they are few.
    """
    found = [each.lesson for each in verdict.findings if each.rule == "conflict"]
    changed = {number for number in (lesson.supersedes, *found) if number is not None}
    since = parts.clock.now() - CITED_FOR
    counts = [
        (await teachers.cited_since(parts.database, lesson.server, each, since), each)
        for each in sorted(changed)
    ]
    most, number = max(counts, default=(0, 0))
    return (number, most) if most >= MANY_ANSWERS else (None, 0)


def authors_of(lesson: Lesson) -> Collection[str]:
    """Name whose words a lesson is: who taught it, and who had written it."""
    return {lesson.author, lesson.consent_of} - {""}


def _source(lesson: Lesson) -> str:
    """Return where a lesson is from, where that is outside of Myna."""
    return lesson.source if lesson.supersedes is None else ""
