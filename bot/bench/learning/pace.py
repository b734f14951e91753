"""How far a bench is, and how long the rest will take at the pace so far."""

from collections import Counter, defaultdict
from typing import Protocol

MINUTE_SECONDS = 60


class Timed(Protocol):
    """A finished cell of any bench."""

    @property
    def wall_seconds(self) -> float:
        """How long all of it took."""
        ...


class Pace:
    """Counts cells by method, because methods differ in cost by a hundred times."""

    def __init__(self) -> None:
        self._done = Counter[str]()
        self._left = Counter[str]()
        self._seconds = defaultdict[str, float](float)

    @property
    def done(self) -> int:
        return self._done.total()

    @property
    def left(self) -> int:
        return self._left.total()

    def count(self, method: str, cell: Timed | None) -> None:
        """Count a cell before the work starts: finished earlier, or to be done."""
        if cell is None:
            self._left[method] += 1
        else:
            self._finish(method, cell)

    def finish(self, method: str, cell: Timed) -> None:
        """Count a cell that was to be done as done."""
        self._left[method] -= 1
        self._finish(method, cell)

    def give_up(self, method: str, cells: int = 1) -> None:
        """Wait no longer for cells that failed."""
        self._left[method] -= cells

    def says(self) -> str:
        """Say how much is done, and about how long the rest takes."""
        counted = f"{self.done}/{self.done + self.left}"
        seconds = self._seconds_left()
        if not self.left or seconds is None:
            return counted
        if seconds < MINUTE_SECONDS:
            return f"{counted}, less than a minute left"
        return f"{counted}, about {round(seconds / MINUTE_SECONDS)} min left"

    def _seconds_left(self) -> float | None:
        """None while nothing is done; an unknown method costs as the known ones do."""
        if not self.done:
            return None
        usual = sum(self._seconds.values()) / self.done
        return sum(
            left
            * (
                self._seconds[method] / self._done[method]
                if self._done[method]
                else usual
            )
            for method, left in self._left.items()
        )

    def _finish(self, method: str, cell: Timed) -> None:
        self._done[method] += 1
        self._seconds[method] += cell.wall_seconds
