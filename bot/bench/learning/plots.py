"""The plots of `myna bench learn`: the same numbers give the same bytes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bench.learning.lasting import SequenceResult
from bot.bench.learning.report import Report
from bot.bench.learning.results import MethodResult
from bot.bench.learning.sheets import SEAL
from bot.bench.learning.statistics import Estimate
from learning.errors import CommandError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METHODS, SEQUENCES = "learning-methods.svg", "learning-sequences.svg"
METADATA = {"Date": None, "Creator": None}
EXACT_COLOUR, CONTAINED_COLOUR = "#b5651d", "#1f6f8b"
BAR = 0.38
DARK = 0.55


def require() -> None:
    """Raise CommandError where matplotlib is missing: before the work, not after it."""
    try:
        import matplotlib as mpl  # noqa: F401, PLC0415 - optional, and slow to import
    except ImportError as exc:
        raise CommandError(
            "The plots need matplotlib, which is not installed: install Myna's extra "
            '`bench` (pip install "matplotlib>=3.11"), then start the bench again.'
        ) from exc


def draw(report: Report, folder: Path) -> list[Path]:
    """Write the plots that have something to show; return their files.

    Raises CommandError where a file cannot be written.
    """
    drawn = []
    with style():
        if report.methods:
            drawn.append((_methods(report.methods), folder / METHODS))
        if report.sequences:
            drawn.append((_sequences(report.sequences), folder / SEQUENCES))
        for figure, path in drawn:
            save(figure, path)
    return [path for _, path in drawn]


@contextmanager
def style() -> Iterator[None]:
    """Draw in the block with nobody's taste, and with the same bytes every time."""
    import matplotlib as mpl  # noqa: PLC0415

    with mpl.rc_context():
        mpl.rcdefaults()  # not the taste of whoever runs it
        # The salt gives elements the same names every time.
        mpl.rcParams.update(
            {"svg.hashsalt": "myna", "svg.fonttype": "none", "font.size": 9}
        )
        yield


def save(figure: "Figure", path: Path) -> None:
    """Write a plot. Raises CommandError where its file cannot be written."""
    try:
        figure.savefig(path, format="svg", metadata=METADATA)
    except OSError as exc:
        raise CommandError(
            f"{path} cannot be written ({exc.strerror}): name another folder "
            "with --results; finished cells are kept."
        ) from exc


def _methods(methods: Sequence[MethodResult]) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7, 0.6 + 0.55 * len(methods)), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(methods))
    for shift, label, colour, shares in (
        (-BAR / 2, "contained", CONTAINED_COLOUR, [m.contained for m in methods]),
        (BAR / 2, "exact", EXACT_COLOUR, [m.exact for m in methods]),
    ):
        means = [share.mean for share in shares]
        axes.barh(
            [place + shift for place in places],
            [100 * mean.value for mean in means],
            height=BAR,
            xerr=[_reaches(means, low=True), _reaches(means, low=False)],
            color=colour,
            capsize=2,
            label=label,
        )
    axes.set_yticks(list(places), [method.name for method in methods])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("questions answered rightly, %, with 95 % intervals")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    return figure


def _reaches(means: Sequence[Estimate], *, low: bool) -> list[float]:
    """Return how far the interval reaches from the mean, in points."""
    ends = [(mean.low if low else mean.high, mean.value) for mean in means]
    return [0.0 if end is None else 100 * abs(value - end) for end, value in ends]


def _sequences(results: Sequence[SequenceResult]) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(0.6 + 4.6 * len(results), 4.9), layout="constrained")
    panels = figure.subplots(1, len(results), squeeze=False)[0]
    for axes, result in zip(panels, results, strict=True):
        matrix = result.contained.matrix
        # Not imshow: that would put a picture of dots into the drawing.
        axes.pcolormesh(matrix, vmin=0, vmax=1, cmap="Blues")
        axes.invert_yaxis()
        for i, row in enumerate(matrix):
            for j, share in enumerate(row):
                colour = "white" if share > DARK else "black"
                text, x, y = f"{100 * share:.0f}", j + 0.5, i + 0.5
                axes.text(x, y, text, ha="center", va="center", color=colour)
        axes.set_title(f"{result.name} ({result.sequences} sequences)")
        documents = [f"{j + 1}" for j in range(len(matrix[0]))]
        steps = ["base", *(f"{i}" for i in range(1, len(matrix)))]
        axes.set_xticks([j + 0.5 for j in range(len(documents))], documents)
        axes.set_yticks([i + 0.5 for i in range(len(steps))], steps)
        axes.set_xlabel("document")
        axes.set_ylabel("documents learned so far")
    figure.suptitle("Answers contained in the replies, %")
    figure.supxlabel(SEAL.replace(": ", ":\n"), fontsize="small")
    return figure
