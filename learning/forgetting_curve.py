"""The forgetting curve: how well lessons are remembered, by how long ago they came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgedMark:
    """One lesson's mark in the exam of an adapter that was promoted."""

    runs_later: int
    """Adapters built one on the other since the first that learned it; 0 is that."""
    passed: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many of the marks of lessons of one age were passed."""

    runs_later: int
    passed: int
    asked: int

    @property
    def share(self) -> float:
        return self.passed / self.asked


def forgetting_curve(marks: Sequence[AgedMark]) -> tuple[Remembered, ...]:
    """Count the marks of each age that any lesson was asked at, the youngest first."""
    asked = Counter(mark.runs_later for mark in marks)
    passed = Counter(mark.runs_later for mark in marks if mark.passed)
    return tuple(
        Remembered(runs_later=age, passed=passed[age], asked=asked[age])
        for age in sorted(asked)
    )
