"""What finished cells add up to."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from bot.bench.learning.results import average, kept, pooled
from bot.bench.learning.statistics import Count
from bot.bench.tools.cells import Cells
from bot.bench.tools.methods import (
    ADAPTER,
    BATCHES,
    DESCRIBED,
    DESCRIPTIONS,
    FREE,
    FULL,
    NEAREST,
    ROWS,
    Shown,
)
from bot.bench.tools.plan import Examples, Plan, Wanted
from bot.bench.tools.scored import Judged, judged
from bot.bench.tools.scoring import Interval, paired, totals, wilson

PAIRS = (
    (FREE, FULL),
    (BATCHES, ADAPTER),
    (ADAPTER, DESCRIPTIONS),
    (ADAPTER, NEAREST),
    (ADAPTER, DESCRIBED),
)
"""Full fine-tuning decodes freely, so it is held against what does so too."""
Condition = tuple[str, str, Examples]
"""Task, method and examples a tool."""


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One row of a task's table; all seeds together."""

    task: str
    method: str
    examples: Examples
    seeds: int
    cases: int
    """Requests of one seed."""
    called: float
    """Share of the requests on which something was called."""
    named: float
    right: Interval
    seen_named: float | None
    """As `named`, of requests for tools that had examples."""
    seen_right: float | None
    """Of the same."""
    unseen_right: float | None
    invented: float | None
    """Share of all calls."""
    gorilla_right: float | None
    gorilla_invented: float | None
    """Both by Gorilla's rule, of all requests of TorchHub."""
    false_calls: float | None
    """Share of the messages that need no tool."""
    training_seconds: float
    trained_parameters: int
    stored_bytes: int
    prompt_tokens: float | None
    seconds_to_first_token: float | None
    """Medians over the requests on which something was called."""
    general: Count | None
    general_kept: float | None
    """General questions right, by those of the bare base."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much more often one method is right than another, on the same requests."""

    task: str
    examples: Examples
    first: str
    second: str
    by: str
    """`whole call`, or `Gorilla's rule`."""
    cases: int
    seeds: tuple[int, int]
    difference: Interval


class Finished:
    """The finished cells of a plan, judged."""

    def __init__(self, plan: Plan, cells: Cells) -> None:
        self.cells: list[tuple[Wanted, Shown, list[Judged]]] = []
        for wanted in plan.cells():
            found = cells.find(wanted.key)
            if found is not None:
                answered = list(judged(wanted.material, found.shown))
                self.cells.append((wanted, found.shown, answered))

    def by_condition(
        self,
    ) -> Mapping[Condition, Sequence[tuple[Wanted, Shown, list[Judged]]]]:
        """Return the seeds of every condition, in the order of the tables."""
        found: dict[Condition, list[tuple[Wanted, Shown, list[Judged]]]] = defaultdict(
            list
        )
        for cell in self.cells:
            key = cell[0].key
            found[key.task, key.method, key.examples].append(cell)
        tasks = list(dict.fromkeys(task for task, _, _ in found))

        def place(condition: Condition) -> tuple[int, int, float]:
            task, method, examples = condition
            number = float("inf") if examples is None else examples
            return tasks.index(task), ROWS.index(method), number

        return {condition: found[condition] for condition in sorted(found, key=place)}


def of_methods(finished: Finished) -> list[MethodResult]:
    """Return a row for every task, method and number of examples."""
    conditions = finished.by_condition()
    bases = [
        cells for (_, name, _), cells in conditions.items() if name == DESCRIPTIONS
    ]
    base = pooled(shown.general for cells in bases for _, shown, _ in cells)
    return [_row(condition, cells, base) for condition, cells in conditions.items()]


