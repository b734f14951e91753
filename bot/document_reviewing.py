"""Documents under review: listed, decided whole or in parts, and forgotten."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot import phrases, review_phrases
from bot.circumstances import panel_of, review_of
from bot.document_digest import announce, digest
from bot.messages import (
    ApprovedAll,
    DecidedDocument,
    DocumentDigest,
    DocumentPassage,
    ForgottenDocument,
    Notice,
    Refused,
    Ruling,
    Waiting,
)
from bot.parts import refusal
from bot.run_plan import new_lessons
from bot.screening import Screening
from learning.errors import ConflictError, NotFoundError
from learning.lesson import Consent, Lesson
from moderation.review import Circumstances, Obstacle
from moderation.roles import Permission, may
from storage import documents, review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Actor
    from bot.parts import Parts
    from bot.withdrawing import Withdrawing
    from storage.documents import PostedDocument

log = structlog.get_logger(__name__)


class DocumentReviewing:
    """The use cases of reviewers, and of whoever brought a document."""

    def __init__(self, parts: Parts, withdrawing: Withdrawing) -> None:
        self._parts = parts
        self._withdrawing = withdrawing
        self._screening = Screening(parts)

    async def all(
        self, server: str, actor: Actor
    ) -> tuple[DocumentDigest, ...] | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        stored = await documents.all_of(self._parts.database, server)
        return tuple([await digest(self._parts, server, each.id) for each in stored])

    async def waiting(self, server: str) -> tuple[DocumentDigest, ...]:
        """Return the documents that wait, those with flagged passages first."""
        stored = await documents.all_of(self._parts.database, server)
        found = [await digest(self._parts, server, each.id) for each in stored]
        waiting = [each for each in found if each.waiting]
        return tuple(sorted(waiting, key=lambda each: not each.flagged))

    async def one(
        self, server: str, actor: Actor, document: int
    ) -> DocumentDigest | Refused:
        found = await digest(self._parts, server, document)
        if not found.source:
            raise NotFoundError(phrases.no_such_document(document))
        if found.added_by != actor.id:
            return refusal(actor, Permission.REVIEW) or found
        return found

    async def decide(
        self,
        server: str,
        actor: Actor,
        document: int,
        ruling: Ruling,
        *,
        parts: frozenset[int] | None = None,
        reason: str = "",
        seen: str | None = None,
    ) -> DecidedDocument | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        found = await digest(self._parts, server, document)
        chosen = _chosen(found, parts, seen)
        if ruling is Ruling.REJECT:
            held = list[DocumentPassage]()
            decided = await self._reject(chosen, actor, reason)
        else:
            panel = await panel_of(self._parts, server)
            if not panel.may_approve(actor.id, {found.added_by}):
                return Refused(review_phrases.own_document(document))
            alone = parts is not None and len(parts) == 1
            two = panel.needs_second(actor.id)
            free, held = await self._sifted(chosen, alone=alone, two=two)
            decided = await self._approve(free, actor, ruling)
        after = await digest(self._parts, server, document)
        if decided:
            await announce(self._parts, server, document)
            await self._notify(after, actor, len(decided), ruling, reason)
        return DecidedDocument(after, ruling, tuple(decided), tuple(held), reason)

    async def forget(
        self, server: str, actor: Actor, document: int
    ) -> ForgottenDocument | Refused:
        found = await digest(self._parts, server, document)
        if not found.source:
            raise NotFoundError(phrases.no_such_document(document))
        if found.added_by != actor.id and not may(actor.role, Permission.RUN):
            return Refused(phrases.not_your_document(document))
        departures = await self._withdrawing.erase_document(
            server, document, by=actor.id
        )
        tainted = sorted({v for each in departures for v in each.tainted})
        new = await new_lessons(self._parts, server)
        return ForgottenDocument(
            document,
            lessons=tuple(each.lesson for each in departures),
            withdrawn=tuple(f"{server}/{version}" for version in tainted),
            fresh_run_due=bool(tainted) and bool(new),
        )

    async def approve_all(self, server: str, actor: Actor) -> ApprovedAll:
        """Approve of every document what nothing was found in.

        One that is the reviewer's own, somebody's who is new here, or too much of one
        source is left for a look of its own.
        """
        approved, held = list[Lesson](), list[Waiting]()
        state = await review_of(self._parts, server)
        shares = state.shares
        for each in await self.waiting(server):
            obstacle = state.obstacle(
                each.waiting[0].lesson, actor.id, shares, len(each.waiting)
            )
            if obstacle:
                held += [self._left(of, obstacle) for of in each.waiting]
                continue
            try:
                done = await self.decide(server, actor, each.id, Ruling.APPROVE)
            except ConflictError:
                log.info("document.decided_elsewhere", document=each.id)
                continue
            if isinstance(done, DecidedDocument):
                approved += done.decided
                for lesson in done.decided:
                    shares = state.counted(shares, lesson)
                held += [self._left(of, Obstacle.FLAGGED) for of in done.held]
        return ApprovedAll(tuple(approved), tuple(held))

    async def card_posted(self, server: str, card: PostedDocument) -> None:
        await documents.add_card(self._parts.database, server, card)

    async def cards(self, server: str, document: int) -> Sequence[PostedDocument]:
        return await documents.cards(self._parts.database, server, document)

    def _left(self, of: DocumentPassage, obstacle: Obstacle) -> Waiting:
        gate = self._parts.gate(of.lesson)
        return Waiting(
            of.lesson, of.verdict, gate, about=Circumstances(obstacle=obstacle)
        )

    async def _sifted(
        self, chosen: Sequence[DocumentPassage], *, alone: bool, two: bool
    ) -> tuple[list[DocumentPassage], list[DocumentPassage]]:
        """Part what may be approved from what needs a look of its own.

        Screened again: an approval since may contradict it. A passage that somebody
        names alone, they have looked at; where what is held needs `two`, its lesson's
        number is where both approve.
        """
        free, held = list[DocumentPassage](), list[DocumentPassage]()
        queue = await self._screening.waiting(chosen[0].lesson.server)
        for each in chosen:
            verdict = await self._screening.judge(each.lesson, queue)
            unasked = each.lesson.consent is Consent.ASKED or verdict.refused
            flagged = bool(verdict.findings) or each.flagged
            needs_two = two and (verdict.held or each.verdict.held)
            is_held = unasked or needs_two or (flagged and not alone)
            (held if is_held else free).append(each)
        return free, held

    async def _approve(
        self, free: Sequence[DocumentPassage], actor: Actor, ruling: Ruling
    ) -> list[Lesson]:
        """Approve all of them or none; memory knows only what is committed."""
        parts = self._parts
        async with parts.database.transaction():
            approved = [
                await review.approve(
                    parts.database,
                    each.lesson.server,
                    each.lesson.id,
                    by=actor.id,
                    by_name=actor.name,
                    at=parts.clock.now(),
                    seen=each.lesson.digest,
                    memory_only=ruling is Ruling.MEMORY_ONLY,
                )
                for each in free
            ]
        for lesson in approved:
            if lesson.supersedes is not None:
                await asyncio.to_thread(
                    parts.memory.remove, lesson.server, lesson.supersedes
                )
            await asyncio.to_thread(parts.memory.add, lesson)
        return approved

    async def _reject(
        self, chosen: Sequence[DocumentPassage], actor: Actor, reason: str
    ) -> list[Lesson]:
        async with self._parts.database.transaction():
            return [
                await review.reject(
                    self._parts.database,
                    each.lesson.server,
                    each.lesson.id,
                    by=actor.id,
                    by_name=actor.name,
                    at=self._parts.clock.now(),
                    reason=reason,
                    seen=each.lesson.digest,
                )
                for each in chosen
            ]

    async def _notify(
        self,
        of: DocumentDigest,
        actor: Actor,
        count: int,
        ruling: Ruling,
        reason: str,
    ) -> None:
        """Tell once who brought it, unless they decided themselves."""
        if of.added_by == actor.id:
            return
        text = phrases.your_document_decided(of, count, ruling, reason)
        await self._parts.announcer.notify(Notice(of.server, of.added_by, text))


def _chosen(
    of: DocumentDigest, parts: frozenset[int] | None, seen: str | None
) -> Sequence[DocumentPassage]:
    """Return the waiting passages that a decision is about.

    Raises NotFoundError where the document has no such part, or ConflictError where
    they wait no longer or were edited since they were seen.
    """
    if not of.source:
        raise NotFoundError(phrases.no_such_document(of.id))
    unknown = (parts or frozenset()) - {each.position for each in of.passages}
    if unknown:
        raise NotFoundError(phrases.no_such_part(of, sorted(unknown)))
    if seen not in (None, of.seen):
        raise ConflictError(phrases.document_edited(of.id))
    chosen = [each for each in of.waiting if parts is None or each.position in parts]
    if not chosen:
        raise ConflictError(phrases.document_decided_already(of))
    return chosen
