"""The command `myna bench learn`: what it measures, and where the results go."""

import argparse
import asyncio
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import numpy as np

from bot import log
from bot.bench.learning import cells, data, plots, report
from bot.bench.learning.flags import parsed
from bot.bench.learning.lasting import of_sequences
from bot.bench.learning.methods import ROWS, SEQUENCE_ROWS, Methods
from bot.bench.learning.opening import opened as opened_methods
from bot.bench.learning.plan import Plan
from bot.bench.learning.results import of_methods
from bot.bench.learning.runner import Runner
from bot.settings import LogFormat, LogLevel, Settings, development_data, load
from learning.errors import CommandError

Opener = Callable[
    [Settings, cells.Cells, Sequence[data.Document]],
    AbstractAsyncContextManager[Methods],
]
FAILED = 1


def main(argv: Sequence[str], opener: Opener = opened_methods) -> int:
    """Measure what is not measured yet, then write tables and plots.

    The exit code is 1 where something failed: then no results are written.
    """
    log.configure(level=LogLevel.WARNING, log_format=LogFormat.AUTO)
    arguments = parsed(argv)
    plots.require()
    path = arguments.data or development_data() / data.FILE
    collection = data.load(path)
    settings = load(flags={"TEACH_PER_HOUR": "0", "ASK_PER_MINUTE": "0"})
    work = arguments.work or settings.data_dir / "bench-learn"
    with cells.opened(work) as kept:
        if arguments.fresh:
            kept.forget(arguments.methods)
        measuring = _measure(arguments, collection, settings, kept, opener)
        try:
            told = asyncio.run(measuring)
        except KeyboardInterrupt:
            _say(f"Stopped; finished cells are kept in {work}.\n{_again(argv)}")
            raise
    if told is None:
        _say(f"Something is missing, so no results are written.\n{_again(argv)}")
        return FAILED
    report.write(told, arguments.results)
    plots.draw(told, arguments.results)
    if arguments.json:
        print(json.dumps(told.to_json()))  # noqa: T201
    else:
        report.show(told)
    _say(f"Tables and plots are in {arguments.results}.")
    return 0


async def _measure(
    arguments: argparse.Namespace,
    collection: data.Collection,
    settings: Settings,
    kept: cells.Cells,
    opener: Opener,
) -> report.Report | None:
    """Return None where a cell failed."""
    chosen = arguments.methods
    count = None if arguments.full else arguments.documents
    documents = collection.documents[:count]
    wanted = None if arguments.full else arguments.sequences
    is_sequenced = any(name in chosen for name in SEQUENCE_ROWS)
    sequences = data.sequences(collection.documents, wanted if is_sequenced else 0)
    async with opener(settings, kept, documents) as every:
        plan = Plan(documents, sequences, _chosen(every, chosen), arguments.seeds)
        if await Runner(plan, kept, _say).run():
            return None
    return report.Report(
        about=_about(collection, plan, (arguments.data or Path(data.FILE)).name),
        methods=of_methods(plan, kept),
        sequences=of_sequences(plan, kept),
    )


def _chosen(every: Methods, names: Sequence[str]) -> Methods:
    """Return the chosen methods in the order of the tables."""
    documents = {method.name: method for method in every.documents}
    sequences = {method.name: method for method in every.sequences}
    missing = [name for name in names if name not in documents.keys() | sequences]
    if missing:
        raise CommandError(f"This set-up cannot measure: {', '.join(missing)}.")
    return Methods(
        documents=[documents[name] for name in ROWS if name in names],
        sequences=[sequences[name] for name in SEQUENCE_ROWS if name in names],
    )


def _about(collection: data.Collection, plan: Plan, file: str) -> dict[str, Any]:
    settings = {each.name: dict(each.settings) for each in plan.methods.documents}
    settings |= {each.name: dict(each.settings) for each in plan.methods.sequences}
    return {
        "file": file,
        "file_sha256": collection.digest,
        "usable_documents": len(collection.documents),
        "long_answers": collection.long_answers,
        "short_documents": collection.short_documents,
        "documents": len(plan.documents),
        "sequences": len(plan.sequences),
        "seeds": plan.seeds,
        "settings": settings,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


def _again(argv: Sequence[str]) -> str:
    again = shlex.join(["myna", "bench", "learn", *(w for w in argv if w != "--fresh")])
    return f"To go on with the rest: {again}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
