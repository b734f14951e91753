"""What finished cells add up to; their replies are scored anew every time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.bench.learning.cells import Cells
from bot.bench.learning.methods import BASE, PASSAGE, Trained
from bot.bench.learning.plan import Plan
from bot.bench.learning.scoring import Score, score
from bot.bench.learning.statistics import (
    Count,
    Estimate,
    difference,
    mean,
    quotient,
    total,
)

NONE = Count(0, 0)


@dataclass(frozen=True, slots=True)
class Share:
    """One way of scoring a method: exact, or contained."""

    mean: Estimate
    over_base: Estimate | None
    """Difference from the base, on the same documents."""
    by_passage: Estimate | None
    """Quotient by what the passage in the prompt gives."""
    of_gain: float | None
    """The part of the passage's gain over the base that is reached."""


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One row of the table of methods."""

    name: str
    documents: int
    questions: int
    """All seeds together."""
    exact: Share
    contained: Share
    seconds: float
    """Of learning, a document."""
    trained_tokens: float
    general: Count | None
    general_kept: float | None
    """General questions right, by the base's."""
    nll_change: float | None
    """Nats a token over the base."""


def of_methods(plan: Plan, cells: Cells) -> list[MethodResult]:
    """Return a row for each method that has a cell."""
    every = {method.name: _Shown() for method in plan.methods.documents}
    for method, document, key in plan.document_cells():
        found = cells.find(key)
        if found is None or not isinstance(found.shown, Trained):
            continue
        pairs = zip(found.shown.replies, document.questions, strict=True)
        scores = [score(reply, question.answers) for reply, question in pairs]
        every[method.name].add(key.material, found.shown, scores)
    base, passage = every.get(BASE, _Shown()), every.get(PASSAGE, _Shown())
    return [
        _row(name, shown, base, passage) for name, shown in every.items() if shown.all
    ]


class _Shown:
    """Everything that one method showed."""

    def __init__(self) -> None:
        self.all: list[Trained] = []
        self.exact: dict[str, Count] = {}
        self.contained: dict[str, Count] = {}

    def add(self, document: str, trained: Trained, scores: Sequence[Score]) -> None:
        """Add one cell; the seeds of a document are one cluster."""
        self.all.append(trained)
        exact, contained = counts(scores)
        self.exact[document] = self.exact.get(document, NONE) + exact
        self.contained[document] = self.contained.get(document, NONE) + contained

    @property
    def general(self) -> Count | None:
        return pooled(trained.general for trained in self.all)

    @property
    def nll(self) -> float | None:
        return average(trained.nll for trained in self.all)


def counts(scores: Sequence[Score]) -> tuple[Count, Count]:
    """Return how many are exact, and how many contain the answer."""
    exact = sum(each.exact for each in scores)
    contained = sum(each.contained for each in scores)
    return Count(exact, len(scores)), Count(contained, len(scores))


def pooled(general: Iterable[Count | None]) -> Count | None:
    """Add up what was measured; None where nothing was."""
    known = [count for count in general if count is not None]
    return total(known) if known else None


def average(values: Iterable[float | None]) -> float | None:
    """Return the mean of what was measured; None where nothing was."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def kept(after: Count | None, before: Count | None) -> float | None:
    """Return the share of general questions right, by that of the base."""
    if after is None or before is None or not before.right or not after.asked:
        return None
    return after.share / before.share


def change(after: float | None, before: float | None) -> float | None:
    """Return the difference, where both were measured."""
    return None if after is None or before is None else after - before


def _row(name: str, shown: _Shown, base: _Shown, passage: _Shown) -> MethodResult:
    return MethodResult(
        name=name,
        documents=len(shown.exact),
        questions=total(shown.exact.values()).asked,
        exact=_share(shown.exact, base.exact, passage.exact),
        contained=_share(shown.contained, base.contained, passage.contained),
        seconds=fmean(trained.seconds for trained in shown.all),
        trained_tokens=fmean(trained.trained_tokens for trained in shown.all),
        general=shown.general,
        general_kept=kept(shown.general, base.general),
        nll_change=change(shown.nll, base.nll),
    )


def _share(
    ours: Mapping[str, Count], base: Mapping[str, Count], passage: Mapping[str, Count]
) -> Share:
    common = ours.keys() & base.keys() & passage.keys()
    gain, possible = (
        difference({key: of[key] for key in common}, base) for of in (ours, passage)
    )
    return Share(
        mean=mean(list(ours.values())),
        over_base=difference(ours, base),
        by_passage=quotient(ours, passage),
        of_gain=(
            gain.value / possible.value
            if gain and possible and possible.value > 0
            else None
        ),
    )
