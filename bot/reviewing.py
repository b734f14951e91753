"""Reviewing: nothing is known before a moderator approved it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot import phrases, review_phrases
from bot.circumstances import authors_of, panel_of, review_of
from bot.document_digest import announce, document_of
from bot.messages import (
    Actor,
    ApprovedAll,
    Decided,
    Notice,
    Refused,
    Ruling,
    Settled,
    Waiting,
)
from bot.parts import refusal
from bot.screening import Screening
from bot.waiting import listed_of
from learning.errors import ConflictError
from learning.lesson import Consent, Lesson, LessonState
from moderation.review import Obstacle
from moderation.roles import Permission
from moderation.verdict import Verdict
from storage import approvals, lessons, review

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.circumstances import Review
    from bot.messages import Decision
    from bot.parts import Parts
    from bot.proposing import Proposing
    from storage.lessons import LessonRecord

log = structlog.get_logger(__name__)


class Reviewing:
    """The use cases of moderators."""

    def __init__(self, parts: Parts, proposing: Proposing) -> None:
        self._parts = parts
        self._proposing = proposing
        self._screening = Screening(parts)

    async def queue(self, server: str, actor: Actor) -> tuple[Waiting, ...] | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        return await self._queue(server, await review_of(self._parts, server))

    async def decide(self, decision: Decision) -> Decided | Refused:
        refused = refusal(decision.actor, Permission.REVIEW)
        if refused:
            return refused
        database, actor = self._parts.database, decision.actor
        record = await lessons.get(database, decision.server, decision.lesson)
        if record.lesson.state is not LessonState.PENDING:
            raise ConflictError(phrases.decided_already(record))
        if decision.ruling is not Ruling.REJECT:
            return await self._decide_for(record, decision)
        lesson = await review.reject(
            database,
            decision.server,
            decision.lesson,
            by=actor.id,
            by_name=actor.name,
            at=self._parts.clock.now(),
            reason=decision.reason,
            seen=decision.seen,
        )
        told = phrases.your_lesson_rejected(lesson, decision.reason)
        await self._notify(lesson, actor, told)
        await self._settled(Settled(lesson, actor.name, decision.reason))
        return Decided(lesson, decision.ruling, decision.reason)

    async def _decide_for(
        self, record: LessonRecord, decision: Decision
    ) -> Decided | Refused:
        """Approve, unless it is the reviewer's own or needs a second moderator."""
        waiting, actor = record.lesson, decision.actor
        if waiting.consent is Consent.ASKED:
            return Refused(phrases.consent_missing(waiting))
        panel = await panel_of(self._parts, waiting.server)
        if not panel.may_approve(actor.id, authors_of(waiting)):
            return Refused(review_phrases.own_lesson(waiting.id))
        verdict = await self._screening.judge(waiting)
        supersedes = await self._screening.supersedes(waiting, verdict)
        # Held by what the card shows, or by what is known since.
        held = record.verdict.held or verdict.held or verdict.refused
        if held and panel.needs_second(actor.id):
            return await self._approve_as_one_of_two(waiting, supersedes, decision)
        lesson = await self._approve(
            waiting,
            supersedes,
            actor,
            seen=decision.seen,
            memory_only=decision.ruling is Ruling.MEMORY_ONLY,
        )
        return Decided(lesson, decision.ruling, decision.reason)

    async def _approve_as_one_of_two(
        self, waiting: Lesson, supersedes: int | None, decision: Decision
    ) -> Decided | Refused:
        """Keep the first approval; another moderator's second one approves.

        One transaction: of two who click at once, one is the first.
        """
        actor, memory_only = decision.actor, decision.ruling is Ruling.MEMORY_ONLY
        lesson = waiting
        async with self._parts.database.transaction():
            given = await approvals.give(
                self._parts.database,
                waiting.server,
                waiting.id,
                by=actor.id,
                by_name=actor.name,
                at=self._parts.clock.now(),
                memory_only=memory_only,
                seen=decision.seen,
            )
            if given.others:
                lesson = await self._store_approval(
                    waiting,
                    supersedes,
                    actor,
                    seen=decision.seen,
                    memory_only=memory_only or given.others[0].memory_only,
                )
        if given.others:
            await self._make_known(lesson, actor)
            return Decided(lesson, decision.ruling)
        if not given.is_new:
            return Refused(review_phrases.approved_by_you_already(waiting.id))
        log.info("approval.given", server=waiting.server, lesson=waiting.id)
        await self._proposing.show(await self._proposing.waiting(waiting))
        return Decided(lesson, decision.ruling)

    async def approve_all(self, server: str, actor: Actor) -> ApprovedAll | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        approved: list[Lesson] = []
        held: list[Waiting] = []
        for waiting in await self._sifted(server, actor, named=None):
            if waiting.about.obstacle:
                held.append(waiting)
                continue
            # Screened again: an approval a moment ago may contradict this one.
            verdict = await self._screening.judge(waiting.lesson)
            if verdict.findings:
                held.append(left_out(waiting, Obstacle.FLAGGED, verdict))
                continue
            try:
                approved.append(await self._approve(waiting.lesson, None, actor))
            except ConflictError:
                log.info("lesson.decided_elsewhere", lesson=waiting.lesson.id)
        return ApprovedAll(tuple(approved), tuple(held))

    async def left_out(
        self, server: str, actor: Actor, lessons: Collection[int]
    ) -> tuple[Waiting, ...] | Refused:
        """Return those of several lessons that cannot be approved together."""
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        sifted = await self._sifted(server, actor, named=lessons)
        return tuple(each for each in sifted if each.about.obstacle)

    async def _sifted(
        self, server: str, actor: Actor, *, named: Collection[int] | None
    ) -> tuple[Waiting, ...]:
        """Mark what is not approved together with others, the oldest lesson first.

        None names all but documents, which are decided as wholes. Naming the lessons
        of somebody new is the look that those need.
        """
        state = await review_of(self._parts, server)
        shares, sifted = state.shares, list[Waiting]()
        queue = await self._queue(server, state)
        for waiting in sorted(queue, key=lambda each: each.lesson.id):
            lesson = waiting.lesson
            if document_of(lesson) is not None and named is None:
                continue
            if named is not None and lesson.id not in named:
                continue
            found = Obstacle.FLAGGED if waiting.flagged else None
            found = found or state.obstacle(lesson, actor.id, shares)
            if found is Obstacle.NEW_HERE and named is not None:
                found = None
            if found is None:
                shares = state.counted(shares, lesson)
            sifted.append(left_out(waiting, found, waiting.verdict))
        return tuple(sifted)

    async def _queue(self, server: str, state: Review) -> tuple[Waiting, ...]:
        """Return what waits, the flagged first, and of those the oldest."""
        records = await lessons.in_state(
            self._parts.database, server, LessonState.PENDING
        )
        queue = [
            await listed_of(self._parts, each.lesson, each.verdict, state)
            for each in records
        ]
        return tuple(sorted(queue, key=lambda each: not each.flagged))

    async def _approve(
        self,
        waiting: Lesson,
        supersedes: int | None,
        actor: Actor,
        *,
        seen: str | None = None,
        memory_only: bool = False,
    ) -> Lesson:
        """Store the approval first; memory knows only what is committed."""
        lesson = await self._store_approval(
            waiting, supersedes, actor, seen=seen, memory_only=memory_only
        )
        await self._make_known(lesson, actor)
        return lesson

    async def _store_approval(
        self,
        waiting: Lesson,
        supersedes: int | None,
        actor: Actor,
        *,
        seen: str | None,
        memory_only: bool,
    ) -> Lesson:
        return await review.approve(
            self._parts.database,
            waiting.server,
            waiting.id,
            by=actor.id,
            by_name=actor.name,
            at=self._parts.clock.now(),
            supersedes=supersedes,
            seen=seen,
            memory_only=memory_only,
        )

    async def _make_known(self, lesson: Lesson, actor: Actor) -> None:
        memory = self._parts.memory
        if lesson.supersedes is not None:
            await asyncio.to_thread(memory.remove, lesson.server, lesson.supersedes)
        await asyncio.to_thread(memory.add, lesson)
        log.info("lesson.approved", server=lesson.server, lesson=lesson.id, by=actor.id)
        await self._notify(lesson, actor, phrases.your_lesson_approved(lesson))
        await self._settled(Settled(lesson, actor.name))

    async def _notify(self, lesson: Lesson, actor: Actor, text: str) -> None:
        """Tell the author, unless they decided themselves."""
        if lesson.author != actor.id:
            await self._parts.announcer.notify(
                Notice(server=lesson.server, person=lesson.author, text=text)
            )

    async def _settled(self, settled: Settled) -> None:
        """Say on its card what became of a lesson."""
        document = document_of(settled.lesson)
        if document is None:
            await self._parts.announcer.lesson_settled(settled)
        else:
            await announce(self._parts, settled.lesson.server, document)


def left_out(waiting: Waiting, obstacle: Obstacle | None, verdict: Verdict) -> Waiting:
    """Say why a lesson is not approved together with others, if it is not."""
    about = replace(waiting.about, obstacle=obstacle)
    return replace(waiting, verdict=verdict, about=about)