def comparisons(finished: Finished) -> list[Comparison]:
    """Compare the pairs of methods that were measured on the same requests."""
    conditions = finished.by_condition()
    places = dict.fromkeys((task, examples) for task, _, examples in conditions)
    found = []
    for task, examples in places:
        for first, second in PAIRS:
            ours = conditions.get((task, first, examples), ())
            theirs = conditions.get((task, second, examples), ())
            for by, right in _RULES.items():
                compared = _compared(
                    [j for _, _, j in ours], [j for _, _, j in theirs], right
                )
                if compared is not None:
                    found.append(
                        Comparison(
                            task,
                            examples,
                            first,
                            second,
                            by,
                            compared[0],
                            (len(ours), len(theirs)),
                            compared[1],
                        )
                    )
    return found


def _whole_call(each: Judged) -> bool | None:
    return each.score.right if each.score.needed else None


def _by_gorilla(each: Judged) -> bool | None:
    return None if each.gorilla is None else each.gorilla.correct


_RULES: Mapping[str, Callable[[Judged], bool | None]] = {
    "whole call": _whole_call,
    "Gorilla's rule": _by_gorilla,
}


def _compared(
    first: Sequence[Sequence[Judged]],
    second: Sequence[Sequence[Judged]],
    right: Callable[[Judged], bool | None],
) -> tuple[int, Interval] | None:
    """Pair by request and call; None where nothing is common."""
    ours, theirs = (
        [_by_case(seed, right) for seed in side] for side in (first, second)
    )
    if not ours or not theirs:
        return None
    common = [case for case in ours[0] if all(case in s for s in (*ours, *theirs))]
    if not common:
        return None
    groups = {_case(each): each.case.group for each in first[0]}
    difference = paired(
        [[seed[case] for seed in ours] for case in common],
        [[seed[case] for seed in theirs] for case in common],
        groups=[groups[case] for case in common],
    )
    return len(common), difference


def _by_case(
    seed: Sequence[Judged], right: Callable[[Judged], bool | None]
) -> Mapping[tuple[str, str], bool]:
    found = ((_case(each), right(each)) for each in seed)
    return {case: value for case, value in found if value is not None}


def _case(each: Judged) -> tuple[str, str]:
    return each.case.request, each.case.call.text if each.case.call else ""


def _row(
    condition: Condition,
    cells: Sequence[tuple[Wanted, Shown, list[Judged]]],
    base: Count | None,
) -> MethodResult:
    every = [each for _, _, answered in cells for each in answered]
    needed = [each for each in every if each.score.needed]
    found = totals(each.score for each in every)
    cases = len(needed) // len(cells)
    share = found.right / found.needed
    shown = [each for _, each, _ in cells]
    asked = [each.answer for each in needed if each.said is not None]
    general = pooled(each.general for each in shown)
    verdicts = [each.gorilla for each in needed if each.gorilla is not None]
    seen, unseen = (
        [each for each in needed if each.case.seen is wanted]
        for wanted in (True, False)
    )
    return MethodResult(
        *condition,
        seeds=len(cells),
        cases=cases,
        called=found.called / found.needed,
        named=found.named / found.needed,
        # Seeds answer the same requests: they make the interval no narrower.
        right=wilson(round(share * cases), cases)._replace(value=share),
        seen_named=average(float(each.score.named) for each in seen),
        seen_right=average(float(each.score.right) for each in seen),
        unseen_right=average(float(each.score.right) for each in unseen),
        invented=found.invented / found.calls if found.calls else None,
        gorilla_right=average(float(each.correct) for each in verdicts),
        gorilla_invented=average(float(each.invented) for each in verdicts),
        false_calls=found.false_calls / found.ordinary if found.ordinary else None,
        training_seconds=fmean(each.training_seconds for each in shown),
        trained_parameters=shown[0].trained_parameters,
        stored_bytes=shown[0].stored_bytes,
        prompt_tokens=_median(each.prompt_tokens for each in asked),
        seconds_to_first_token=_median(each.seconds_to_first_token for each in asked),
        general=general,
        general_kept=kept(general, base),
    )


def _median(values: Iterator[float]) -> float | None:
    known = list(values)
    return median(known) if known else None
