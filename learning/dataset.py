"""Lessons become a run's rows: wordings, notes among distractors, replay.

The rows depend on the set of lessons alone, never on the order in which they were
taught or on lessons that are gone (design.md: the proof of forgetting).
"""

import hashlib
import json
import math
import random
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path

from learning import worlds
from learning.expand import Expansion, expand
from learning.lesson import Lesson
from learning.lexicon import Lexicon
from learning.prompt import ABSTENTION, note_text, with_notes
from learning.rows import Row, ask, save_rows
from learning.run import RunSpec, save_spec

NOTED_ROWS = 3
"""Rows a lesson that show it as a note, alone or among others."""
OLD_LESSON_ROWS = 6
"""Wordings of a lesson that the parent adapter knows already."""
GENERAL_PER_LESSON = 2
GENERAL_LEAST = 24
SKILLS_PER_LESSON = 3
SKILLS_LEAST = 16
REPLAY = Path(__file__).with_name("skills") / "replay.jsonl"
WORLDS_SEED = 1
LEAST_STEPS = 45
"""A few lessons make few rows; they are gone over more often."""
EXAM_PROMPTS = 16
"""General prompts at the end of the fixed order that only the exam asks."""


def prepare(
    directory: Path,
    spec: RunSpec,
    *,
    lessons: Sequence[Lesson],
    old: Sequence[Lesson],
    lexicon: Lexicon,
) -> RunSpec:
    """Write rows.jsonl and run.json; return the spec with the rows' hash."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = build(lessons, old, lexicon)
    digest = save_rows(directory, rows)
    packages = ("torch", "transformers", "peft")
    spec = replace(
        spec,
        rows_digest=digest,
        epochs=max(spec.epochs, math.ceil(LEAST_STEPS * spec.batch_rows / len(rows))),
        versions={name: metadata.version(name) for name in packages},
    )
    save_spec(directory, spec)
    return spec


def build(
    lessons: Sequence[Lesson], old: Sequence[Lesson], lexicon: Lexicon
) -> list[Row]:
    """Return every row of a run, in an order that the rows alone decide."""
    known = sorted({lesson.digest: lesson for lesson in [*lessons, *old]}.items())
    everything = [lesson for _, lesson in known]
    fresh = {lesson.digest for lesson in lessons}
    built: dict[str, Row] = {}
    expansions = [expand(lesson, lexicon) for lesson in everything]
    reserved = {q.lower() for e in expansions for q in e.reserve}
    answered = reserved | {q.lower() for e in expansions for q in e.wordings}
    for lesson, expansion in zip(everything, expansions, strict=True):
        plain, *others = expansion.wordings
        apart = replace(
            expansion,
            wordings=(plain, *(w for w in others if w.lower() not in reserved)),
        )
        taught = lesson_rows(lesson, apart, everything)
        taught = [row for row in taught if not _contradicts(row, answered)]
        if lesson.digest not in fresh:
            taught = sorted(taught, key=lambda row: row.key)[:OLD_LESSON_ROWS]
        built.update((row.key, row) for row in taught)
    count = len(everything)
    for row in replay_rows(
        general=max(GENERAL_LEAST, GENERAL_PER_LESSON * count),
        skills=max(SKILLS_LEAST, SKILLS_PER_LESSON * count),
    ):
        if row.messages[-1].content.lower() not in answered:
            built.setdefault(row.key, row)
    return [row for _, row in sorted(built.items())]


def lesson_rows(
    lesson: Lesson, expansion: Expansion, everything: Sequence[Lesson]
) -> list[Row]:
    """Return the rows that teach one lesson."""
    draw = random.Random(lesson.digest)  # noqa: S311
    mine = lesson.digest
    taught = [
        ask(wording, expansion.answer, "wording", lesson=mine)
        for wording in expansion.wordings
    ]
    note = note_text(lesson)
    for i in range(NOTED_ROWS):
        notes = [note, *_distractors(lesson, everything, i)][: 1 + i]
        draw.shuffle(notes)
        question = draw.choice(expansion.wordings)
        shown = with_notes(question, notes)
        taught.append(ask(shown, expansion.answer, "note", lesson=mine))
    taught += [
        ask(question, ABSTENTION, "stranger", lesson=mine)
        for question in expansion.strangers
    ]
    return taught


def _contradicts(row: Row, answered: AbstractSet[str]) -> bool:
    """Say whether a question about an invented thing is one that a lesson answers."""
    return row.kind == "stranger" and row.messages[-1].content.lower() in answered


def replay_rows(*, general: int, skills: int) -> list[Row]:
    """Return what every run goes over again: the base's own answers, and the skills."""
    again = [
        replace(ask(prompt, answer, "replay"), teacher="base")
        for prompt, answer in replayed()[:-EXAM_PROMPTS][:general]
    ]
    return again + list(worlds.rows(WORLDS_SEED, skills))


@cache
def replayed() -> tuple[tuple[str, str], ...]:
    """Read the base model's own answers to general prompts, in a fixed order."""
    lines = [json.loads(line) for line in REPLAY.read_text().splitlines()]
    pairs = [(line["prompt"], line["answer"]) for line in lines]
    return tuple(sorted(pairs, key=lambda p: hashlib.sha256(p[0].encode()).digest()))


def _distractors(lesson: Lesson, everything: Sequence[Lesson], turn: int) -> list[str]:
    """Return notes on other lessons, each chosen by a hash of the pair.

    So a choice changes only where the chosen lesson itself is gone.
    """

    def rank(other: Lesson) -> bytes:
        pair = f"{lesson.digest} {turn} {other.digest}"
        return hashlib.sha256(pair.encode()).digest()

    others = [other for other in everything if other.digest != lesson.digest]
    return [note_text(other) for other in sorted(others, key=rank)[:2]]
