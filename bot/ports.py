"""Protocols for what is slow, remote or random."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.messages import (
    DocumentDigest,
    Learned,
    Notice,
    Pin,
    Refused,
    Settled,
    Taught,
    Waiting,
)
from learning.engine import Engine
from learning.run import Progress, RunResult

__all__ = ["Announcer", "Clock", "Engine", "Pinboard", "Trainer"]


class Clock(Protocol):
    """Tells the time; the only place that asks the machine for it."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""


class Trainer(Protocol):
    """Runs one training job: a directory in, an adapter in that directory out."""

    async def train(
        self, run: Path, *, on_progress: Callable[[Progress], None]
    ) -> RunResult:
        """Train; cancelling the task kills the job.

        Raises RunKilledError, DiskFullError or RunError.
        """


class Announcer(Protocol):
    """Tells people what happened; never raises, and drops what cannot be delivered."""

    async def notify(self, notice: Notice) -> None:
        """Tell one person, for example that their lesson was approved."""

    async def lesson_waits(self, waiting: Waiting) -> None:
        """Show moderators a lesson that waits, or shows other words than before."""

    async def lesson_settled(self, settled: Settled) -> None:
        """Take the buttons from a lesson's card, and say what became of it."""

    async def document_waits(self, server: str, digest: DocumentDigest) -> None:
        """Show moderators a document some of whose passages wait, or how it changed."""

    async def document_settled(self, server: str, digest: DocumentDigest) -> None:
        """Take the buttons from a document's card: nothing of it waits any more."""

    async def has_channel(self, server: str, channel: str) -> bool:
        """Say whether this channel belongs to this server, and cards can hang there."""

    async def run_ended(self, server: str, learned: Learned) -> None:
        """Tell moderators how a run ended that nobody watched."""


class Pinboard(Protocol):
    """The pinned messages of one channel, and how one of them is taught there."""

    async def pins(self) -> Sequence[Pin]:
        """Return them in the platform's order. Raises CommandError if it refuses."""

    async def teach(self, pin: Pin) -> tuple[Taught | Refused, bool]:
        """Put one up for review, and ask its author where that is somebody else.

        Say also whether the author could be asked; where nobody has to agree, yes.
        """
