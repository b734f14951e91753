"""Teaching: what somebody proposes is screened, and waits for review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot import audit_phrases, lesson_rows, limit_phrases, phrases
from bot.document_digest import announce, document_of
from bot.lesson_forms import formed
from bot.messages import (
    Actor,
    Imported,
    ImportProblem,
    Refused,
    Taught,
    Teaching,
    Waiting,
)
from bot.parts import refusal
from bot.screening import Screening
from bot.waiting import waiting_of
from learning.errors import LessonError, StorageError
from learning.lesson import Consent, Lesson, LessonKind, LessonState
from learning.tool import is_tool
from moderation.policy import TERMINAL
from moderation.provenance import SERVER_WIDE
from moderation.roles import Permission, Role
from moderation.shares import BURST_WINDOW, RULE, burst
from moderation.verdict import Finding, Verdict
from storage import lessons, people, review, servers, teachers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.messages import ImportRow
    from bot.parts import Parts

log = structlog.get_logger(__name__)

MOST_ROWS = 500
"""Rows of one file on a platform, where others wait for the process."""


class Proposing:
    """The use cases of teachers, and of moderators who change what waits."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._screening = Screening(parts)

    async def teach(self, teaching: Teaching) -> Taught | Refused:
        refused = refusal(teaching.actor, Permission.TEACH)
        if refused:
            return refused
        return await self.teach_as(teaching, self._draft(teaching))

    async def teach_as(self, teaching: Teaching, draft: Lesson) -> Taught | Refused:
        """Put up a draft of somebody who may teach so here, and not too often."""
        refused = await self.refused_here(teaching)
        if refused:
            return refused
        await self.remember_trust(teaching.server, teaching.actor)
        turn = self._parts.teachings.take(teaching.server, teaching.actor.id)
        if not turn.granted:
            return Refused(limit_phrases.too_fast(turn))
        return await self.propose(draft)

    async def import_lessons(
        self, server: str, rows: Iterable[ImportRow], actor: Actor
    ) -> Imported | Refused:
        refused = refusal(actor, Permission.REVIEW)
        refused = refused or await self._not_set_up(server, actor)
        if refused:
            return refused
        waiting: list[Waiting] = []
        problems: list[ImportProblem] = []
        rows = list(rows)
        if actor.platform != TERMINAL and len(rows) > MOST_ROWS:
            return Refused(phrases.too_many_rows(MOST_ROWS))
        await self.remember_trust(server, actor)
        queue = await self._screening.waiting(server)
        purges = self._parts.purges.so_far(server)
        for row in rows:
            teaching = lesson_rows.read(row, server, actor)
            if isinstance(teaching, ImportProblem):
                problems.append(teaching)
                continue
            if self._parts.purges.so_far(server) != purges:
                break
            try:
                taught = await self.propose(self._draft(teaching), queue)
            except LessonError as exc:
                problems.append(ImportProblem(row.line, str(exc)))
                continue
            if taught.waiting is None:
                reason = " ".join(taught.verdict.reasons)
                problems.append(ImportProblem(row.line, reason))
            else:
                waiting.append(taught.waiting)
                queue.append(taught.waiting.lesson)
        return Imported(tuple(waiting), tuple(problems))

    async def teach_imported(self, teaching: Teaching) -> Taught:
        """Put up what somebody who may import brought with others, at no turn of theirs.

        Raises LessonError where its words have not the form of its kind.
        """
        return await self.propose(self._draft(teaching))

    async def remember_trust(self, server: str, actor: Actor) -> None:
        """Keep whether somebody who teaches is trusted: their roles are known now."""
        trust = teachers.trust if actor.role >= Role.TRUSTED else teachers.distrust
        await trust(self._parts.database, server, actor.id)

    async def edit(
        self,
        server: str,
        actor: Actor,
        lesson: int,
        *,
        question: str | None,
        answer: str | None,
        text: str | None,
    ) -> Taught | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        record = await lessons.get(self._parts.database, server, lesson)
        given = {"question": question, "answer": answer, "text": text}
        named = {name for name, value in given.items() if value is not None}
        expected = lesson_rows.fields_of(record.lesson.kind)
        if not named or not named <= expected:
            return Refused(phrases.edit_needs(record.lesson, sorted(expected)))
        old = record.lesson
        edited = formed(
            replace(
                old,
                question=old.question if question is None else question,
                answer=old.answer if answer is None else answer,
                text=old.text if text is None else text,
                # A tool's text is all of it: examples left out there are to go.
                examples=() if text and is_tool(old) else old.examples,
            )
        )
        verdict = _and_burst(record.verdict, await self._screening.judge(edited))
        if verdict.refused:
            return Taught(None, verdict)
        edited = await review.edit(
            self._parts.database,
            replace(
                edited, supersedes=await self._screening.supersedes(edited, verdict)
            ),
            verdict=verdict,
            by=actor.id,
            at=self._parts.clock.now(),
        )
        return await self._waits(edited, verdict)

    async def widen(
        self, server: str, actor: Actor, lesson: int, *, seen: str | None
    ) -> Waiting | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        record = await lessons.get(self._parts.database, server, lesson)
        # More people will read it, and so more lessons may contradict it.
        verdict = await self._screening.judge(replace(record.lesson, scope=SERVER_WIDE))
        verdict = _and_burst(record.verdict, verdict)
        widened = await review.edit(
            self._parts.database,
            replace(record.lesson, scope=SERVER_WIDE),
            verdict=verdict,
            by=actor.id,
            at=self._parts.clock.now(),
            seen=seen or record.lesson.digest,
            reason=audit_phrases.WIDENED,
        )
        taught = await self._waits(widened, verdict)
        assert taught.waiting is not None  # noqa: S101 - for the type checker
        return taught.waiting

    async def waiting(self, lesson: Lesson) -> Waiting:
        """Return a lesson that waits, as moderators see it."""
        record = await lessons.get(self._parts.database, lesson.server, lesson.id)
        return await waiting_of(self._parts, record.lesson, record.verdict)

    async def show(self, waiting: Waiting) -> None:
        """Put a waiting lesson on its card: a passage's is its document's."""
        document = document_of(waiting.lesson)
        if document is None:
            await self._parts.announcer.lesson_waits(waiting)
        else:
            await announce(self._parts, waiting.lesson.server, document)

    async def propose_again(self, draft: Lesson) -> Taught | None:
        """Put an edited message's lesson up once more, where it could be taught now."""
        teaching = Teaching(
            draft.server,
            Actor(draft.author, draft.author_name, Role.TEACHER, draft.platform),
            draft.kind,
            channel=draft.source_channel,
            words_of=draft.consent_of or draft.author,
        )
        if await self.refused_here(teaching):
            return None
        turn = self._parts.teachings.take(draft.server, draft.author)
        if not turn.granted:
            return None
        try:
            return await self.propose(draft)
        except LessonError:  # its new words have not the form of its kind
            return None

    async def propose(
        self, draft: Lesson, waiting: Sequence[Lesson] | None = None
    ) -> Taught:
        """Screen a lesson and put it into the queue, whoever may have taught it.

        Raises LessonError where its words have not the form of its kind.
        """
        draft = formed(draft)
        purges = self._parts.purges.so_far(draft.server)
        verdict = await self._screening.judge(draft, waiting)
        if verdict.refused:
            return Taught(None, verdict)
        verdict = Verdict((*verdict.findings, *await self._burst(draft)))
        supersedes = await self._screening.supersedes(draft, verdict)
        async with self._parts.database.transaction():
            if self._parts.purges.so_far(draft.server) != purges:
                raise StorageError(phrases.purged_meanwhile())
            lesson = await lessons.add(
                self._parts.database,
                replace(draft, supersedes=supersedes),
                verdict=verdict,
            )
        log.info("lesson.taught", server=lesson.server, lesson=lesson.id)
        return await self._waits(lesson, verdict)

    async def refused_to_teach(
        self, server: str, actor: Actor, channel: str | None
    ) -> Refused | None:
        """Refuse who may not put up a document here; no turn of theirs is taken."""
        teaching = Teaching(server, actor, LessonKind.PASSAGE, channel=channel)
        return refusal(actor, Permission.TEACH) or await self.refused_here(teaching)

    async def refused_here(self, teaching: Teaching) -> Refused | None:
        """Refuse what this server, or the author of the words, does not want."""
        database, server = self._parts.database, teaching.server
        refused = await self._not_set_up(server, teaching.actor)
        if refused:
            return refused
        allowed = (await servers.get(database, server)).learning_channels
        is_local = teaching.actor.platform == TERMINAL
        if allowed and teaching.channel not in allowed and not is_local:
            return Refused(phrases.not_a_learning_channel())
        author = teaching.words_of
        if author and await people.has_opted_out(database, teaching.server, author):
            return Refused(phrases.author_opted_out())
        return None

    async def _not_set_up(self, server: str, actor: Actor) -> Refused | None:
        """Refuse what a platform brings before an admin allowed it."""
        settings = await servers.get(self._parts.database, server)
        if actor.platform == TERMINAL or settings.set_up_at is not None:
            return None
        return Refused(phrases.not_set_up())

    async def _waits(self, lesson: Lesson, verdict: Verdict) -> Taught:
        waiting = await waiting_of(self._parts, lesson, verdict)
        await self.show(waiting)
        return Taught(waiting, verdict)

    def _draft(self, teaching: Teaching) -> Lesson:
        return Lesson(
            server=teaching.server,
            id=0,
            kind=teaching.kind,
            question=teaching.question,
            answer=teaching.answer,
            text=teaching.text,
            author=teaching.actor.id,
            author_name=teaching.actor.name,
            provenance=teaching.provenance,
            state=LessonState.PENDING,
            taught_at=self._parts.clock.now(),
            scope=teaching.scope,
            platform=teaching.platform or teaching.actor.platform,
            source=teaching.source,
            expires_at=teaching.expires_at,
            consent=Consent.ASKED if teaching.words_of else Consent.NOT_NEEDED,
            consent_of=teaching.words_of,
            source_channel=(teaching.channel or "") if teaching.message else "",
            source_message=teaching.message,
            examples=teaching.examples,
            supersedes=teaching.supersedes,
        )

    async def _burst(self, draft: Lesson) -> tuple[Finding, ...]:
        """Hold what somebody new teaches in a burst, unless they are trusted."""
        database, now = self._parts.database, self._parts.clock.now()
        if draft.author in await teachers.trusted(database, draft.server):
            return ()
        since = now - BURST_WINDOW
        taught = await teachers.taught_since(
            database, draft.server, draft.author, since
        )
        first = (await teachers.first_taught(database, draft.server)).get(draft.author)
        found = burst(first, now=now, taught=taught)
        return (found,) if found else ()


def _and_burst(before: Verdict, verdict: Verdict) -> Verdict:
    """Keep that a lesson came in a burst: other words do not change that."""
    kept = (each for each in before.findings if each.rule == RULE)
    return Verdict((*verdict.findings, *kept))
