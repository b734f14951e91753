"""A waiting lesson as moderators see it: beside what it replaces, and reworded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.circumstances import cited, review_of
from bot.messages import Waiting
from learning.lesson import LessonState
from storage import expansions, lessons

if TYPE_CHECKING:
    from bot.circumstances import Review
    from bot.parts import Parts
    from learning.lesson import Lesson
    from moderation.verdict import Verdict

REWORDINGS = 3
"""How many of a lesson's wordings people are shown."""


async def waiting_of(parts: Parts, lesson: Lesson, verdict: Verdict) -> Waiting:
    """Gather what a card says of a waiting lesson."""
    review = await review_of(parts, lesson.server)
    listed = await listed_of(parts, lesson, verdict, review)
    return replace(listed, rewordings=await rewordings(parts, lesson))


async def listed_of(
    parts: Parts, lesson: Lesson, verdict: Verdict, review: Review
) -> Waiting:
    """Gather the same for a list, where rewording each would take long."""
    cites, answers = await cited(parts, lesson, verdict)
    about = replace(review.of(lesson, verdict), cites=cites, answers=answers)
    return Waiting(
        lesson,
        verdict,
        parts.gate(lesson),
        replaces=await _replaced(parts, lesson),
        about=about,
    )


async def rewordings(parts: Parts, lesson: Lesson) -> tuple[str, ...]:
    """Return a few of the other wordings that a run would teach a lesson in."""
    if lesson.state is LessonState.FORGOTTEN:
        return ()
    [asked] = await expansions.filled_in(parts.database, [lesson])
    said = await asyncio.to_thread(parts.reword, asked)
    return tuple(said[:REWORDINGS])


async def _replaced(parts: Parts, lesson: Lesson) -> Lesson | None:
    """Return the lesson that this one would replace, while it has words."""
    if lesson.supersedes is None:
        return None
    record = await lessons.get(parts.database, lesson.server, lesson.supersedes)
    return None if record.lesson.state is LessonState.FORGOTTEN else record.lesson
