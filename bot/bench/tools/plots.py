"""The plot of `myna bench tools`: whole calls right against examples a tool."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bench.learning.plots import save, style
from bot.bench.tools.methods import ROWS
from bot.bench.tools.results import MethodResult
from bot.bench.tools.sheets import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLOT = "tools.svg"
MARKS = "ophD^vPX"
COLOURS = (
    "#b5651d",
    "#d9a441",
    "#1f6f8b",
    "#74b3c8",
    "#5b8c5a",
    "#8b1f4d",
    "#6a5acd",
    "#808080",
)
"""One for each of ROWS, as the marks are."""
SHIFT = 0.06


def draw(methods: Sequence[MethodResult], folder: Path) -> Path:
    """Write the plot; return its file.

    Raises CommandError where that cannot be written.
    """
    path = folder / PLOT
    with style():
        save(_figure(methods), path)
    return path


def _figure(methods: Sequence[MethodResult]) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - optional, slow to import

    tasks = list(dict.fromkeys(each.task for each in methods))
    figure = Figure(figsize=(1 + 3.4 * max(1, len(tasks)), 4), layout="constrained")
    panels = figure.subplots(1, max(1, len(tasks)), squeeze=False, sharey=True)[0]
    for axes, task in zip(panels, tasks, strict=False):
        _panel(axes, task, [each for each in methods if each.task == task])
    panels[0].set_ylabel("whole calls right, %, with 95 % intervals")
    known = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    names = [name for name in ROWS if name in known]
    figure.legend(
        [known[name] for name in names],
        names,
        loc="outside lower center",
        ncols=min(4, max(1, len(names))),
        frameon=False,
    )
    return figure


def _panel(axes: "Axes", task: str, rows: Sequence[MethodResult]) -> None:
    numbers = sorted(
        {each.examples for each in rows},
        key=lambda each: float("inf") if each is None else each,
    )
    for number, name in enumerate(ROWS):
        mine = [each for each in rows if each.method == name]
        if not mine:
            continue
        values = [100 * each.right.value for each in mine]
        lows = [
            max(0, v - 100 * e.right.low) for v, e in zip(values, mine, strict=True)
        ]
        highs = [
            max(0, 100 * e.right.high - v) for v, e in zip(values, mine, strict=True)
        ]
        shift = (number - len(ROWS) / 2) * SHIFT
        axes.errorbar(
            [numbers.index(each.examples) + shift for each in mine],
            values,
            yerr=[lows, highs],
            color=COLOURS[number],
            marker=MARKS[number],
            capsize=2,
            label=name,
        )
    axes.set_xticks(range(len(numbers)), [counted(each) for each in numbers])
    axes.set_xlim(-0.5, len(numbers) - 0.5)
    axes.set_ylim(0, 100)
    axes.set_xlabel("examples a tool")
    axes.set_title(task)
