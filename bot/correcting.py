"""Correcting: new words for an approved lesson, which they replace once approved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import lesson_rows, phrases
from bot.lesson_forms import formed
from bot.messages import Refused, Taught, Teaching
from bot.parts import refusal
from learning.errors import NotFoundError
from learning.lesson import LessonKind, LessonState
from moderation.policy import ON_PLATFORM, strictest
from moderation.provenance import Provenance
from moderation.roles import Permission
from storage import lessons

if TYPE_CHECKING:
    from bot.messages import Actor, Correction
    from bot.parts import Parts
    from bot.proposing import Proposing
    from learning.lesson import Lesson


class Correcting:
    """The use case of somebody who knows better."""

    def __init__(self, parts: Parts, proposing: Proposing) -> None:
        self._parts = parts
        self._proposing = proposing

    async def correct(
        self, server: str, actor: Actor, correction: Correction, *, channel: str | None
    ) -> Taught | Refused:
        """Put a lesson's new words up for review.

        They keep the scope of the old ones and the strictest provenance of their
            parts; the author of a message goes on being asked for consent, and its
            deletion goes on erasing them.
        """
        refused = refusal(actor, Permission.TEACH)
        if refused:
            return refused
        number = correction.lesson
        old = (await lessons.get(self._parts.database, server, number)).lesson
        if old.state is LessonState.FORGOTTEN or not old.scope.admits(channel):
            raise NotFoundError(phrases.no_such_lesson(number))
        if old.state is not LessonState.APPROVED:
            return Refused(phrases.not_to_be_corrected(old))
        needed = lesson_rows.fields_of(old.kind)
        if not correction.fields or not correction.fields <= needed | {"examples"}:
            return Refused(phrases.correction_needs(old, sorted(needed)))
        new = formed(_corrected(old, correction))
        if new.digest == old.digest:
            return Refused(phrases.says_this_already(number))
        return await self._proposing.teach_as(
            Teaching(server, actor, new.kind, channel=channel),
            replace(
                new,
                author=actor.id,
                author_name=actor.name,
                taught_at=self._parts.clock.now(),
                provenance=strictest(old.provenance, Provenance.TYPED),
                platform=old.platform
                if old.platform in ON_PLATFORM
                else actor.platform,
                source=phrases.correction_of_lesson(number),
                supersedes=number,
            ),
        )


def _corrected(old: Lesson, correction: Correction) -> Lesson:
    """Return a lesson in its new words; of a passage they are no longer a part."""
    kind = LessonKind.FACT if old.kind is LessonKind.PASSAGE else old.kind
    return replace(
        old,
        kind=kind,
        document=None,
        position=None,
        heading="",
        place="",
        state=LessonState.PENDING,
        memory_only=False,
        question=old.question if correction.question is None else correction.question,
        answer=old.answer if correction.answer is None else correction.answer,
        text=old.text if correction.text is None else correction.text,
        examples=old.examples if correction.examples is None else correction.examples,
    )
