"""Other people's messages: their consent, their edits and their deletion count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import audit_phrases, marker, phrases
from bot.messages import Consented, Refused, Taught
from bot.parts import SYSTEM
from learning.errors import ConflictError, LessonError
from learning.lesson import Consent, Lesson, LessonKind, LessonState
from storage import lessons

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.parts import Parts
    from bot.proposing import Proposing
    from bot.withdrawing import Withdrawing
    from moderation.provenance import Scope


class Sources:
    """The use cases of people whose messages were taught."""

    def __init__(
        self, parts: Parts, proposing: Proposing, withdrawing: Withdrawing
    ) -> None:
        self._parts = parts
        self._proposing = proposing
        self._withdrawing = withdrawing

    async def consent(
        self, server: str, person: str, lesson: int, *, given: bool
    ) -> Consented | Refused:
        database, now = self._parts.database, self._parts.clock.now()
        record = await lessons.get(database, server, lesson)
        if record.lesson.consent_of != person:
            return Refused(phrases.not_your_message())
        is_open = record.lesson.state is LessonState.PENDING
        if record.lesson.consent is not Consent.ASKED or not is_open:
            raise ConflictError(phrases.consent_decided_already(record.lesson))
        said = Consent.GIVEN if given else Consent.REFUSED
        agreed = await lessons.set_consent(
            database, server, lesson, consent=said, at=now
        )
        if given:
            waiting = await self._proposing.waiting(agreed)
            await self._proposing.show(waiting)
        else:
            await self._withdrawing.erase(
                server, lesson, by=person, reason=audit_phrases.CONSENT_REFUSED
            )
        return Consented(agreed, given)

    async def message_deleted(
        self, server: str, channel: str, messages: Collection[str]
    ) -> int:
        gone = 0
        for message in messages:
            for lesson in await self._of(server, channel, message):
                await self._withdrawing.erase(
                    server,
                    lesson.id,
                    by=SYSTEM.id,
                    reason=audit_phrases.MESSAGE_DELETED,
                )
                gone += 1
        return gone

    async def message_edited(
        self,
        server: str,
        channel: str,
        message: str,
        text: str | None,
        *,
        edited_at: datetime | None,
        scope: Scope,
    ) -> tuple[Taught, ...]:
        taught = []
        for lesson in await self._of(server, channel, message):
            if edited_at is not None and lesson.taught_at >= edited_at:
                continue  # it was taught with these words
            # A correction's message asked; its new words are no answer to anything.
            asked = lesson.source.startswith(phrases.CORRECTION)
            unseen = text is None or asked
            edited = None if unseen else _reworded(lesson, text or "", scope)
            if edited is not None and edited.digest == lesson.digest:
                continue
            await self._withdrawing.erase(
                server, lesson.id, by=SYSTEM.id, reason=audit_phrases.MESSAGE_EDITED
            )
            if edited is not None and lesson.state in _REPROPOSED:
                again = await self._proposing.propose_again(edited)
                taught += [again] if again else []
        return tuple(taught)

    async def _of(self, server: str, channel: str, message: str) -> list[Lesson]:
        return await lessons.of_message(
            self._parts.database, server, channel=channel, message=message
        )


_REPROPOSED = (LessonState.PENDING, LessonState.APPROVED)
"""What a moderator rejected does not come back with every edit."""


def _reworded(lesson: Lesson, text: str, scope: Scope) -> Lesson | None:
    """Return a lesson as it would be, had the message said this from the start.

    None where the new words are no lesson.
    """
    fresh = replace(
        lesson,
        id=0,
        state=LessonState.PENDING,
        supersedes=None,
        scope=scope,
        memory_only=False,
    )
    try:
        said = marker.read(text)
    except LessonError:
        return None
    if said is not None:
        return replace(
            fresh,
            kind=said.kind,
            question=said.question,
            answer=said.answer,
            text=said.text,
            examples=said.examples,
        )
    if lesson.kind is LessonKind.QA:
        return replace(fresh, answer=text)
    return replace(fresh, text=text)
