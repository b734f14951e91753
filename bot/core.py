"""Everything Myna can do, as one object that every platform talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answering import Answering
from bot.archive import Archive
from bot.learning_runs import LearningRuns
from bot.reviewing import Reviewing
from bot.withdrawing import Withdrawing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.messages import (
        Actor,
        ApprovedAll,
        Decided,
        Decision,
        Forgotten,
        HistoryEntry,
        Imported,
        ImportRow,
        Learned,
        Notice,
        Question,
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

    async def queue(self, server: str, actor: Actor) -> tuple[Waiting, ...] | Refused:
        """List what waits for review, oldest first, each with its findings."""
        return await self._reviewing.queue(server, actor)

    async def decide(self, decision: Decision) -> Decided | Refused:
        """Approve or reject one waiting lesson, and tell its author.

        Raises NotFoundError, or ConflictError where somebody else decided first.
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

    async def export(self, server: str, actor: Actor) -> Sequence[str] | Refused:
        """Return this server's lessons as JSON lines that `import_lessons` can read."""
        return await self._archive.export(server, actor)

    async def notices(self, server: str, person: str) -> tuple[Notice, ...]:
        """Return what this person has not been told yet, and mark it as told."""
        return await self._archive.notices(server, person)
