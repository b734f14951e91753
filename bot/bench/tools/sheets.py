"""The tables of `myna bench tools`, as rows of words, whoever shows them."""

from collections.abc import Iterator, Sequence

from bot.bench.learning.sheets import NOTHING, Sheet
from bot.bench.tools.plan import APIBANK, COMMUNITY, TORCHHUB, Examples
from bot.bench.tools.results import Comparison, MethodResult
from bot.bench.tools.scoring import Interval

MEGA = 1e6


def sheets(
    methods: Sequence[MethodResult], compared: Sequence[Comparison]
) -> Iterator[Sheet]:
    """Return the tables that have a row."""
    for task in dict.fromkeys(each.task for each in methods):
        rows = [each for each in methods if each.task == task]
        yield _calls(task, rows)
        yield _costs(task, rows)
    if compared:
        yield _compared(compared)


def counted(examples: Examples) -> str:
    """Say how many examples."""
    return "all" if examples is None else str(examples)


def _calls(task: str, rows: Sequence[MethodResult]) -> Sheet:
    columns = ["method", "examples", "seeds", "requests", "called", "right name"]
    columns += ["whole call right", "invented, % of calls"]
    columns += {
        COMMUNITY: ["false calls on ordinary messages"],
        APIBANK: [
            "right name, taught tools",
            "right, taught tools",
            "right, tools never taught",
        ],
        TORCHHUB: ["right by Gorilla's rule", "invented by it"],
    }[task]
    cells = []
    for each in rows:
        own = {
            COMMUNITY: [each.false_calls],
            APIBANK: [each.seen_named, each.seen_right, each.unseen_right],
            TORCHHUB: [each.gorilla_right, each.gorilla_invented],
        }[task]
        cells.append(
            (
                each.method,
                counted(each.examples),
                str(each.seeds),
                str(each.cases),
                _percent(each.called),
                _percent(each.named),
                _interval(each.right),
                _percent(each.invented),
                *map(_percent, own),
            )
        )
    return Sheet(f"Calls, {task}", columns, cells)


def _costs(task: str, rows: Sequence[MethodResult]) -> Sheet:
    columns = (
        "method",
        "examples",
        "training, s",
        "trained parameters",
        "MB stored a server",
        "prompt tokens a call",
        "first token of a call, s",
        "general right",
        "general kept, %",
    )
    cells = [
        (
            each.method,
            counted(each.examples),
            f"{each.training_seconds:,.0f}",
            f"{each.trained_parameters:,}",
            f"{each.stored_bytes / MEGA:,.2f}",
            NOTHING if each.prompt_tokens is None else f"{each.prompt_tokens:.0f}",
            NOTHING
            if each.seconds_to_first_token is None
            else f"{each.seconds_to_first_token:.2f}",
            f"{each.general.right}/{each.general.asked}" if each.general else NOTHING,
            _percent(each.general_kept),
        )
        for each in rows
    ]
    return Sheet(f"What it costs, {task}", columns, cells)


def _compared(compared: Sequence[Comparison]) -> Sheet:
    columns = ("task", "examples", "right by", "method", "less", "requests", "seeds")
    cells = [
        (
            each.task,
            counted(each.examples),
            each.by,
            each.first,
            each.second,
            str(each.cases),
            " and ".join(map(str, each.seeds)),
            _interval(each.difference, sign="+"),
        )
        for each in compared
    ]
    return Sheet("Differences, paired", (*columns, "points, with 95 % interval"), cells)


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f}"


def _interval(found: Interval, *, sign: str = "") -> str:
    low, high = 100 * found.low, 100 * found.high
    return f"{100 * found.value:{sign}.1f} ({low:{sign}.1f} to {high:{sign}.1f})"
