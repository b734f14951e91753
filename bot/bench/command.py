"""The bench's command: what it runs, in which order, and the table it prints."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot import log
from bot.bench import corrections, data, deletion, latency, measure, rules, speed
from bot.bench.learning.command import main as learn
from bot.bench.safety.command import main as safety
from bot.bench.tools.command import main as tools
from bot.opening import own
from bot.settings import LogFormat, LogLevel, Settings, load
from bot.wiring import Wired
from learning.run import Progress, load_result

QUICK_LESSONS, QUICK_GENERAL, QUICK_BATCHES, BATCHES = 4, 8, 3, 10
QUICK_WAITS, WAITS = 4, 12
QUICK_RULES, QUICK_CORRECTIONS = 1, 3
QUICK_DELETED, DELETED = 2, 10
ALONE = ("latency", "decoding", "rules", "corrections", "deletion")
"""Options that measure one thing, and print figures instead of the table."""
GROUPS = (
    "taught",
    "shared",
    "unshared",
    "held out",
    "all taught",
    "abstained on taught",
    "far",
    "near",
    "general",
    "seconds to first token",
)


def main(argv: Sequence[str]) -> int:
    """Run the bench; the table goes to stdout, or JSON with --json."""
    if list(argv[:1]) == ["learn"]:  # its flags are its own
        return learn(argv[1:])
    if list(argv[:1]) == ["safety"]:
        return safety(argv[1:])
    if list(argv[:1]) == ["tools"]:
        return tools(argv[1:])
    log.configure(level=LogLevel.WARNING, log_format=LogFormat.AUTO)
    parser = argparse.ArgumentParser(
        prog="myna bench",
        description=__doc__,
        epilog="`myna bench learn` measures learning from documents, `myna bench safety`"
        " what the screen catches, `myna bench tools` calls of tools; see their --help.",
    )
    parser.add_argument("--quick", action="store_true", help="few lessons, for CI")
    parser.add_argument(
        "--latency", action="store_true", help="only measure answers beside a run"
    )
    parser.add_argument(
        "--decoding", action="store_true", help="only measure how fast it writes"
    )
    parser.add_argument(
        "--rules", action="store_true", help="only measure rules of five examples"
    )
    parser.add_argument(
        "--corrections", action="store_true", help="only measure corrections"
    )
    parser.add_argument(
        "--deletion", action="store_true", help="only measure a person's deletion"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    parser.add_argument("--answers", type=Path, help="write every answer to this file")
    parser.add_argument("--data-dir", type=Path, help="work here and leave it behind")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="myna-bench-") as temporary:
        folder = arguments.data_dir or Path(temporary)
        unlimited = {"TEACH_PER_HOUR": "0", "ASK_PER_MINUTE": "0"}
        settings = load(flags={"DATA_DIR": str(folder), **unlimited})
        measured = asyncio.run(_chosen(arguments, settings))
    if arguments.out:
        arguments.out.write_text(json.dumps(measured, indent=1) + "\n")
    if arguments.json:
        print(json.dumps(measured))  # noqa: T201
    elif any(vars(arguments)[name] for name in ALONE):
        _print_figures(measured)
    else:
        _print(measured)
    return 0


def _chosen(
    arguments: argparse.Namespace, settings: Settings
) -> Coroutine[Any, Any, dict[str, Any]]:
    """Return the measurement that was asked for; all of them together by default."""
    quick = arguments.quick
    if arguments.latency:
        return _latency(settings, quick=quick)
    if arguments.decoding:
        return _decoding(settings)
    if arguments.rules:
        return _rules(settings, quick=quick)
    if arguments.corrections:
        return _corrections(settings, quick=quick)
    if arguments.deletion:
        return _deletion(settings, quick=quick)
    return _bench(settings, quick=quick, answers=arguments.answers)


async def _bench(
    settings: Settings,
    *,
    quick: bool,
    answers: Path | None,
) -> dict[str, Any]:
    taught = data.lessons(QUICK_LESSONS if quick else None)
    asked = data.taught_questions(taught)
    untaught = data.untaught_questions(taught)
    general = data.general_questions(QUICK_GENERAL if quick else None)
    everything = [*asked, *untaught, *general]
    async with own(settings, _say_progress) as wired:
        core = wired.core
        rounds: list[tuple[measure.Condition, list[measure.Answered]]] = []

        async def ask(
            condition: measure.Condition, questions: Sequence[data.Asked]
        ) -> None:
            _say(f"Asking {len(questions)} questions: {condition.name}")
            rounds.append((condition, await measure.ask(core, questions, condition)))

        await ask(measure.BASE, general)
        await measure.teach(core, taught)
        await ask(measure.MEMORY, everything)
        _say("Learning")
        learned = await measure.learn(core, _say_step)
        _say(f"{'Promoted' if learned.promoted else 'Refused'}: {learned.reason}")
        await ask(measure.ADAPTER, everything)
        await ask(measure.BOTH, everything)
        _say("Measuring speed")
        measured = {
            "answers": {c.name: measure.summarise(a) for c, a in rounds},
            "learning": _learning(wired, learned.run, len(taught)),
            "promoted": learned.promoted,
            "not taken": list(learned.not_taken),
            "nll change": learned.after.nll,
            "speed": await _speed(wired, settings, learned.run, quick=quick),
        }
    if answers:
        _write_answers(answers, rounds)
    return measured


async def _latency(settings: Settings, *, quick: bool) -> dict[str, Any]:
    taught = data.lessons(QUICK_LESSONS if quick else None)
    count = QUICK_WAITS if quick else WAITS
    known = [each for each in data.taught_questions(taught) if each.group == "taught"]
    asked = [*known[:count], *data.general_questions(count)]
    async with own(settings, _say_progress) as wired:
        _say(f"Asking {len(asked)} questions, alone and beside a run")
        return dict(await latency.measure(wired.core, taught, asked))


async def _decoding(settings: Settings) -> dict[str, Any]:
    async with own(settings, _say_progress) as wired:
        return await speed.serving(
            wired.engine,
            wired.base.folder,
            wired.skills,
            threads=settings.decode_threads_used,
        )


async def _corrections(settings: Settings, *, quick: bool) -> dict[str, Any]:
    made = corrections.corrections(QUICK_CORRECTIONS if quick else None)
    async with own(settings, _say_progress) as wired:
        return await corrections.measure_corrections(wired.core, made, _say_step, _say)


async def _deletion(settings: Settings, *, quick: bool) -> dict[str, Any]:
    count = QUICK_DELETED if quick else DELETED
    async with own(settings, _say_progress) as wired:
        return await deletion.measure_deletion(
            wired.core, wired.directory.runs, count, _say_step, _say
        )


async def _rules(settings: Settings, *, quick: bool) -> dict[str, Any]:
    taught = rules.rules(QUICK_RULES if quick else None)
    async with own(settings, _say_progress) as wired:
        return await rules.measure_rules(wired.core, taught, _say_step, _say)


def _learning(wired: Wired, run: str, lessons: int) -> dict[str, float]:
    result = load_result(wired.directory.run(run))
    return {
        "rows": result.rows,
        "trained tokens": result.tokens,
        "trained tokens a lesson": result.tokens / lessons,
        "row tokens a lesson": result.row_tokens / lessons,
        "seconds": result.seconds,
        "row tokens/s": result.row_tokens / result.seconds,
        "trainer peak memory MB": result.peak_memory_bytes / 1e6,
    }


async def _speed(
    wired: Wired, settings: Settings, run: str, *, quick: bool
) -> dict[str, float]:
    threads = settings.train_threads_used
    rates = await speed.training(
        wired.directory.run(run),
        threads=threads,
        batches=QUICK_BATCHES if quick else BATCHES,
    )
    rates |= await speed.serving(
        wired.engine,
        wired.base.folder,
        wired.skills,
        threads=settings.decode_threads_used,
    )
    peak = getattr(wired.engine, "peak_memory_bytes", None)
    if peak is not None:
        rates["serving peak memory MB"] = peak() / 1e6
    return rates


def _write_answers(
    path: Path, rounds: Sequence[tuple[measure.Condition, Sequence[measure.Answered]]]
) -> None:
    lines = [
        json.dumps(
            {
                "condition": condition.name,
                "group": each.asked.group,
                "question": each.asked.question,
                "keys": each.asked.keys,
                "answer": each.reply.text,
                "abstained": each.reply.abstained,
                "right": each.right,
                "notes": [note.id for note in each.reply.notes],
            }
        )
        for condition, answered in rounds
        for each in answered
    ]
    path.write_text("\n".join(lines) + "\n")


def _print(measured: Mapping[str, Any]) -> None:
    console = Console(width=110)
    answers: Mapping[str, Mapping[str, float]] = measured["answers"]
    table = Table("share of right answers", *answers)
    for group in GROUPS:
        row = [answers[name].get(group) for name in answers]
        table.add_row(group, *("" if v is None else f"{v:.3f}" for v in row))
    console.print(table)
    figures = Table("figure", "value")
    figures.add_row("promoted", str(measured["promoted"]))
    figures.add_row("lessons not taken", str(measured["not taken"]))
    figures.add_row("NLL change, nats a token", f"{measured['nll change']:+.3f}")
    for name, value in {**measured["learning"], **measured["speed"]}.items():
        figures.add_row(name, f"{value:,.2f}")
    console.print(figures)


def _print_figures(measured: Mapping[str, float]) -> None:
    figures = Table("figure", "value")
    for name, value in measured.items():
        figures.add_row(name, f"{value:,.3f}")
    Console(width=110).print(figures)


def _say_progress(_fraction: float, _what: str) -> None:
    """Say nothing: the model's conversion is not what is measured."""


def _say_step(progress: Progress) -> None:
    if progress.total and progress.done % 20 == 0:
        loss = "" if progress.loss is None else f", loss {progress.loss:.3f}"
        _say(f"  {progress.stage} {progress.done}/{progress.total}{loss}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
