"""The tables of `myna bench learn`, as rows of words, whoever shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.bench.learning.lasting import SequenceResult
from bot.bench.learning.results import MethodResult, Share
from bot.bench.learning.statistics import Estimate

SEAL = (
    "SEAL's published figures for a 7B model, measured its own way: 41.5 just learned, "
    "24.7 at the end, 30.7 untrained."
)
NOTHING = "–"  # noqa: RUF001 - a dash, as tables have it


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    captions: Sequence[str] = ()


def sheets(
    methods: Sequence[MethodResult], sequences: Sequence[SequenceResult]
) -> Iterator[Sheet]:
    """Return the tables that have a row."""
    if methods:
        yield _methods(methods)
        yield _compared(methods)
    if sequences:
        yield _sequences(sequences)
    for result in sequences:
        yield _matrix(result)


def _methods(methods: Sequence[MethodResult]) -> Sheet:
    columns = (
        "method",
        "documents",
        "questions",
        "exact",
        "contained",
        "seconds a document",
        "trained tokens a document",
        "general right",
        "general kept",
        "NLL change, nats a token",
    )
    rows = [
        (
            each.name,
            str(each.documents),
            str(each.questions),
            _percent(each.exact.mean),
            _percent(each.contained.mean),
            f"{each.seconds:.1f}",
            f"{each.trained_tokens:,.0f}",
            f"{each.general.right}/{each.general.asked}" if each.general else NOTHING,
            _plain_percent(each.general_kept),
            _signed(each.nll_change),
        )
        for each in methods
    ]
    return Sheet("One document at a time", columns, rows)


def _compared(methods: Sequence[MethodResult]) -> Sheet:
    columns = ["method"]
    for kind in ("exact", "contained"):
        columns += [
            f"{kind}: points over the base",
            "% of the passage in the prompt",
            "% of its gain",
        ]
    rows = [
        (each.name, *_comparison(each.exact), *_comparison(each.contained))
        for each in methods
    ]
    return Sheet("Beside the base, and beside the passage in the prompt", columns, rows)


def _comparison(share: Share) -> tuple[str, str, str]:
    return (
        _percent(share.over_base, sign="+"),
        _percent(share.by_passage),
        _plain_percent(share.of_gain),
    )


def _sequences(results: Sequence[SequenceResult]) -> Sheet:
    rows = []
    for each in results:
        for kind, lasting in (("exact", each.exact), ("contained", each.contained)):
            rows.append(
                (
                    f"{each.name}, {kind}",
                    str(each.sequences),
                    _percent(lasting.base),
                    _percent(lasting.just_learned),
                    _percent(lasting.at_end),
                    _percent(lasting.kept),
                    _percent(lasting.first_just_learned),
                    _percent(lasting.first_at_end),
                    _percent(lasting.first_kept),
                )
            )
    columns = (
        "method",
        "sequences",
        "base",
        "just learned",
        "at the end",
        "% kept",
        "first document just learned",
        "first document at the end",
        "% of it kept",
    )
    return Sheet(
        "Documents one after another",
        columns,
        rows,
        (SEAL, *(_cost(each) for each in results)),
    )


def _cost(result: SequenceResult) -> str:
    return (
        f"{result.name.capitalize()}, a document: {result.seconds:.1f} s, "
        f"{result.trained_tokens:,.0f} new and {result.replay_tokens:,.0f} replayed "
        f"tokens (at most {_plain_percent(result.most_replay)} % of the new); general "
        f"kept {_plain_percent(result.general_kept)} %, NLL change "
        f"{_signed(result.nll_change)} nats a token."
    )


def _matrix(result: SequenceResult) -> Sheet:
    matrix = result.contained.matrix
    columns = ("after", *(f"document {j + 1}" for j in range(len(matrix[0]))))
    rows = [
        (f"step {i}" if i else "none", *(f"{100 * share:.1f}" for share in row))
        for i, row in enumerate(matrix)
    ]
    return Sheet(f"Contained after each step, {result.name}", columns, rows)


def _percent(estimate: Estimate | None, *, sign: str = "") -> str:
    if estimate is None:
        return NOTHING
    value = f"{100 * estimate.value:{sign}.1f}"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({100 * estimate.low:.1f} to {100 * estimate.high:.1f})"


def _plain_percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f}"


def _signed(value: float | None) -> str:
    return NOTHING if value is None else f"{value:+.3f}"
