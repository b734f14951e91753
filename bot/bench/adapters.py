"""Adapters that a bench trains, as a run of production does, and what they still know."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.bench.data import contains_key, general_questions
from bot.bench.learning.statistics import Count
from bot.wiring import Wired
from learning.engine import AdapterRef
from learning.errors import RunError
from learning.run import Progress, RunResult, RunStatus
from learning.trainer import LocalTrainer

SERVER = "bench"
TIMEOUT_SECONDS = 3 * 3600


@dataclass
class Adapters:
    """Trains adapters, and names them for the engine."""

    wired: Wired
    places: list[Path] = field(default_factory=list, kw_only=True)
    """Of the adapters met so far: the engine knows them by their number here."""

    def numbered(self, place: Path) -> AdapterRef:
        """Name the adapter that was trained in a folder."""
        if place not in self.places:
            self.places.append(place)
        return AdapterRef(SERVER, self.places.index(place) + 1, place / "adapter")

    async def trained(
        self, folder: Path, on_progress: Callable[[Progress], None] | None = None
    ) -> tuple[AdapterRef, RunResult]:
        """Train the run that is laid out in a folder.

        Raises RunError, or another MynaError of the trainer.
        """
        trainer = LocalTrainer(timeout_seconds=TIMEOUT_SECONDS)
        result = await trainer.train(folder, on_progress=on_progress or _nobody)
        if result.status is not RunStatus.DONE:
            raise RunError(f"Training ended as {result.status}: {result.message}")
        return self.numbered(folder), result


async def general(asked: Callable[[str], Awaitable[str]], count: int) -> Count:
    """Ask the first general questions of `myna bench`, and count what is right."""
    right = [
        contains_key(await asked(each.question), each.keys)
        for each in general_questions(count)
    ]
    return Count(sum(right), len(right))


def _nobody(_progress: Progress) -> None:
    """Nobody watches."""
