"""Reviewing: who may approve what, and what one click may approve together."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from moderation.shares import Share


class TwoPersons(StrEnum):
    """Whether a held lesson needs two moderators."""

    AUTO = "auto"
    """Where two moderators decided something lately."""
    ON = "on"
    OFF = "off"


class OwnLessons(StrEnum):
    """Whether moderators may approve what they taught."""

    AUTO = "auto"
    """Where no other moderator decided something lately."""
    ALLOW = "allow"
    REFUSE = "refuse"


class Obstacle(StrEnum):
    """Why a lesson is not approved together with others."""

    FLAGGED = "flagged"
    """Something was found in it, it replaces another, or its author was not asked."""
    OWN = "own"
    """The reviewer taught it."""
    NEW_HERE = "new_here"
    """Its author taught here for the first time a short while ago."""
    SHARE = "share"
    """Too much of what is known here would come from one author or source."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What a server has set about reviewing."""

    two_persons: TwoPersons = TwoPersons.AUTO
    own_lessons: OwnLessons = OwnLessons.AUTO
    largest_share: int = 50
    """Per cent of a server's lessons that one author, or one source, may come to by
    bulk approval."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A server's rules, and the moderators who decided something there lately."""

    rules: ReviewRules
    active: frozenset[str] = frozenset()
    """Ids of people."""

    def needs_second(self, reviewer: str = "") -> bool:
        """Say whether what is held here needs two moderators.

        Whoever is about to decide counts as one who decides.
        """
        if self.rules.two_persons is not TwoPersons.AUTO:
            return self.rules.two_persons is TwoPersons.ON
        return len(self.active | ({reviewer} if reviewer else frozenset())) > 1

    def may_approve(self, reviewer: str, authors: Collection[str]) -> bool:
        """Say whether a moderator may approve a lesson of these people's words."""
        if reviewer not in authors or self.rules.own_lessons is OwnLessons.ALLOW:
            return True
        alone = not self.active - {reviewer}
        return self.rules.own_lessons is OwnLessons.AUTO and alone


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What reviewers should know of a waiting lesson beside its words."""

    approved_by: tuple[str, ...] = ()
    """Names of the moderators who approved it already, where it needs two."""
    needs_second: bool = False
    """Whether two moderators have to approve it."""
    of_author: Share | None = None
    """Its author's part of what is known here."""
    of_source: Share | None = None
    """The same of its source, where it has one."""
    is_trusted: bool = False
    """Whether its author is a trusted teacher or a moderator."""
    is_new_here: bool = False
    """Whether its author began to teach here a short while ago."""
    cites: int | None = None
    """The lesson that it contradicts or replaces, where many got it as an answer."""
    answers: int = 0
    """How many answers came from that lesson lately."""
    obstacle: Obstacle | None = None
    """Why it was left out of a bulk approval."""


NOTHING_KNOWN = Circumstances()
