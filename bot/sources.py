"""Other people's messages: their consent, their edits and their deletion count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import marker, phrases
from bot.messages import Consented, Refused, Taught
from bot.parts import SYSTEM
from learning.errors import ConflictError
from learning.lesson import Consent, Lesson, LessonKind, LessonState
from storage import lessons

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.parts import Parts
    from bot.reviewing import Reviewing
    from bot.withdrawing import Withdrawing


class Sources:
    """The use cases of people whose messages were taught."""

    def __init__(
        self, parts: Parts, reviewing: Reviewing, withdrawing: Withdrawing
    ) -> None:
        self._parts = parts
        self._reviewing = reviewing
        self._withdrawing = withdrawing

    async def consent(
        self, server: str, person: str, lesson: int, *, given: bool
    ) -> Consented | Refused:
        database, now = self._parts.database, self._parts.clock.now()
        record = await lessons.get(database, server, lesson)
        if record.lesson.consent_of != person:
            return Refused(phrases.not_your_message())
        if record.lesson.consent is not Consent.ASKED:
            raise ConflictError(phrases.consent_decided_already(record.lesson))
        said = Consent.GIVEN if given else Consent.REFUSED
        agreed = await lessons.set_consent(
            database, server, lesson, consent=said, at=now
        )
        if given:
            waiting = await self._reviewing.waiting(agreed)
            await self._parts.announcer.lesson_waits(waiting)
        else:
            await self._withdrawing.erase(server, lesson, by=person)
        return Consented(agreed, given)

    async def message_deleted(
        self, server: str, channel: str, messages: Collection[str]
    ) -> int:
        gone = 0
        for message in messages:
            for lesson in await self._of(server, channel, message):
                await self._withdrawing.erase(server, lesson.id, by=SYSTEM.id)
                gone += 1
        return gone

    async def message_edited(
        self, server: str, channel: str, message: str, text: str
    ) -> tuple[Taught, ...]:
        taught = []
        for lesson in await self._of(server, channel, message):
            edited = _reworded(lesson, text)
            if edited.digest == lesson.digest:
                continue
            await self._withdrawing.erase(server, lesson.id, by=SYSTEM.id)
            taught.append(await self._reviewing.propose(edited))
        return tuple(taught)

    async def _of(self, server: str, channel: str, message: str) -> list[Lesson]:
        return await lessons.of_message(
            self._parts.database, server, channel=channel, message=message
        )


def _reworded(lesson: Lesson, text: str) -> Lesson:
    """Return a lesson as it would be, had the message said this from the start."""
    fresh = replace(lesson, id=0, state=LessonState.PENDING, supersedes=None)
    said = marker.read(text)
    if said is not None:
        return replace(
            fresh,
            kind=said.kind,
            question=said.question,
            answer=said.answer,
            text=said.text,
        )
    if lesson.kind is LessonKind.QA:
        return replace(fresh, answer=text)
    return replace(fresh, text=text)
