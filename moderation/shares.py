"""Shares: how much of what a server knows comes from one author or one source.

A few people who teach much, or one page that is imported again and again, could
outweigh everybody else without anybody noticing: bulk approval stops there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from moderation.verdict import Finding, Severity

FROM_LESSONS = 20
"""Below so many lessons a server is young: everybody is new, and shares say nothing."""
NEW_FOR = timedelta(hours=72)
"""How long somebody counts as new after their first lesson."""
BURST_WINDOW = timedelta(hours=1)
BURST = 10
"""More lessons than this of a new person in that time are held."""
MANY_ANSWERS = 5
"""From so many answers on, changing the lesson they came from is marked."""
CITED_FOR = timedelta(days=30)

RULE = "burst"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a server's approved lessons."""

    part: int
    whole: int

    @property
    def percent(self) -> float:
        return 100 * self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """A server's approved lessons, counted by author and by source."""

    whole: int = 0
    authors: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_young(self) -> bool:
        """Say whether a server knows too little for shares to mean anything."""
        return self.whole < FROM_LESSONS

    def of_author(self, author: str) -> Share:
        return Share(self.authors.get(author, 0), self.whole)

    def of_source(self, source: str) -> Share | None:
        """Return a source's share; None where a lesson has none."""
        name = source_name(source)
        return Share(self.sources.get(name, 0), self.whole) if name else None

    def with_lessons(self, author: str, source: str, count: int = 1) -> "Shares":
        """Count further lessons of one author from one source."""
        return Shares(
            self.whole + count,
            _more(self.authors, author, count),
            _more(self.sources, source_name(source), count),
        )


def count(lessons: Iterable[tuple[str, str]]) -> Shares:
    """Count lessons, each given by its author's id and its source."""
    every = list(lessons)
    return Shares(
        len(every),
        Counter(author for author, _ in every),
        Counter(name for _, source in every if (name := source_name(source))),
    )


def source_name(source: str) -> str:
    """Name what a lesson is from: a link by its host, a file by its name.

    All pages of a site are one source: whoever writes one of them may write more.
    """
    try:
        return urlsplit(source).hostname or source
    except ValueError:  # no address, whatever it looks like
        return source


def is_new(first_taught_at: datetime | None, *, now: datetime, known: int) -> bool:
    """Say whether somebody is new on a server that knows so many lessons."""
    if known < FROM_LESSONS:
        return False
    return first_taught_at is None or now - first_taught_at < NEW_FOR


def burst(
    first_taught_at: datetime | None, *, now: datetime, taught: int
) -> Finding | None:
    """Hold a new person's lesson where they taught `taught` more within the hour."""
    is_fresh = first_taught_at is not None and now - first_taught_at < NEW_FOR
    if not is_fresh or taught < BURST:
        return None
    reason = (
        f"Its author is new here and taught {taught + 1} lessons within an hour;"
        f" {BURST} are ordinary."
    )
    return Finding(RULE, Severity.HOLD, reason)


def _more(counts: Mapping[str, int], name: str, count: int) -> Mapping[str, int]:
    return {**counts, name: counts.get(name, 0) + count} if name else counts
