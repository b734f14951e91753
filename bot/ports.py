"""Protocols for what is slow, remote or random."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.messages import Notice
from learning.engine import Engine
from learning.run import Progress, RunResult

__all__ = ["Clock", "Engine", "Notifier", "Trainer"]


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


class Notifier(Protocol):
    """Tells people about what happened to what they taught."""

    async def notify(self, notice: Notice) -> None:
        """Deliver one notice, or drop it where the person cannot be reached."""
