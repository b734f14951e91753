"""What Myna says of reviewing: how much waits, and what bulk approval left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.phrases import consent_missing, ranges
from learning.lesson import Consent
from moderation.review import Obstacle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import ApprovedAll, ToReview, Waiting

MINUTE, HOUR, DAY = 60, 3600, 86_400


def own_lesson(lesson: int) -> str:
    return (
        f"Lesson {lesson} is your own, so another moderator has to approve it; an admin"
        " can change that with /config own-lessons allow."
    )


def own_document(document: int) -> str:
    return (
        f"You brought document {document} yourself, so another moderator has to approve"
        " it; an admin can change that with /config own-lessons allow."
    )


def approved_by_you_already(lesson: int) -> str:
    return (
        f"You approved lesson {lesson} already; it waits for a second moderator. Where"
        " there is none, an admin can change that with /config two-person-review off."
    )


def queue_standing(of: ToReview) -> str:
    """How much waits, and for how long: "100 wait, 10 flagged; the oldest for 2 days"."""
    many = len(of.lessons) + len(of.documents)
    told = [f"{many} {'waits' if many == 1 else 'wait'}"]
    if of.flagged:
        told.append(f"{of.flagged} flagged")
    if of.second:
        told.append(f"{of.second} for a second moderator")
    return f"{', '.join(told)}; the oldest for {duration(of.oldest_seconds)}."


def all_unflagged() -> str:
    """The choice that approves what one click may."""
    return "All that is not flagged"


def duration(seconds: float) -> str:
    """A time as people say it: `2 days`, `3 hours`, `1 minute`."""
    for length, noun in ((DAY, "day"), (HOUR, "hour")):
        if seconds >= length:
            return _count(int(seconds // length), noun)
    return _count(max(1, int(seconds // MINUTE)), "minute")


def left_out(of: Waiting) -> str:
    """Why one of several lessons was not approved with them."""
    number = of.lesson.id
    if of.lesson.consent is Consent.ASKED:
        return consent_missing(of.lesson)
    if of.about.obstacle is Obstacle.FLAGGED and of.verdict.reasons:
        why = " ".join(of.verdict.reasons)
        return f"Lesson {number} is flagged: {why} To approve it: /approve {number}"
    return _LEFT[of.about.obstacle or Obstacle.FLAGGED].format(number)


def approved_all(of: ApprovedAll) -> str:
    """What a bulk approval did, and why the rest was left."""
    if not of.approved and not of.held:
        return "Nothing is waiting for review."
    told = [f"{_count(len(of.approved), 'lesson')} approved."]
    left: dict[Obstacle, list[int]] = {}
    for each in of.held:
        obstacle = each.about.obstacle or Obstacle.FLAGGED
        left.setdefault(obstacle, []).append(each.lesson.id)
    told += [
        _LEFT_MANY[obstacle].format(ranges(left[obstacle]), _typed(left[obstacle]))
        for obstacle in Obstacle
        if obstacle in left
    ]
    return " ".join(told)


_LEFT = {
    Obstacle.FLAGGED: "Lesson {0} needs a look of its own: /approve {0}",
    Obstacle.OWN: "Lesson {0} is your own: another moderator has to approve it.",
    Obstacle.NEW_HERE: "Lesson {0} is by somebody new here: /approve {0}",
    Obstacle.SHARE: (
        "Lesson {0} would give its author or source too large a share of what is known"
        " here, so it is not approved with others: /approve {0}"
    ),
}
_LEFT_MANY = {
    Obstacle.FLAGGED: "These need a look one by one: {0}.",
    Obstacle.OWN: "Your own wait for another moderator: {0}.",
    Obstacle.NEW_HERE: "By people who are new here: {0}; /approve {1}",
    Obstacle.SHARE: (
        "Too much of one author or source: {0}; one by one, or after an admin's"
        " /config largest-share."
    ),
}


def _typed(numbers: Sequence[int]) -> str:
    """Write numbers as a command takes them: `1-4 7`."""
    return ranges(numbers).replace(",", "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
