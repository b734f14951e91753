"""The command `myna bench tools`: what it measures, and where the results go."""

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

from bot import log
from bot.bench.learning.plots import require
from bot.bench.tools import cells, data, plots, report
from bot.bench.tools.flags import GENERAL, QUICK_GENERAL, parsed
from bot.bench.tools.methods import (
    BY_EXAMPLES,
    DESCRIPTIONS,
    NEAREST,
    ROWS,
    Material,
    Method,
)
from bot.bench.tools.opening import Options
from bot.bench.tools.opening import opened as opened_methods
from bot.bench.tools.plan import COMMUNITY, GRID, GRID_SEEDS, Plan, quick
from bot.bench.tools.results import Finished, comparisons, of_methods
from bot.bench.tools.runner import Runner
from bot.settings import LogFormat, LogLevel, Settings, development_data, load
from learning.errors import CommandError

Opener = Callable[
    [Settings, cells.Cells, Options], AbstractAsyncContextManager[Sequence[Method]]
]
FAILED = 1
QUICK_METHODS = [DESCRIPTIONS, BY_EXAMPLES, NEAREST]


def main(argv: Sequence[str], opener: Opener = opened_methods) -> int:
    """Measure what is not measured yet, then write tables and the plot.

    The exit code is 1 where something failed: then no results are written. Raises
    CommandError where data, or a folder, cannot be used.
    """
    log.configure(level=LogLevel.WARNING, log_format=LogFormat.AUTO)
    arguments = parsed(argv)
    require()
    folder = arguments.data or development_data()
    tasks = arguments.task or ([COMMUNITY] if arguments.quick else None)
    found = data.materials(tasks, folder, _say, eval_data=arguments.eval)
    if arguments.quick:
        found = [quick(each) for each in found]
    settings = load(
        flags={
            "DATA_DIR": arguments.data_dir and str(arguments.data_dir),
            "TEACH_PER_HOUR": "0",
            "ASK_PER_MINUTE": "0",
        }
    )
    work = arguments.work or settings.data_dir / "bench-tools"
    with cells.opened(work) as kept:
        if arguments.fresh:
            kept.forget(arguments.methods or ROWS)
        measuring = _measure(arguments, found, settings, kept, opener)
        try:
            told = asyncio.run(measuring)
        except KeyboardInterrupt:
            _say(f"Stopped; finished cells are kept in {work}.\n{_again(argv)}")
            raise
    if told is None:
        _say(f"Something is missing, so no results are written.\n{_again(argv)}")
        return FAILED
    finished, written = told
    report.write(written, finished, arguments.results)
    plots.draw(written.methods, arguments.results)
    if arguments.json:
        print(json.dumps(written.to_json()))  # noqa: T201
    else:
        report.show(written)
    _say(f"Tables and the plot are in {arguments.results}.")
    return 0


async def _measure(
    arguments: argparse.Namespace,
    materials: Sequence[Material],
    settings: Settings,
    kept: cells.Cells,
    opener: Opener,
) -> tuple[Finished, report.Report] | None:
    """Return None where a cell failed."""
    questions = QUICK_GENERAL if arguments.quick else GENERAL
    options = Options(questions, arguments.device, _say)
    names = arguments.methods or (QUICK_METHODS if arguments.quick else None)
    async with opener(settings, kept, options) as every:
        plan = Plan(
            materials=materials,
            methods=_chosen(every, names),
            examples=arguments.examples or (GRID if arguments.full else None),
            seeds=arguments.seeds or (GRID_SEEDS if arguments.full else 1),
            chosen=names is not None,
        )
        if await Runner(plan, kept, _say).run():
            return None
    finished = Finished(plan, kept)
    if not finished.cells:
        raise CommandError("There is nothing to measure: name other --methods.")
    about = _about(plan, options, settings, tested_on=arguments.eval)
    return finished, report.Report(about, of_methods(finished), comparisons(finished))


def _chosen(every: Sequence[Method], names: Sequence[str] | None) -> list[Method]:
    """Return the chosen methods, all by default, in the order of the tables."""
    known = {method.name: method for method in every}
    missing = [name for name in names or () if name not in known]
    if missing:
        raise CommandError(f"This set-up cannot measure: {'; '.join(missing)}.")
    return [known[name] for name in ROWS if name in (names or known)]


def _about(
    plan: Plan, options: Options, settings: Settings, *, tested_on: Path | None
) -> dict[str, Any]:
    return {
        "tested_on": tested_on.name if tested_on else "",
        "tasks": {
            each.task.name: {
                "tools": len(each.task.tools),
                "train": len(each.task.train),
                "test": len(each.task.test),
                "ordinary": len(each.task.ordinary),
                "digest": cells.digest([*map(str, (each.task.train, each.task.test))]),
            }
            for each in plan.materials
        },
        "seeds": plan.seeds,
        "general_questions": options.general_questions,
        "settings": {each.name: dict(each.settings) for each in plan.methods},
        "train_device": options.device or settings.train_device,
        "train_threads": settings.train_threads_used,
        "prompt_threads": settings.prompt_threads_used,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


def _again(argv: Sequence[str]) -> str:
    words = [word for word in argv if word != "--fresh"]
    return f"To go on with the rest: {shlex.join(['myna', 'bench', 'tools', *words])}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
