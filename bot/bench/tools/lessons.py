"""A task's examples as runs to train: in one batch, or in several one after another.

A community's tools are taught as production teaches them (`learning.dataset`). API-Bank
and TorchHub have plain examples of many tools: these are their own rows, with as much
replay as production has for so many lessons.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bot.bench.adapters import SERVER
from bot.bench.tools.catalogue import lessons_of
from bot.bench.tools.methods import Material
from bot.bench.tools.plan import COMMUNITY
from bot.bench.tools.tasks import Case, place
from learning import dataset
from learning.lesson import Lesson
from learning.lexicon import Lexicon
from learning.model import BaseModel
from learning.rows import Row, ask, save_rows
from learning.run import RunKind, RunSpec, save_spec

BATCHES = 4
LEAST_STEPS = 250
"""Of plain examples, about as many as six tools of a community are given. With 130 steps
on API-Bank's dialogues the adapter named fewer tools rightly (docs/LOG.md)."""

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Batch:
    """What is learned in one run: tools as lessons, or plain examples of many."""

    lessons: tuple[Lesson, ...] = ()
    cases: tuple[Case, ...] = ()


def whole(material: Material) -> Batch:
    """Return everything at once."""
    if material.task.name == COMMUNITY:
        return Batch(lessons=tuple(lessons_of(material.task)))
    return Batch(cases=material.task.train)


def batches(material: Material) -> list[Batch]:
    """Return what is learned in each run, where the tools are taught in BATCHES parts.

    A run that teaches tools learns all of them anew (`bot.run_plan`), so each has what
    the one before had, and the last has everything. Which are taught first is decided
    by their names alone.
    """
    everything = whole(material)
    lessons = sorted(everything.lessons, key=lambda each: place(each.text))
    kinds = sorted({_kind(case) for case in everything.cases}, key=place)
    made = []
    for number in range(1, BATCHES + 1):
        known = _first(kinds, number)
        tools = {each.id for each in _first(lessons, number)}
        batch = Batch(
            tuple(each for each in everything.lessons if each.id in tools),
            tuple(case for case in everything.cases if _kind(case) in known),
        )
        if (batch.lessons or batch.cases) and batch not in made:
            made.append(batch)
    return made


def lay_out(
    folder: Path,
    batch: Batch,
    *,
    lexicon: Lexicon,
    base: BaseModel,
    parent: Path | None,
    seed: int,
    threads: int,
    device: str,
) -> RunSpec:
    """Write a run's directory; return its settings."""
    spec = RunSpec(
        id="bench",
        server=SERVER,
        kind=RunKind.WARM,
        base=str(base.folder),
        base_digest=base.digest,
        parent=str(parent) if parent else None,
        lessons=(),
        seed=seed,
        threads=threads,
        device=device,
    )
    if batch.lessons:
        return dataset.prepare(
            folder, spec, lessons=batch.lessons, old=(), lexicon=lexicon
        )
    folder.mkdir(parents=True, exist_ok=True)
    rows = plain_rows(batch)
    least = math.ceil(LEAST_STEPS * spec.batch_rows / len(rows))
    spec = replace(
        spec, rows_digest=save_rows(folder, rows), epochs=max(spec.epochs, least)
    )
    save_spec(folder, spec)
    return spec


def plain_rows(batch: Batch) -> list[Row]:
    """Return the rows of plain examples, in an order that they alone decide.

    Those of one tool count as one lesson, and have as little replay.
    """
    taught = [_row(case) for case in batch.cases]
    count = len({row.lesson for row in taught})
    again = dataset.replay_rows(
        general=max(dataset.GENERAL_LEAST, dataset.GENERAL_PER_LESSON * count),
        skills=max(dataset.SKILLS_LEAST, dataset.SKILLS_PER_LESSON * count),
    )
    return [row for _, row in sorted({r.key: r for r in [*again, *taught]}.items())]


def _row(case: Case) -> Row:
    name, said = (case.call.name, case.call.text) if case.call else ("", "")
    lesson = hashlib.sha256(name.encode()).hexdigest()[:16]
    return replace(ask(case.request, said, "wording", lesson=lesson), focused=True)


def _kind(case: Case) -> str:
    return case.kind or (case.call.name if case.call else "")


def _first(things: Sequence[Each], number: int) -> Sequence[Each]:
    return things[: round(len(things) * number / BATCHES)]
