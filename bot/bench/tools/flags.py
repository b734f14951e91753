"""The flags of `myna bench tools`."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from bot.bench.tools.methods import ADAPTER, FREE, ROWS
from bot.bench.tools.plan import GRID_SEEDS, TASKS, Examples

RESULTS = Path("docs/results/tools")
GENERAL, QUICK_GENERAL = 20, 2
WHAT = "Measure how well tools are called that a community taught."
ALL = "all"


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; wrong words end the process, as argparse does."""
    parser = argparse.ArgumentParser(
        prog="myna bench tools",
        description=WHAT,
        epilog="Without --full or --examples a part is measured that two cores finish"
        " in some hours.",
    )
    add = parser.add_argument
    add("--task", type=_tasks, metavar="A,B", help=f"of: {', '.join(TASKS)}")
    add("--methods", type=_methods, metavar="A,B", help=f"of: {', '.join(ROWS)}")
    add(
        "--examples",
        type=_examples,
        metavar="0,2,all",
        help="examples a tool; all methods are measured with each",
    )
    add(
        "--seeds",
        type=_seeds,
        metavar="N",
        help=f"default: 1; {GRID_SEEDS} with --full",
    )
    add("--full", action="store_true", help="every method, with 0 to all examples")
    add(
        "--quick",
        action="store_true",
        help="a few requests to the community's tools, nothing trained; for CI",
    )
    add("--data", type=Path, metavar="DIR", help="folder of development data")
    add(
        "--eval",
        type=Path,
        metavar="FILE",
        help="test the one --task on these rows, taught by all of its own; of a "
        "community: another one, with its examples",
    )
    add("--work", type=Path, metavar="DIR", help="where finished cells are kept")
    add("--fresh", action="store_true", help="do finished cells of --methods again")
    add("--data-dir", type=Path, metavar="DIR", help="Myna's own, with its models")
    add(
        "--results",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help=f"where tables and plots go; default: {RESULTS}",
    )
    add("--device", default="", help="what trains: auto, cpu or cuda")
    add("--json", action="store_true", help="print JSON, no tables")
    return parser.parse_args(argv)


def _tasks(words: str) -> list[str]:
    plain = {name.replace("-", ""): name for name in TASKS}
    names = [word.strip().replace("-", "") for word in words.split(",")]
    unknown = [name for name in names if name not in plain]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]!r} is none of: {', '.join(TASKS)}"
        )
    return [plain[name] for name in names]


def _methods(words: str) -> list[str]:
    """Read names with commas between them; a hyphen may stand for a space.

    `adapter, free` has a comma itself: it may be written so, or as adapter-free.
    """
    short = {_plain(name): name for name in ROWS}
    names: list[str] = []
    for word in map(_plain, words.split(",")):
        if word == "free" and names[-1:] == [ADAPTER]:
            names[-1] = FREE
        elif word in short:
            names.append(short[word])
        else:
            raise argparse.ArgumentTypeError(f"{word!r} is none of: {'; '.join(ROWS)}")
    return names


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[a-z]+", name.lower()))


def _examples(words: str) -> list[Examples]:
    return [None if word.strip() == ALL else _count(word) for word in words.split(",")]


def _seeds(word: str) -> int:
    if (number := _count(word)) < 1:
        raise argparse.ArgumentTypeError("at least one seed is needed")
    return number


def _count(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", word.strip()):
        raise argparse.ArgumentTypeError(f"{word!r} is no number; write 0, 1, 2, ...")
    return int(word)
