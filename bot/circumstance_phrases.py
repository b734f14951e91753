"""What Myna says of a waiting lesson beside its words: approvals, shares, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from learning.lesson import Lesson
    from moderation.review import Circumstances
    from moderation.shares import Share

FEW = 5
"""Below so many lessons here, somebody's share of them says nothing."""


def waits_for_second(lesson: Lesson) -> str:
    return (
        f"Your approval of lesson {lesson.id} is kept. It was flagged, so it waits for a"
        " second moderator; until then nobody is answered from it."
    )


def approvals(of: Circumstances) -> str:
    """Who approved it, and who else has to."""
    if of.approved_by:
        return f"1 of 2, by {of.approved_by[0]}: waits for a second moderator."
    return "It is held: two moderators have to approve it."


def shares(of: Circumstances) -> str:
    """Whose it is of all lessons here: `taught 34 of 60 lessons here`."""
    told = []
    if of.of_author and of.of_author.whole >= FEW:
        told.append(f"taught {_share(of.of_author)}")
    if of.of_source and of.of_source.whole >= FEW and of.of_source.part:
        told.append(f"its source gave {_share(of.of_source)}")
    return ", ".join(told)


def author(name: str, of: Circumstances) -> str:
    """An author, with what reviewers should know of them."""
    told = [shares(of)]
    if of.is_trusted:
        told.append("trusted")
    if of.is_new_here:
        told.append("new here")
    about = ", ".join(filter(None, told))
    return f"{name} ({about})" if about else name


def cited(of: Circumstances) -> str:
    return f"{of.answers} answers cited lesson {of.cites} in the last 30 days."


def notes(of: Circumstances) -> Sequence[str]:
    """What an entry of the review queue says beside the findings."""
    told = []
    if of.cites is not None:
        told.append(f"changes: {cited(of)}")
    if of.needs_second:
        told.append(f"approvals: {approvals(of)}")
    if of.is_new_here:
        told.append("author: new here")
    return told


def _share(of: Share) -> str:
    return f"{of.part} of {of.whole} lessons here"
