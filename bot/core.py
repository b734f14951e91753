"""Everything Myna can do, as one object that every platform talks to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import limit_phrases
from bot.answering import Answering
from bot.archive import Archive
from bot.auditing import Auditing
from bot.backpressure import Backpressure
from bot.calling import Calling
from bot.canaries import Canaries
from bot.collecting import Collecting
from bot.configuring import Configuring
from bot.correcting import Correcting
from bot.document_digest import document_of
from bot.document_reviewing import DocumentReviewing
from bot.document_rows import DocumentRows, is_passage
from bot.documents import Documents
from bot.learning_runs import LearningRuns
from bot.messages import ApprovedAll, Imported, Refused, ToReview
from bot.pins import Pins
from bot.privacy import Privacy
from bot.proposing import Proposing
from bot.rating import Rating
from bot.research import Research
from bot.retention import Retaining
from bot.reviewing import Reviewing
from bot.sources import Sources
from bot.tool_admin import ToolAdmin
from bot.watching import Watching
from bot.withdrawing import Withdrawing
from moderation.provenance import SERVER_WIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.messages import (
        Actor,
        AddedDocument,
        Collected,
        Consented,
        Correction,
        Decided,
        DecidedDocument,
        Decision,
        Deleted,
        DocumentDigest,
        Forgotten,
        ForgottenDocument,
        HistoryEntry,
        ImportRow,
        Learned,
        LessonDetail,
        Notice,
        PrivacyReport,
        Question,
        Rated,
        Reply,
        Researched,
        RolledBack,
        Ruling,
        SecretInfo,
        StatusReport,
        Taught,
        TaughtPins,
        Teaching,
        Waiting,
        Watched,
        WatchReport,
        Why,
    )
    from bot.parts import Parts
    from bot.ports import Pinboard
    from bot.reading import Reading
    from learning.canary import Canary
    from learning.forgetting_curve import Remembered
    from learning.lesson import Lesson
    from learning.run import Progress, RunKind
    from learning.web import GuardedFetcher
    from moderation.provenance import Scope
    from moderation.roles import Role
    from storage.cards import PostedCard
    from storage.documents import PostedDocument
    from storage.retention import Retention
    from storage.servers import ServerSettings


class Core:
    """The use cases; a refusal is a `Refused` or a field, an error is an exception.

    Every method may raise StorageError; each says what else it raises.
    """

    def __init__(self, parts: Parts) -> None:
        self._calling = Calling(parts)
        self._answering = Answering(parts, self._calling)
        self._proposing = Proposing(parts)
        self._tool_admin = ToolAdmin(parts, self._proposing)
        self._reviewing = Reviewing(parts, self._proposing)
        self._runs = LearningRuns(parts)
        self._withdrawing = Withdrawing(parts)
        self._archive = Archive(parts)
        self._configuring = Configuring(parts, self._runs)
        self._sources = Sources(parts, self._proposing, self._withdrawing)
        self._privacy = Privacy(parts, self._withdrawing)
        self._retaining = Retaining(parts, self._withdrawing)
        self._auditing = Auditing(parts)
        self._documents = Documents(parts, self._proposing)
        self._document_rows = DocumentRows(parts, self._documents)
        self._document_reviewing = DocumentReviewing(parts, self._withdrawing)
        self._collecting = Collecting(parts, self._documents, self._proposing)
        self._research = Research(parts, self._collecting, self._proposing)
        self._watching = Watching(parts, self._documents)
        self._correcting = Correcting(parts, self._proposing)
        self._rating = Rating(parts, self._proposing)
        self._pins = Pins(parts, self._proposing)
        self._canaries = Canaries(parts)
        self._fetcher = parts.fetcher
        self._clock = parts.clock
        self._crowd = Backpressure(parts.clock, parts.max_waiting_questions)

    async def recover(self) -> None:
        """Settle what a crash left behind, and load memory: call it once at start.

        Runs found running become failed, half-moved adapters and orphaned run
        directories are deleted, and memory is rebuilt from the rows.
        """
        await self._withdrawing.recover()
        await self._archive.rebuild_memory()

    async def close(self) -> None:
        """Cancel the runs in progress, each of which cleans up after itself."""
        await self._runs.close()

    async def answer(
        self, question: Question, on_text: Callable[[str], None] | None = None
    ) -> Reply | Refused:
        """Answer from memory and weights, or abstain.

        `on_text` gets each piece of text on the event loop, only once it has passed
        the screen. Raises EngineError, AdapterError, or NotFoundError where the
        question names a version that does not exist.
        """
        if self._crowd.is_full:
            told = limit_phrases.too_many_questions(self._crowd.retry_after_seconds)
            return Refused(told)
        with self._crowd.place():
            reply = await self._answering.answer(question, on_text)
        if isinstance(reply, Refused) or not reply.abstained:
            return reply
        offered = await self._research.may_offer(question)
        return replace(reply, offer_research=offered)

    async def settle_call(
        self, server: str, actor: Actor, call: str, *, go: bool
    ) -> Reply | Refused:
        """Make a call that waited to be confirmed, or leave it: the asker alone, once."""
        return await self._answering.settle_call(server, actor, call, go=go)

    async def set_secret(
        self, server: str, actor: Actor, name: str, host: str, value: str
    ) -> str | Refused:
        """Store a secret for tools of one host, and say so, for an admin.

        Raises CommandError where it has not the form, SettingsError where nothing
        here is encrypted.
        """
        return await self._tool_admin.set_secret(server, actor, name, host, value)

    async def remove_secret(
        self, server: str, actor: Actor, name: str
    ) -> str | Refused:
        """Delete a secret, and say so, for an admin. Raises NotFoundError."""
        return await self._tool_admin.remove_secret(server, actor, name)

    async def secrets(
        self, server: str, actor: Actor
    ) -> tuple[SecretInfo, ...] | Refused:
        """List the secrets by name and host, for an admin; never what they are."""
        return await self._tool_admin.secrets(server, actor)

    async def import_mcp(
        self, server: str, actor: Actor, url: str, channel: str | None
    ) -> Imported | Refused:
        """Put the tools of an MCP server into review, for a moderator.

        Raises FetchError, ToolError or SettingsError where they cannot be read.
        """
        return await self._tool_admin.import_mcp(server, actor, url, channel)

    async def why(self, server: str, actor: Actor) -> Why | None:
        """Say where this person's last answer came from; None before the first."""
        return await self._answering.why(server, actor)

    async def teach(self, teaching: Teaching) -> Taught | Refused:
        """Screen a lesson and put it into the review queue.

        `Refused` is for who may teach and how often; a `Taught` with `refused` set
        is for what the screen found in the words.
        """
        return await self._proposing.teach(teaching)

    async def teach_pins(
        self, server: str, actor: Actor, channel: str, pinboard: Pinboard
    ) -> TaughtPins | Refused:
        """Put a channel's pinned messages up for review, for a moderator.

        Raises CommandError where the platform does not show them.
        """
        return await self._pins.teach(server, actor, channel, pinboard)

    async def import_lessons(
        self, server: str, rows: Iterable[ImportRow], actor: Actor
    ) -> Imported | Refused:
        """Put every good row into the review queue, and report the bad by line.

        Rows of passages become documents again, one for each source.
        """
        every = list(rows)
        alone = [row for row in every if not is_passage(row)]
        result = await self._proposing.import_lessons(server, alone, actor)
        if isinstance(result, Refused) or len(alone) == len(every):
            return result
        parts = [row for row in every if is_passage(row)]
        of = await self._document_rows.restore(server, parts, actor)
        if isinstance(of, Refused):
            return of
        problems = sorted(result.problems + of.problems, key=lambda each: each.line)
        return Imported(result.waiting + of.waiting, tuple(problems))

    async def add_document(
        self,
        server: str,
        actor: Actor,
        reading: Reading,
        *,
        scope: Scope = SERVER_WIDE,
        supersedes: int | None = None,
        channel: str | None = None,
        platform: str = "",
    ) -> AddedDocument | Refused:
        """Put what is new of a document up for review, all of it or nothing.

        `supersedes` is the document that this is a newer reading of; for a link, that
        is its last reading if none is named. Only what differs is put up then, each
        passage to supersede the one it rewords. `channel` is where it was brought,
        and `platform` the way its words came, if not the actor's. Raises
        NotFoundError where this server has no document `supersedes`.
        """
        return await self._documents.add(
            server,
            actor,
            reading,
            scope=scope,
            supersedes=supersedes,
            channel=channel,
            platform=platform,
        )

    async def documents(
        self, server: str, actor: Actor
    ) -> tuple[DocumentDigest, ...] | Refused:
        """List what was read as a whole, oldest first, for reviewers."""
        return await self._document_reviewing.all(server, actor)

    async def document(
        self, server: str, actor: Actor, document: int
    ) -> DocumentDigest | Refused:
        """Show one document to reviewers, or to who brought it.

        Raises NotFoundError.
        """
        return await self._document_reviewing.one(server, actor, document)

    async def decide_document(
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
        """Approve or reject what waits of a document, or of these parts, in one go.

        `parts` are positions of passages, `seen` the digest of what was read. What
        screening flagged is never approved together with others: it goes on waiting.
        Raises NotFoundError, or ConflictError where nothing of it waits or its words
        were edited since they were seen.
        """
        return await self._document_reviewing.decide(
            server, actor, document, ruling, parts=parts, reason=reason, seen=seen
        )

    async def forget_document(
        self, server: str, actor: Actor, document: int
    ) -> ForgottenDocument | Refused:
        """Forget every passage of a document, and then what it was.

        Raises NotFoundError.
        """
        return await self._document_reviewing.forget(server, actor, document)

    async def import_link(
        self,
        server: str,
        actor: Actor,
        url: str,
        *,
        scope: Scope = SERVER_WIDE,
        channel: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Collected | Refused:
        """Put a page up for review, or each of those that a sitemap lists.

        Raises FetchError or DocumentError.
        """
        return await self._collecting.link(
            server, actor, url, scope=scope, channel=channel, on_progress=on_progress
        )

    async def import_folder(
        self,
        server: str,
        actor: Actor,
        folder: Path,
        *,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Collected | Refused:
        """Put the documents in a folder of this machine up for review.

        Raises DocumentError where there is none.
        """
        return await self._collecting.folder(
            server, actor, folder, on_progress=on_progress
        )

    async def research(
        self, server: str, actor: Actor, topic: str, *, channel: str | None = None
    ) -> Researched | Refused:
        """Search the web for a topic, and remember the results for this person.

        Raises SearchError.
        """
        return await self._research.search(server, actor, topic, channel=channel)

    async def look_up(
        self, server: str, actor: Actor, answer: int, *, channel: str | None = None
    ) -> Researched | Refused:
        """Search the web for the question of an answer that did not know.

        Raises NotFoundError or SearchError.
        """
        return await self._research.look_up(server, actor, answer, channel=channel)

    async def pick_results(
        self,
        server: str,
        actor: Actor,
        numbers: Sequence[int],
        *,
        research: str = "",
        scope: Scope = SERVER_WIDE,
        channel: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Collected | Refused:
        """Read pages that this person's last search found, and put them up for review.

        `research` names the results that are meant, where it is not the last ones.
        Raises CommandError where a number names none.
        """
        return await self._research.pick(
            server,
            actor,
            numbers,
            research=research,
            scope=scope,
            channel=channel,
            on_progress=on_progress,
        )

    async def watch(
        self,
        server: str,
        actor: Actor,
        url: str,
        *,
        every_hours: int,
        scope: Scope = SERVER_WIDE,
        channel: str | None = None,
    ) -> Watched | Refused:
        """Read a page now and again later, and put what differs up for review.

        Raises FetchError or DocumentError, and then it is not watched.
        """
        return await self._watching.watch(
            server, actor, url, every_hours=every_hours, scope=scope, channel=channel
        )

    async def unwatch(self, server: str, actor: Actor, url: str) -> bool | Refused:
        """Watch a page no longer; say whether it was watched."""
        return await self._watching.unwatch(server, actor, url)

    async def watches(
        self, server: str, actor: Actor
    ) -> tuple[WatchReport, ...] | Refused:
        """List the pages that are watched, and how that goes."""
        return await self._watching.watched(server, actor)

    async def check_watches(self) -> int:
        """Read every server's watched pages whose time has come; return how many."""
        return await self._watching.check_due()

    def fetcher(self) -> GuardedFetcher:
        """Return what fetches pages of the open web, to be entered and left."""
        return self._fetcher()

    async def queue(self, server: str, actor: Actor) -> tuple[Waiting, ...] | Refused:
        """List what waits for review, flagged first, then the oldest."""
        return await self._reviewing.queue(server, actor)

    async def to_review(self, server: str, actor: Actor) -> ToReview | Refused:
        """List what waits for review, each document as one entry.

        `queue` lists its passages one by one instead.
        """
        queue = await self._reviewing.queue(server, actor)
        if isinstance(queue, Refused):
            return queue
        waiting = await self._document_reviewing.waiting(server)
        alone = tuple(each for each in queue if document_of(each.lesson) is None)
        return ToReview(waiting, alone, self._clock.now())

    async def left_out(
        self, server: str, actor: Actor, lessons: Collection[int]
    ) -> tuple[Waiting, ...] | Refused:
        """Return those of several lessons that cannot be approved together."""
        return await self._reviewing.left_out(server, actor, lessons)

    async def decide(self, decision: Decision) -> Decided | Refused:
        """Approve or reject one waiting lesson, and tell its author.

        Where it needs two moderators, the first approval leaves it waiting.
        Raises NotFoundError, or ConflictError where somebody else decided first or
        the lesson was edited since it was seen.
        """
        return await self._reviewing.decide(decision)

    async def approve_all(self, server: str, actor: Actor) -> ApprovedAll | Refused:
        """Approve every waiting lesson in which screening found nothing.

        What is flagged, the reviewer's own, by somebody new, or too much of one
        author or source is left. Of documents, every passage without a finding.
        """
        result = await self._reviewing.approve_all(server, actor)
        if isinstance(result, Refused):
            return result
        of = await self._document_reviewing.approve_all(server, actor)
        return ApprovedAll(result.approved + of.approved, result.held + of.held)

    async def add_canary(
        self, server: str, actor: Actor, question: str, answer: str
    ) -> Canary | Refused:
        """Guard an answer: an adapter that changes it is not promoted."""
        return await self._canaries.add(server, actor, question, answer)

    async def canaries(self, server: str, actor: Actor) -> tuple[Canary, ...] | Refused:
        """List the answers that are guarded, for moderators."""
        return await self._canaries.all(server, actor)

    async def remove_canary(
        self, server: str, actor: Actor, canary: int
    ) -> int | Refused:
        """Guard an answer no longer. Raises NotFoundError."""
        return await self._canaries.remove(server, actor, canary)

    async def edit(
        self,
        server: str,
        actor: Actor,
        lesson: int,
        *,
        question: str | None = None,
        answer: str | None = None,
        text: str | None = None,
    ) -> Taught | Refused:
        """Change a waiting lesson's words and screen it again; it goes on waiting.

        Raises NotFoundError or ConflictError.
        """
        return await self._proposing.edit(
            server, actor, lesson, question=question, answer=answer, text=text
        )

    async def widen(
        self, server: str, actor: Actor, lesson: int, *, seen: str | None = None
    ) -> Waiting | Refused:
        """Let the whole server know a waiting lesson that was for one channel.

        `seen` is the digest of the words that were read. Raises NotFoundError or
        ConflictError.
        """
        return await self._proposing.widen(server, actor, lesson, seen=seen)

    async def consent(
        self, server: str, person: str, lesson: int, *, given: bool
    ) -> Consented | Refused:
        """Record whether the author of a message lets others teach it.

        A refusal erases the lesson. Raises NotFoundError or ConflictError.
        """
        return await self._sources.consent(server, person, lesson, given=given)

    async def message_deleted(
        self, server: str, channel: str, messages: Collection[str]
    ) -> int:
        """Forget what came from messages that were deleted; return how much."""
        return await self._sources.message_deleted(server, channel, messages)

    async def message_edited(
        self,
        server: str,
        channel: str,
        message: str,
        text: str | None,
        *,
        edited_at: datetime | None = None,
        scope: Scope = SERVER_WIDE,
    ) -> tuple[Taught, ...]:
        """Forget what came from a message, and put its new words up for review.

        None for words that cannot be seen. What was taught after `edited_at` stays.
        `scope` is what a lesson taught there would have now.
        """
        return await self._sources.message_edited(
            server, channel, message, text, edited_at=edited_at, scope=scope
        )

    async def rate(
        self, server: str, actor: Actor, answer: int, *, helpful: bool
    ) -> Rated | Refused:
        """Record a thumb on an answer. Raises NotFoundError."""
        return await self._rating.rate(server, actor, answer, helpful=helpful)

    async def correct(
        self, server: str, actor: Actor, answer: int, text: str, *, private: bool
    ) -> Taught | Refused:
        """Propose what an answer should have said, as a lesson of its channel alone
        where that is private. Raises NotFoundError."""
        return await self._rating.correct(server, actor, answer, text, private=private)

    async def correct_lesson(
        self,
        server: str,
        actor: Actor,
        correction: Correction,
        *,
        channel: str | None = None,
    ) -> Taught | Refused:
        """Propose new words for an approved lesson, which replace it once approved.

        Raises NotFoundError or LessonError.
        """
        return await self._correcting.correct(
            server, actor, correction, channel=channel
        )

    async def learn(
        self,
        server: str,
        actor: Actor,
        *,
        start: RunKind | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Learned | Refused:
        """Train this server's new lessons, examine the result, and promote it or not.

        `start` None chooses where to start from. Cancelling the call cancels the run
        and changes nothing. Raises RunBusyError, RunError, DiskFullError,
        AdapterError or EngineError.
        """
        return await self._runs.learn(
            server, actor, start=start, on_progress=on_progress
        )

    async def nightly(self, server: str, *, minimum_new_lessons: int) -> None:
        """Learn by itself, where enough is new and was not refused before."""
        await self._runs.nightly(server, minimum_new_lessons=minimum_new_lessons)

    async def forget(
        self, server: str, actor: Actor, lesson: int
    ) -> Forgotten | Refused:
        """Take a lesson out of memory, and every adapter trained on it out of service.

        Moderators may, and the lesson's own author. Raises NotFoundError.
        """
        forgotten = await self._withdrawing.forget(server, actor, lesson)
        if not isinstance(forgotten, Refused):
            self._calling.drop(server, lesson=lesson)
        return forgotten

    async def rollback(
        self, server: str, actor: Actor, version: int | None = None
    ) -> RolledBack | Refused:
        """Point back to an earlier adapter: `version`, or the previous clean one.

        Raises NotFoundError or AdapterError.
        """
        return await self._withdrawing.rollback(server, actor, version)

    async def retire_expired(self) -> int:
        """Withdraw every server's lessons whose time is over; return how many."""
        return await self._withdrawing.retire_expired()

    async def status(self, server: str) -> StatusReport:
        """Count what this server knows, waits for and could learn."""
        return await self._archive.status(server)

    async def history(
        self, server: str, *, limit: int = 20
    ) -> tuple[HistoryEntry, ...]:
        """List the journal's last events, newest first."""
        return await self._archive.history(server, limit=limit)

    async def remembered(self, server: str) -> tuple[Remembered, ...]:
        """Say how well lessons were remembered by age, in the exams so far."""
        return await self._archive.remembered(server)

    async def lessons(
        self, server: str, text: str = "", *, channel: str | None = None
    ) -> tuple[Lesson, ...]:
        """List the approved lessons that `channel` may see, or those matching `text`."""
        return await self._archive.lessons(server, text, channel=channel)

    async def lesson(
        self,
        server: str,
        lesson: int,
        *,
        channel: str | None = None,
        actor: Actor | None = None,
    ) -> LessonDetail:
        """Say all about one lesson that `channel` and `actor` may see.

        Raises NotFoundError.
        """
        return await self._archive.lesson(server, lesson, channel=channel, actor=actor)

    async def export(self, server: str, actor: Actor) -> Sequence[str] | Refused:
        """Return this server's lessons as JSON lines that `import_lessons` can read."""
        return await self._archive.export(server, actor)

    async def audit(self, server: str, actor: Actor) -> Sequence[str] | Refused:
        """Return the journal as JSON lines, oldest first, with people's ids hashed."""
        return await self._auditing.audit(server, actor)

    async def notices(self, server: str, person: str) -> tuple[Notice, ...]:
        """Return what this person has not been told yet, and mark it as told."""
        return await self._archive.notices(server, person)

    async def settings(self, server: str) -> ServerSettings:
        """Return what a server has set for itself."""
        return await self._configuring.settings(server)

    async def role(self, server: str, ids: Collection[str], *, is_admin: bool) -> Role:
        """Say what somebody is here who has these ids: their own, their roles'."""
        return await self._configuring.role(server, ids, is_admin=is_admin)

    async def set_up(
        self, server: str, actor: Actor, *, review_channel: str
    ) -> ServerSettings | Refused:
        """Let a server begin to learn; lessons are reviewed in this channel."""
        return await self._configuring.set_up(
            server, actor, review_channel=review_channel
        )

    async def configure(
        self, settings: ServerSettings, actor: Actor
    ) -> ServerSettings | Refused:
        """Change what a server has set for itself."""
        return await self._configuring.configure(settings, actor)

    async def known_servers(self, platform: str) -> tuple[str, ...]:
        """Return the servers of a platform that the database knows."""
        return await self._configuring.known(platform)

    async def purge(self, server: str) -> None:
        """Delete all of a server that removed Myna: rows, weights, runs, journal."""
        self._calling.drop(server)
        await self._configuring.purge(server)
        self._calling.drop(server)  # what was asked meanwhile

    async def is_first_delivery(self, platform: str, event: str) -> bool:
        """Say whether this event came for the first time, across restarts."""
        return await self._configuring.is_first_delivery(platform, event)

    async def card_posted(self, server: str, card: PostedCard) -> None:
        """Remember where a lesson's review card hangs."""
        await self._archive.card_posted(server, card)

    async def cards(self, server: str, lesson: int) -> Sequence[PostedCard]:
        """Return where a lesson's review cards hang."""
        return await self._archive.cards(server, lesson)

    async def document_card_posted(self, server: str, card: PostedDocument) -> None:
        """Remember where a document's review card hangs."""
        await self._document_reviewing.card_posted(server, card)

    async def document_cards(
        self, server: str, document: int
    ) -> Sequence[PostedDocument]:
        """Return where a document's review cards hang."""
        return await self._document_reviewing.cards(server, document)

    async def privacy(self, server: str, person: str) -> PrivacyReport:
        """Say what is stored about a person."""
        return await self._privacy.report(server, person)

    async def export_person(self, server: str, person: str) -> str:
        """Return all that is stored about a person as readable JSON."""
        return await self._privacy.export(server, person)

    async def delete_person(self, server: str, person: str) -> Deleted:
        """Erase a person's lessons and questions; adapters that learned them leave."""
        self._calling.drop(server, person=person)
        deleted = await self._privacy.delete(server, person)
        self._calling.drop(server, person=person)  # what was asked meanwhile
        return deleted

    async def enforce_retention(self, keep: Retention) -> Mapping[str, int]:
        """Erase what was kept long enough, on every server; count it by its kind."""
        return await self._retaining.enforce(keep)

    async def opt_out(self, server: str, person: str, *, opted_out: bool) -> None:
        """Learn nothing that a person writes, or again; keep none of their words."""
        await self._privacy.opt_out(server, person, opted_out=opted_out)
