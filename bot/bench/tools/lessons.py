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

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Batch:
    """What is taught at once, and what was taught before."""

    new: tuple[Lesson, ...] = ()
    old: tuple[Lesson, ...] = ()
    cases: tuple[Case, ...] = ()
    before: tuple[Case, ...] = ()


def whole(material: Material) -> Batch:
    """Return everything at once."""
    if material.task.name == COMMUNITY:
        return Batch(new=tuple(lessons_of(material.task)))
    return Batch(cases=material.task.train)


def batches(material: Material) -> list[Batch]:
    """Return the same tools in batches, in an order that their names alone decide."""
    everything = whole(material)
    lessons = sorted(everything.new, key=lambda each: place(each.text))
    kinds = sorted({_kind(case) for case in everything.cases}, key=place)
    made = []
    for number in range(BATCHES):
        new, old = _part(lessons, number), _parts_before(lessons, number)
        taught, before = _part(kinds, number), _parts_before(kinds, number)
        cases = [case for case in everything.cases if _kind(case) in taught]
        earlier = [case for case in everything.cases if _kind(case) in before]
        sampled = sorted(earlier, key=lambda case: place(case.request, number))
        batch = Batch(
            tuple(new), tuple(old), tuple(cases), tuple(sampled[: len(cases)])
        )
        if batch.new or batch.cases:
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
    if batch.new:
        return dataset.prepare(
            folder, spec, lessons=batch.new, old=batch.old, lexicon=lexicon
        )
    folder.mkdir(parents=True, exist_ok=True)
    rows = plain_rows(batch)
    least = math.ceil(dataset.LEAST_STEPS * spec.batch_rows / len(rows))
    spec = replace(
        spec, rows_digest=save_rows(folder, rows), epochs=max(spec.epochs, least)
    )
    save_spec(folder, spec)
    return spec


def plain_rows(batch: Batch) -> list[Row]:
    """Return the rows of plain examples, in an order that they alone decide."""
    taught = [_row(case) for case in (*batch.cases, *batch.before)]
    count = len({row.lesson for row in taught})
    again = dataset.replay_rows(
        general=max(dataset.GENERAL_LEAST, dataset.GENERAL_PER_LESSON * count),
        skills=max(dataset.SKILLS_LEAST, dataset.SKILLS_PER_LESSON * count),
    )
    return [row for _, row in sorted({r.key: r for r in [*again, *taught]}.items())]


def _row(case: Case) -> Row:
    lesson = hashlib.sha256(_kind(case).encode()).hexdigest()[:16]
    said = case.call.text if case.call else ""
    return replace(ask(case.request, said, "wording", lesson=lesson), focused=True)


def _kind(case: Case) -> str:
    return case.kind or (case.call.name if case.call else "")


def _part(things: Sequence[Each], number: int) -> Sequence[Each]:
    return things[_cut(things, number) : _cut(things, number + 1)]


def _parts_before(things: Sequence[Each], number: int) -> Sequence[Each]:
    return things[: _cut(things, number)]


def _cut(things: Sequence[object], number: int) -> int:
    return round(len(things) * number / BATCHES)
