"""What the sequences add up to: how much of what was learned stays learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.bench.learning.cells import Cells
from bot.bench.learning.data import Document
from bot.bench.learning.methods import Step
from bot.bench.learning.plan import Plan
from bot.bench.learning.results import NONE, average, change, counts, kept, pooled
from bot.bench.learning.scoring import score
from bot.bench.learning.statistics import Count, Estimate, mean, quotient, total


@dataclass(frozen=True, slots=True)
class Lasting:
    """One way of scoring the sequences: exact, or contained."""

    matrix: Sequence[Sequence[float]]
    """(steps, documents): share right of document j after step i; step 0 is the base."""
    base: Estimate
    just_learned: Estimate
    """Each document right after its own step."""
    at_end: Estimate
    """All documents after the last step."""
    first_just_learned: Estimate
    first_at_end: Estimate
    kept: Estimate | None
    """At the end, by just learned."""
    first_kept: Estimate | None


@dataclass(frozen=True, slots=True)
class SequenceResult:
    """What a sequence's method showed, pooled over whole sequences."""

    name: str
    sequences: int
    """All seeds together."""
    exact: Lasting
    contained: Lasting
    seconds: float
    """Of learning, a document; so are the tokens."""
    trained_tokens: float
    replay_tokens: float
    most_replay: float | None
    """The largest share of replay tokens by a step's new ones."""
    general_kept: float | None
    """After the last step, by before the first."""
    nll_change: float | None


@dataclass(frozen=True, slots=True)
class _Walk:
    """One finished sequence; its tables are (steps, documents)."""

    sequence: str
    steps: Sequence[Step]
    exact: Sequence[Sequence[Count]]
    contained: Sequence[Sequence[Count]]


def of_sequences(plan: Plan, cells: Cells) -> list[SequenceResult]:
    """Return a result for each method that has finished a sequence."""
    shown: dict[str, list[_Walk]] = {}
    for method, documents, keys in plan.sequence_cells():
        found = [cells.find(key) for key in keys]
        steps = [each.shown for each in found if each and isinstance(each.shown, Step)]
        if len(steps) == len(keys):
            walk = _walk(keys[0].material, documents, steps)
            shown.setdefault(method.name, []).append(walk)
    return [_result(name, walks) for name, walks in shown.items()]


def _walk(sequence: str, documents: Sequence[Document], steps: Sequence[Step]) -> _Walk:
    scored = [
        [
            counts(
                [
                    score(reply, question.answers)
                    for reply, question in zip(replies, each.questions, strict=True)
                ]
            )
            for replies, each in zip(step.replies, documents, strict=True)
        ]
        for step in steps
    ]
    return _Walk(
        sequence,
        steps,
        exact=[[exact for exact, _ in row] for row in scored],
        contained=[[contained for _, contained in row] for row in scored],
    )


def _result(name: str, walks: Sequence[_Walk]) -> SequenceResult:
    learned = [step for walk in walks for step in walk.steps[1:]]
    first, last = ([walk.steps[i] for walk in walks] for i in (0, -1))
    return SequenceResult(
        name=name,
        sequences=len(walks),
        exact=_lasting([(walk.sequence, walk.exact) for walk in walks]),
        contained=_lasting([(walk.sequence, walk.contained) for walk in walks]),
        seconds=fmean(step.seconds for step in learned),
        trained_tokens=fmean(step.trained_tokens for step in learned),
        replay_tokens=fmean(step.replay_tokens for step in learned),
        most_replay=max(
            (s.replay_tokens / s.trained_tokens for s in learned if s.trained_tokens),
            default=None,
        ),
        general_kept=kept(
            pooled(step.general for step in last),
            pooled(step.general for step in first),
        ),
        nll_change=change(
            average(step.nll for step in last), average(step.nll for step in first)
        ),
    )


def _lasting(tables: Sequence[tuple[str, Sequence[Sequence[Count]]]]) -> Lasting:
    """Pool the tables of sequences; the seeds of a sequence are one cluster."""
    pooled_tables: dict[str, list[list[Count]]] = {}
    for sequence, table in tables:
        known = pooled_tables.get(sequence)
        pooled_tables[sequence] = [
            [count + (known[i][j] if known else NONE) for j, count in enumerate(row)]
            for i, row in enumerate(table)
        ]
    every = pooled_tables.values()
    steps, documents = range(len(tables[0][1])), range(len(tables[0][1][0]))
    base = {key: total(t[0]) for key, t in pooled_tables.items()}
    just = {
        key: total(t[j + 1][j] for j in documents) for key, t in pooled_tables.items()
    }
    end = {key: total(t[-1]) for key, t in pooled_tables.items()}
    first_just = {key: t[1][0] for key, t in pooled_tables.items()}
    first_end = {key: t[-1][0] for key, t in pooled_tables.items()}
    return Lasting(
        matrix=[
            [total(t[i][j] for t in every).share for j in documents] for i in steps
        ],
        base=mean(list(base.values())),
        just_learned=mean(list(just.values())),
        at_end=mean(list(end.values())),
        first_just_learned=mean(list(first_just.values())),
        first_at_end=mean(list(first_end.values())),
        kept=quotient(end, just),
        first_kept=quotient(first_end, first_just),
    )
