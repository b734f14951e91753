"""How a call did, how many of many did, and how sure a share or a difference is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.bench.learning.statistics import HIGH, LOW, RESAMPLES
from bot.bench.tools.normalised import same
from bot.bench.tools.tasks import Case
from learning.tool import Call, Tool

Z = 1.959964
"""The normal distribution's 97.5 % point: intervals are of 95 %."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one request was answered."""

    needed: bool
    """A tool was needed."""
    called: bool
    """Something was called."""
    named: bool = False
    """The right tool was called; never where none was needed."""
    right: bool = False
    """The whole call is right; where none was needed, nothing was called."""
    invented: bool = False
    """It called what no tool offers: a name, a parameter or one of set values."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many requests were answered how."""

    needed: int = 0
    called: int = 0
    """Of those that needed a tool."""
    named: int = 0
    right: int = 0
    """Of those that needed a tool."""
    ordinary: int = 0
    """Messages that needed no tool."""
    false_calls: int = 0
    """Of those."""
    calls: int = 0
    """All calls, of both."""
    invented: int = 0
    """Of all calls."""


class Interval(NamedTuple):
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def score(case: Case, said: Call | None, tools: Sequence[Tool]) -> Score:
    """Judge what was called for a case; None: nothing was."""
    if said is None:
        return Score(
            needed=case.call is not None, called=False, right=case.call is None
        )
    expected = case.call
    return Score(
        needed=expected is not None,
        called=True,
        named=expected is not None and said.name == expected.name,
        right=expected is not None and same(said, expected),
        invented=invented(said, tools),
    )


def invented(said: Call, tools: Sequence[Tool]) -> bool:
    """Say whether a call has a name, a parameter or a set value that no tool offers.

    What is missing from it is not invented, nor is a text that may be anything.
    """
    tool = next((each for each in tools if each.name == said.name), None)
    if tool is None:
        return True
    for name, value in said.arguments.items():
        schema = tool.properties.get(name)
        if schema is None or ("enum" in schema and value not in schema["enum"]):
            return True
    return False


def totals(scores: Iterable[Score]) -> Totals:
    """Count scores up."""
    every = list(scores)
    needed = [each for each in every if each.needed]
    ordinary = [each for each in every if not each.needed]
    return Totals(
        needed=len(needed),
        called=sum(each.called for each in needed),
        named=sum(each.named for each in needed),
        right=sum(each.right for each in needed),
        ordinary=len(ordinary),
        false_calls=sum(each.called for each in ordinary),
        calls=sum(each.called for each in every),
        invented=sum(each.invented for each in every),
    )


def wilson(count: int, of: int) -> Interval:
    """Return a share with Wilson's score interval; nothing is known of none.

    Wilson, JASA 22 (1927) 209. Unlike the textbook's, it holds near 0 and 1 too.
    """
    if not of:
        return Interval(float("nan"), 0.0, 1.0)
    share = count / of
    spread = Z * sqrt(share * (1 - share) / of + (Z / of) ** 2 / 4)
    middle, scale = share + Z**2 / (2 * of), 1 + Z**2 / of
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Interval(share, max(0.0, low), min(1.0, high))


def paired(
    first: Sequence[Sequence[bool]],
    second: Sequence[Sequence[bool]],
    seed: int = 0,
    *,
    groups: Sequence[str] | None = None,
) -> Interval:
    """Return how much more often the first is right, by bootstrap of cases and seeds.

    A row is a case and a column a seed of training; both have the same cases. Every
    resample draws cases, the same for both, and then seeds: the same for both where
    they have as many, and each its own where not, as for a baseline that has one.
    Cases of one group are drawn together. Raises ValueError where the shapes differ
    or are empty.
    """
    a, b = np.array(first, dtype=np.float64), np.array(second, dtype=np.float64)
    if a.ndim != 2 or b.ndim != 2 or len(a) != len(b) or not a.size or not b.size:  # noqa: PLR2004
        raise ValueError("Both need the same cases, and a value for each seed.")
    names = [str(number) for number in range(len(a))]
    names = (
        names
        if groups is None
        else [g or n for g, n in zip(groups, names, strict=True)]
    )
    _, places = np.unique(names, return_inverse=True)
    clusters = int(places.max()) + 1
    sizes = np.bincount(places, minlength=clusters)  # (clusters,)
    sums = [_summed(each, places, clusters) for each in (a, b)]  # (clusters, seeds)
    draw = np.random.default_rng(seed)
    times = draw.multinomial(clusters, [1 / clusters] * clusters, size=RESAMPLES)
    asked = times @ sizes  # (resamples,)
    seeds = [_weights(draw, a.shape[1])]
    seeds.append(seeds[0] if a.shape[1] == b.shape[1] else _weights(draw, b.shape[1]))
    shares = [
        ((times @ summed) * weights).sum(axis=1) / asked
        for summed, weights in zip(sums, seeds, strict=True)
    ]
    low, high = np.quantile(shares[0] - shares[1], (LOW, HIGH))
    return Interval(float(a.mean() - b.mean()), float(low), float(high))


def _summed(
    values: NDArray[np.float64],
    places: NDArray[np.intp],
    clusters: int,
) -> NDArray[np.float64]:
    summed = np.zeros((clusters, values.shape[1]))
    np.add.at(summed, places, values)
    return summed


def _weights(draw: np.random.Generator, seeds: int) -> NDArray[np.float64]:
    """Return how much each seed weighs in each resample: 1 in all."""
    times = draw.multinomial(seeds, [1 / seeds] * seeds, size=RESAMPLES)
    return times / seeds  # (resamples, seeds)
