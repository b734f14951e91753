"""The command `myna bench safety`: what of each kind the screen catches."""

import argparse
import asyncio
import inspect
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import log
from bot.bench.safety import report
from bot.bench.safety.rates import Part, Rate
from bot.settings import LogFormat, LogLevel, development_data
from learning.errors import CommandError

FOLDER = "safety"
"""Where the development data for it lies."""


def main(argv: Sequence[str], parts: Sequence[Part] | None = None) -> int:
    """Measure and print one table, or JSON with --json.

    CommandError where the folder named with --data is missing.
    """
    log.configure(level=LogLevel.WARNING, log_format=LogFormat.AUTO)
    arguments = _parsed(argv)
    rates = asyncio.run(_measure(_data(arguments.data), _chosen(parts)))
    if arguments.json:
        print(json.dumps(report.to_json(rates)))  # noqa: T201
    else:
        report.show(rates)
    return 0


async def _measure(data: Path | None, parts: Sequence[Part]) -> list[Rate]:
    rates = []
    for part in parts:
        measured = part(data, _say)
        rates += await measured if inspect.isawaitable(measured) else measured
    return rates


def _chosen(parts: Sequence[Part] | None) -> Sequence[Part]:
    if parts is not None:
        return parts
    try:
        from bot.bench.safety.parts import PARTS  # noqa: PLC0415 (needs Faker)
    except ModuleNotFoundError as exc:
        if exc.name != "faker":
            raise
        raise CommandError(
            "The safety bench needs Faker: install Myna with its extra `bench`."
        ) from exc
    return PARTS


def _data(named: Path | None) -> Path | None:
    """Return the folder of labelled texts, or None where there is none."""
    if named is not None and not named.is_dir():
        raise CommandError(f"{named} is no folder.")
    folder = named or development_data() / FOLDER
    return folder if folder.is_dir() else None


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="myna bench safety", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        help="folder with toxicity, injection and poisoning files; without one, only"
        " what is generated is measured",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    return parser.parse_args(argv)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
