"""Feedback: a thumb on an answer, and what it should have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import phrases
from bot.messages import Rated, Refused, Taught, Teaching
from bot.parts import refusal
from learning.lesson import LessonKind, LessonState
from moderation.policy import TERMINAL
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from moderation.roles import Permission
from storage import answers, feedback, lessons

if TYPE_CHECKING:
    from bot.messages import Actor
    from bot.parts import Parts
    from bot.proposing import Proposing
    from storage.answers import Answer


class Rating:
    """The use cases of people who got an answer."""

    def __init__(self, parts: Parts, proposing: Proposing) -> None:
        self._parts = parts
        self._proposing = proposing

    async def rate(
        self, server: str, actor: Actor, answer: int, *, helpful: bool
    ) -> Rated | Refused:
        refused = refusal(actor, Permission.ASK)
        if refused:
            return refused
        database = self._parts.database
        given = await answers.get(database, server, answer)
        now = self._parts.clock.now()
        await feedback.record(database, given, actor.id, helpful=helpful, at=now)
        return Rated(answer, *await feedback.counts(database, answer))

    async def correct(
        self, server: str, actor: Actor, answer: int, text: str, *, private: bool
    ) -> Taught | Refused:
        """Propose what an answer should have been, as a lesson.

        Its question may be the text of a message, which is the stricter provenance.
        """
        given = await answers.get(self._parts.database, server, answer)
        if not given.question:
            return Refused(phrases.answer_erased())
        typed = actor.platform == TERMINAL
        return await self._proposing.teach(
            Teaching(
                server,
                actor,
                LessonKind.QA,
                question=given.question,
                answer=text,
                provenance=Provenance.TYPED if typed else Provenance.MESSAGE,
                scope=Scope(given.channel) if private else SERVER_WIDE,
                source=phrases.correction_of(answer),
                channel=given.channel,
                message=given.message,
                words_of="" if given.actor == actor.id else given.actor,
                supersedes=await self._corrected(given, private=private),
            )
        )

    async def _corrected(self, given: Answer, *, private: bool) -> int | None:
        """Name the one lesson that an answer came from, if its correction may
        replace it: a whole rule or passage is not wrong for one answer's sake."""
        if len(given.lessons) != 1:
            return None
        record = await lessons.get(self._parts.database, given.server, given.lessons[0])
        scope = Scope(given.channel) if private else SERVER_WIDE
        lesson = record.lesson
        is_single = lesson.kind in (LessonKind.QA, LessonKind.FACT)
        known = lesson.state is LessonState.APPROVED and lesson.scope == scope
        return lesson.id if known and is_single else None
