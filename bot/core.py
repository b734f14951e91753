"""Everything Myna can do, as one object that every platform talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answering import Answering
from bot.archive import Archive
from bot.configuring import Configuring
from bot.learning_runs import LearningRuns
from bot.privacy import Privacy
from bot.rating import Rating
from bot.reviewing import Reviewing
from bot.sources import Sources
from bot.withdrawing import Withdrawing
from moderation.provenance import SERVER_WIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from bot.messages import (
        Actor,
        ApprovedAll,
        Consented,
        Decided,
        Decision,
        Deleted,
        Forgotten,
        HistoryEntry,
        Imported,
        ImportRow,
        Learned,
        LessonDetail,
        Notice,
        PrivacyReport,
        Question,
        Rated,
        Refused,
        Reply,
        RolledBack,
        StatusReport,
        Taught,
        Teaching,
        Waiting,
        Why,
    )
    from bot.parts import Parts
    from learning.lesson import Lesson
    from learning.run import Progress, RunKind
    from learning.web import GuardedFetcher
    from moderation.provenance import Scope
    from moderation.roles import Role
    from storage.cards import PostedCard
    from storage.servers import ServerSettings


class Core:
    """The use cases; a refusal is a `Refused` or a field, an error is an exception.

    Every method may raise StorageError; each says what else it raises.
    """

    def __init__(self, parts: Parts) -> None:
        self._answering = Answering(parts)
        self._reviewing = Reviewing(parts)
        self._runs = LearningRuns(parts)
        self._withdrawing = Withdrawing(parts)
        self._archive = Archive(parts)
        self._configuring = Configuring(parts, self._runs)
        self._sources = Sources(parts, self._reviewing, self._withdrawing)
        self._privacy = Privacy(parts, self._withdrawing)
        self._rating = Rating(parts, self._reviewing)
        self._fetcher = parts.fetcher

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
        return await self._answering.answer(question, on_text)

    async def why(self, server: str, actor: Actor) -> Why | None:
        """Say where this person's last answer came from; None before the first."""
        return await self._answering.why(server, actor)

    async def teach(self, teaching: Teaching) -> Taught | Refused:
        """Screen a lesson and put it into the review queue.

        `Refused` is for who may teach and how often; a `Taught` with `refused` set
        is for what the screen found in the words.
        """
        return await self._reviewing.teach(teaching)

    async def import_lessons(
        self, server: str, rows: Iterable[ImportRow], actor: Actor
    ) -> Imported | Refused:
        """Put every good row into the review queue, and report the bad by line."""
        return await self._reviewing.import_lessons(server, rows, actor)

    def fetcher(self) -> GuardedFetcher:
        """Return what fetches pages of the open web, to be entered and left."""
        return self._fetcher()

    async def queue(self, server: str, actor: Actor) -> tuple[Waiting, ...] | Refused:
        """List what waits for review, oldest first, each with its findings."""
        return await self._reviewing.queue(server, actor)

    async def decide(self, decision: Decision) -> Decided | Refused:
        """Approve or reject one waiting lesson, and tell its author.

        Raises NotFoundError, or ConflictError where somebody else decided first or
        the lesson was edited since it was seen.
        """
        return await self._reviewing.decide(decision)

    async def approve_all(self, server: str, actor: Actor) -> ApprovedAll | Refused:
        """Approve every waiting lesson that screening did not hold."""
        return await self._reviewing.approve_all(server, actor)

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
        return await self._reviewing.edit(
            server, actor, lesson, question=question, answer=answer, text=text
        )

    async def widen(
        self, server: str, actor: Actor, lesson: int, *, seen: str | None = None
    ) -> Waiting | Refused:
        """Let the whole server know a waiting lesson that was for one channel.

        `seen` is the digest of the words that were read. Raises NotFoundError or
        ConflictError.
        """
        return await self._reviewing.widen(server, actor, lesson, seen=seen)

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
        return await self._withdrawing.forget(server, actor, lesson)

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
        await self._configuring.purge(server)

    async def is_first_delivery(self, platform: str, event: str) -> bool:
        """Say whether this event came for the first time, across restarts."""
        return await self._configuring.is_first_delivery(platform, event)

    async def card_posted(self, server: str, card: PostedCard) -> None:
        """Remember where a lesson's review card hangs."""
        await self._archive.card_posted(server, card)

    async def cards(self, server: str, lesson: int) -> Sequence[PostedCard]:
        """Return where a lesson's review cards hang."""
        return await self._archive.cards(server, lesson)

    async def privacy(self, server: str, person: str) -> PrivacyReport:
        """Say what is stored about a person."""
        return await self._privacy.report(server, person)

    async def export_person(self, server: str, person: str) -> str:
        """Return all that is stored about a person as readable JSON."""
        return await self._privacy.export(server, person)

    async def delete_person(self, server: str, person: str) -> Deleted:
        """Erase a person's lessons and questions; adapters that learned them leave."""
        return await self._privacy.delete(server, person)

    async def opt_out(self, server: str, person: str, *, opted_out: bool) -> None:
        """Learn nothing that a person writes, or again; keep none of their words."""
        await self._privacy.opt_out(server, person, opted_out=opted_out)
