"""Shares of right answers with bootstrap intervals; whole documents are resampled.

Questions about one document stand or fall together, so resampling questions would
promise too much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 0
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True)
class Count:
    """How many answers were right, of how many."""

    right: int
    asked: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.right + other.right, self.asked + other.asked)

    @property
    def share(self) -> float:
        """From 0 to 1; not a number where nothing was asked."""
        return self.right / self.asked if self.asked else float("nan")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its 95 % interval, which takes two clusters at least."""

    value: float
    low: float | None = None
    high: float | None = None


def total(counts: Iterable[Count]) -> Count:
    """Add counts up."""
    return sum(counts, Count(0, 0))


def mean(counts: Sequence[Count]) -> Estimate:
    """Return the share right over all questions; one count is one cluster."""
    sums = _resampled(counts)
    return _estimate(total(counts).share, sums[:, 0] / sums[:, 1], len(counts))


def difference(
    first: Mapping[str, Count], second: Mapping[str, Count]
) -> Estimate | None:
    """Return how much larger the first share is, on the clusters that both have.

    None where they have none in common.
    """
    ours, theirs = _paired(first, second)
    if not ours:
        return None
    a, b = _resampled(ours), _resampled(theirs)
    value = total(ours).share - total(theirs).share
    return _estimate(value, a[:, 0] / a[:, 1] - b[:, 0] / b[:, 1], len(ours))


def quotient(
    first: Mapping[str, Count], second: Mapping[str, Count]
) -> Estimate | None:
    """Return the first share by the second, on the clusters that both have.

    None where they have none in common, or the second has nothing right.
    """
    ours, theirs = _paired(first, second)
    below = total(theirs)
    if not below.right:
        return None
    a, b = _resampled(ours), _resampled(theirs)
    right = b[:, 0] > 0  # a resample without a right answer says nothing of the ratio
    ratios = (a[right, 0] / a[right, 1]) / (b[right, 0] / b[right, 1])
    return _estimate(total(ours).share / below.share, ratios, len(ours))


def _paired(
    first: Mapping[str, Count], second: Mapping[str, Count]
) -> tuple[list[Count], list[Count]]:
    common = sorted(first.keys() & second.keys())
    return [first[key] for key in common], [second[key] for key in common]


def _resampled(counts: Sequence[Count]) -> NDArray[np.float64]:
    """Return right and asked of every resample; the same draws for the same number.

    So the draws of two methods on the same clusters are paired.
    """
    values = np.array([(c.right, c.asked) for c in counts], dtype=np.float64)
    drawn = np.random.default_rng(SEED).integers(
        len(counts), size=(RESAMPLES, len(counts))
    )
    sums: NDArray[np.float64] = values[drawn].sum(axis=1)  # (resamples, 2)
    return sums


def _estimate(value: float, draws: NDArray[np.float64], clusters: int) -> Estimate:
    if clusters < 2:  # noqa: PLR2004 - one cluster resampled is always itself
        return Estimate(value)
    low, high = np.quantile(draws, (LOW, HIGH))
    return Estimate(value, float(low), float(high))
