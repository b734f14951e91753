"""The flags of `myna bench learn`."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from bot.bench.learning.data import DOCUMENTS, SEQUENCE_DOCUMENTS, SEQUENCES
from bot.bench.learning.methods import ROWS, SEQUENCE_ROWS

RESULTS = Path("docs/results")
WHAT = "Measure how well documents are learned, and how well they last."


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; wrong words end the process, as argparse does."""
    parser = argparse.ArgumentParser(prog="myna bench learn", description=WHAT)
    add = parser.add_argument
    add("--data", type=Path, metavar="FILE", help="documents, as JSON")
    add(
        "--documents",
        type=_count,
        default=DOCUMENTS,
        metavar="N",
        help=f"default: {DOCUMENTS}",
    )
    add(
        "--sequences",
        type=_count,
        default=SEQUENCES,
        metavar="N",
        help=f"of {SEQUENCE_DOCUMENTS} documents; default: {SEQUENCES}",
    )
    add("--full", action="store_true", help="all documents, and all sequences")
    add(
        "--methods",
        type=_names,
        default=[*ROWS, *SEQUENCE_ROWS],
        metavar="A,B",
        help=f"of: {', '.join([*ROWS, *SEQUENCE_ROWS])}; default: all",
    )
    add("--seeds", type=_seeds, default=1, metavar="N", help="default: 1")
    add("--work", type=Path, metavar="DIR", help="where finished cells are kept")
    add("--fresh", action="store_true", help="do finished cells of --methods again")
    add(
        "--results",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help=f"where tables and plots go; default: {RESULTS}",
    )
    add("--json", action="store_true", help="print JSON, no tables")
    return parser.parse_args(argv)


def _count(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", word):
        raise argparse.ArgumentTypeError(f"{word!r} is no number; write 0, 1, 2, ...")
    return int(word)


def _seeds(word: str) -> int:
    if (number := _count(word)) < 1:
        raise argparse.ArgumentTypeError("at least one seed is needed")
    return number


def _names(words: str) -> list[str]:
    """Read names with commas between them; a hyphen may stand for a space."""
    names = [word.replace("-", " ").strip() for word in words.split(",")]
    unknown = [name for name in names if name not in (*ROWS, *SEQUENCE_ROWS)]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]!r} is none of: {', '.join([*ROWS, *SEQUENCE_ROWS])}"
        )
    return names
