"""Looking things up: status, history, lessons, notices, and the export."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from bot import lesson_rows, phrases
from bot.document_digest import document_of
from bot.messages import HistoryEntry, LessonDetail, Notice, Refused, StatusReport
from bot.parts import refusal
from bot.run_plan import in_service, needs_fresh_run, new_lessons
from bot.waiting import rewordings
from bot.watching import PAUSED, PAUSED_AFTER
from learning.errors import NotFoundError
from learning.forgetting_curve import forgetting_curve
from learning.lesson import LessonState
from moderation.roles import Permission, may
from storage import (
    adapters,
    answers,
    cards,
    documents,
    journal,
    lessons,
    marks,
    runs,
    servers,
)
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Actor
    from bot.parts import Parts
    from learning.forgetting_curve import Remembered
    from learning.lesson import Lesson
    from storage.cards import PostedCard
    from storage.lessons import LessonRecord

NOTICES_READ = "notices.read"
LOOK_BACK = 200
"""How many of the journal's last entries may hold a notice nobody has read."""


class Archive:
    """The use cases that change nothing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def rebuild_memory(self) -> None:
        """Load every server's approved lessons from the rows."""
        database = self._parts.database
        known = [
            lesson
            for server in await servers.all_known(database)
            for lesson in await lessons.approved(database, server)
        ]
        await asyncio.to_thread(self._parts.memory.rebuild, known)

    async def status(self, server: str) -> StatusReport:
        parts = self._parts
        counts = await lessons.counts(parts.database, server)
        adapter = await in_service(parts, server)
        answering = adapter.name if adapter else None
        if adapter is None and parts.skills:
            answering = parts.skills.name
        to_learn = await new_lessons(parts, server)
        active = await runs.active(parts.database, server)
        ended = [
            run
            for run in await runs.latest(parts.database, server, limit=2)
            if run.finished_at is not None
        ]
        return StatusReport(
            server=server,
            adapter=answering,
            known=counts.get(LessonState.APPROVED, 0),
            waiting=counts.get(LessonState.PENDING, 0),
            to_learn=len(to_learn),
            fresh_run_due=bool(to_learn) and await needs_fresh_run(parts, server),
            running=active.id if active else None,
            last_run=phrases.run_outcome(ended[0]) if ended else "",
        )

    async def history(self, server: str, *, limit: int) -> tuple[HistoryEntry, ...]:
        entries = await journal.entries(self._parts.database, server, limit=limit)
        return tuple(
            HistoryEntry(at=each.at, actor=each.actor, text=phrases.event(each))
            for each in entries
            if each.action != NOTICES_READ
        )

    async def remembered(self, server: str) -> tuple[Remembered, ...]:
        return forgetting_curve(await marks.aged(self._parts.database, server))

    async def lessons(
        self, server: str, text: str, *, channel: str | None
    ) -> tuple[Lesson, ...]:
        if text.strip():
            records = await lessons.search(self._parts.database, server, text)
            found = [record.lesson for record in records]
        else:
            found = await lessons.approved(self._parts.database, server)
        return tuple(
            lesson
            for lesson in found
            if lesson.state is LessonState.APPROVED and lesson.scope.admits(channel)
        )

    async def lesson(
        self, server: str, lesson: int, *, channel: str | None, actor: Actor | None
    ) -> LessonDetail:
        database = self._parts.database
        record = await lessons.get(database, server, lesson)
        found = record.lesson
        if not _may_see(found, channel, actor):
            raise NotFoundError(phrases.no_such_lesson(lesson))
        learned_by = [
            adapter.name
            for adapter in await adapters.all_of(database, server)
            if adapter.state is AdapterState.PROMOTED
            and lesson
            in await adapters.contained_lessons(database, server, adapter.version)
        ]
        return LessonDetail(
            lesson=found,
            gate=self._parts.gate(found),
            decided_by=record.decided_by_name,
            adapters=tuple(learned_by),
            answers=await answers.count_of_lesson(database, server, lesson),
            query=await self._query(found),
            rewordings=await rewordings(self._parts, found),
        )

    async def _query(self, lesson: Lesson) -> str:
        if lesson.document is None:
            return ""
        found = await documents.get(
            self._parts.database, lesson.server, lesson.document
        )
        return found.query

    async def card_posted(self, server: str, card: PostedCard) -> None:
        await cards.add(self._parts.database, server, card)

    async def cards(self, server: str, lesson: int) -> Sequence[PostedCard]:
        return await cards.of_lesson(self._parts.database, server, lesson)

    async def export(self, server: str, actor: Actor) -> Sequence[str] | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        found = await lessons.approved(self._parts.database, server)
        read = await documents.all_of(self._parts.database, server)
        titles = {each.id: {"title": each.title} for each in read}
        return [
            json.dumps(
                {**lesson_rows.write(lesson), **titles.get(lesson.document or 0, {})},
                ensure_ascii=False,
            )
            for lesson in found
        ]

    async def notices(self, server: str, person: str) -> tuple[Notice, ...]:
        """Read what became of a person's lessons and watches out of the journal.

        The journal also remembers up to where they were read, so that a restart
        neither loses nor repeats one.
        """
        database = self._parts.database
        unread: list[Notice] = []
        decided: dict[int, list[LessonRecord]] = {}
        names = (person, self._parts.pseudonyms.of(person))
        for entry in await journal.entries(database, server, limit=LOOK_BACK):
            if entry.action == NOTICES_READ and entry.actor in names:
                break
            if entry.action == PAUSED and entry.detail.get("person") in names:
                told = phrases.watch_paused(PAUSED_AFTER)
                unread.append(Notice(server=server, person=person, text=told))
            if entry.lesson is None or entry.actor in names:
                continue
            if entry.action not in ("lesson.approved", "lesson.rejected"):
                continue
            record = await lessons.get(database, server, entry.lesson)
            document = document_of(record.lesson)
            if record.lesson.author != person:
                continue
            if document is not None:
                decided.setdefault(document, []).append(record)
            else:
                text = phrases.your_lesson_decided(record)
                unread.append(Notice(server=server, person=person, text=text))
        for document, records in decided.items():
            title = (await documents.get(database, server, document)).title
            text = phrases.your_passages_decided(title, document, records)
            unread.append(Notice(server=server, person=person, text=text))
        if unread:
            await journal.record(
                database,
                server,
                at=self._parts.clock.now(),
                actor=person,
                action=NOTICES_READ,
            )
        return tuple(reversed(unread))


def _may_see(lesson: Lesson, channel: str | None, actor: Actor | None) -> bool:
    """Say whether somebody asking in a channel may know of a lesson.

    What nobody approved is for reviewers and its author; None is no person but a
    part of Myna.
    """
    if lesson.state is LessonState.FORGOTTEN or not lesson.scope.admits(channel):
        return False
    if lesson.state in (LessonState.APPROVED, LessonState.SUPERSEDED) or actor is None:
        return True
    return lesson.author == actor.id or may(actor.role, Permission.REVIEW)
