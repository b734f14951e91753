"""Taking back: forgetting a lesson, expiry, rollback, and settling after a crash."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot import adapter_files, phrases
from bot.document_digest import announce, document_of
from bot.messages import Forgotten, Refused, RolledBack, Settled
from bot.parts import SYSTEM, refusal
from bot.run_plan import in_service, new_lessons
from learning.errors import ConflictError, NotFoundError
from learning.lesson import LessonState
from moderation.roles import Permission, may
from storage import adapters, documents, forgetting, lessons, promotions, runs, servers
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from bot.messages import Actor
    from bot.parts import Parts
    from storage.adapters import Adapter
    from storage.forgetting import Departure

log = structlog.get_logger(__name__)


class Withdrawing:
    """The use cases that take something away."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def forget(
        self, server: str, actor: Actor, lesson: int
    ) -> Forgotten | Refused:
        database = self._parts.database
        record = await lessons.get(database, server, lesson)
        if record.lesson.state is LessonState.FORGOTTEN:
            raise NotFoundError(phrases.no_such_lesson(lesson))
        is_own = record.lesson.author == actor.id
        if not is_own and not may(actor.role, Permission.RUN):
            return Refused(phrases.not_your_lesson(lesson))
        try:
            departure = await self.erase(server, lesson, by=actor.id)
        except ConflictError as exc:  # somebody else forgot it a moment ago
            raise NotFoundError(phrases.no_such_lesson(lesson)) from exc
        new = await new_lessons(self._parts, server)
        return Forgotten(
            lesson=replace(record.lesson, state=LessonState.FORGOTTEN),
            withdrawn=tuple(f"{server}/{version}" for version in departure.tainted),
            fresh_run_due=bool(departure.tainted) and bool(new),
        )

    async def erase(
        self, server: str, lesson: int, *, by: str, reason: str = forgetting.ASKED
    ) -> Departure:
        """Forget a lesson, whoever it belongs to, with all that follows.

        `reason` is for the journal. Raises NotFoundError, or ConflictError where it is already forgotten.
        """
        departure = await self._erased(server, lesson, by=by, reason=reason)
        await self._announce(server, lesson)
        return departure

    async def erase_document(
        self, server: str, document: int, *, by: str
    ) -> list[Departure]:
        """Forget every passage of a document, and what is said of it."""
        database = self._parts.database
        passages = await documents.passages(database, server, document)
        gone = [await self._erased(server, p.lesson.id, by=by) for p in passages]
        await documents.erase_if_empty(database, server, document)
        await announce(self._parts, server, document)
        return gone

    async def retire_expired(self) -> int:
        """Withdraw every server's lessons whose time is over; return how many."""
        departures = await forgetting.expire_due(
            self._parts.database, now=self._parts.clock.now()
        )
        for departure in departures:
            await self._withdraw(departure, by=SYSTEM.id)
            await self._announce(departure.server, departure.lesson)
        return len(departures)

    async def rollback(
        self, server: str, actor: Actor, version: int | None
    ) -> RolledBack | Refused:
        refused = refusal(actor, Permission.RUN)
        if refused:
            return refused
        parts = self._parts
        current = await adapters.current(parts.database, server)
        if version is None:
            target = await adapters.previous(parts.database, server)
            if current is None and target is None:
                return Refused(phrases.nothing_to_roll_back())
        else:
            target = await adapters.get(parts.database, server, version)
        obstacle = self._obstacle(current, target)
        if obstacle:
            return Refused(obstacle)
        if target:
            await parts.engine.ensure(target.ref(parts.directory.root))
        before = await self._answering(server)
        try:
            await promotions.roll_back(
                parts.database,
                server,
                to=target.version if target else None,
                by=actor.id,
                at=parts.clock.now(),
                reason=phrases.asked_to_roll_back(actor.name),
            )
        except ConflictError as exc:
            return Refused(str(exc))
        return RolledBack(before=before, after=await self._answering(server))

    async def recover(self) -> None:
        """End what a crash left running, and delete what it left on disk."""
        parts = self._parts
        recovered = await runs.recover(parts.database, at=parts.clock.now())
        for run in recovered.runs:
            log.warning("run.recovered", server=run.server, run=run.id)
        await adapter_files.sweep(parts)
        for server in await servers.all_known(parts.database):
            await self._discard_tainted(server, by=SYSTEM.id)

    async def _erased(
        self, server: str, lesson: int, *, by: str, reason: str = forgetting.ASKED
    ) -> Departure:
        departure = await forgetting.forget(
            self._parts.database,
            server,
            lesson,
            by=by,
            at=self._parts.clock.now(),
            reason=reason,
        )
        await self._withdraw(departure, by=by)
        return departure

    async def _announce(self, server: str, lesson: int) -> None:
        record = await lessons.get(self._parts.database, server, lesson)
        document = document_of(record.lesson)
        if document is not None:
            await announce(self._parts, server, document)
            return
        await self._parts.announcer.lesson_settled(Settled(record.lesson, ""))

    async def _withdraw(self, departure: Departure, *, by: str) -> None:
        """Follow a departure in memory and engine."""
        parts, server = self._parts, departure.server
        await asyncio.to_thread(parts.memory.remove, server, departure.lesson)
        for version in departure.tainted:
            adapter = await adapters.get(parts.database, server, version)
            await parts.engine.retire(adapter.ref(parts.directory.root))
            log.info("adapter.tainted", adapter=adapter.name)
        await self._discard_tainted(server, by=by)

    async def _discard_tainted(self, server: str, *, by: str) -> None:
        """Delete tainted files, unless a clean adapter is still to take their place."""
        parts = self._parts
        is_replaced = await in_service(parts, server) is not None
        if is_replaced or not await new_lessons(parts, server):
            await adapter_files.discard_tainted(parts, server, by=by)

    async def _answering(self, server: str) -> str | None:
        adapter = await in_service(self._parts, server)
        if adapter:
            return adapter.name
        return self._parts.skills.name if self._parts.skills else None

    def _obstacle(self, current: Adapter | None, target: Adapter | None) -> str:
        """Say why the pointer may not go there, or nothing."""
        if target is None:
            return ""
        if current and current.version == target.version:
            return phrases.already_answering(target.name)
        if target.state is AdapterState.TAINTED:
            return phrases.adapter_is_tainted(target.name)
        if target.state is not AdapterState.PROMOTED:
            return phrases.no_such_adapter(target.name)
        if self._parts.is_foreign(target):
            return phrases.adapter_is_foreign(target.name)
        return ""
