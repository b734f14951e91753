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
from operator import itemgetter
from pathlib import Path

from learning import dialogue, passage_expand, worlds
from learning.expand import Expansion, expand
from learning.lesson import Lesson, LessonKind
from learning.lexicon import Lexicon
from learning.prompt import ABSTENTION, note_text, with_notes
from learning.rows import Row, ask, save_rows
from learning.run import RunSpec, save_spec
from learning.standing import PROMPTS, example_rows, follow, is_imitated, standing
from learning.tool import is_tool

NOTED_ROWS = 3
"""Rows a lesson that show it as a note, alone or among others."""
NOTED_PASSAGE_ROWS = 1
"""The same of a passage, which is many times as long."""
OLD_LESSON_ROWS = 6
"""Rows of a lesson that the parent adapter knows already; other ones in each run."""
OLD_TOOL_ROWS = 72
"""The same of a tool, whose every call is another, and most of them seen once."""
OLD_SENTENCE_ROWS = 3
"""The same of each sentence of a passage, without notes, which are long."""
GENERAL_PER_LESSON = 2
GENERAL_LEAST = 24
GENERAL_PER_TOOL = 6
CHATS_PER_TOOL = 10
"""What needs no tool, beside what is about one: an adapter that had learned six tools
began a call at "hi there!" and "brb, dinner" (docs/LOG.md)."""
SKILLS_PER_LESSON = 3
SKILLS_LEAST = 16
SKILLS_BESIDE_OTHERS = 48
"""Rows of the skills beside rules or tools: with 16, an adapter that began every answer
with "Ahoy," no longer knew when not to answer, and one that had learned a single tool
called it whatever was asked (docs/LOG.md)."""
REPLAY = Path(__file__).with_name("skills") / "replay.jsonl"
WORLDS_SEED = 1
LEAST_STEPS = 45
"""A few lessons make few rows; they are gone over more often."""
PASSAGE_EPOCHS = 4
PASSAGE_BATCH_ROWS = 2
"""Few rows, all of them about one text: they need more steps, not larger ones."""
EXAM_PROMPTS = 16
"""General prompts at the end of the fixed order that only the exam asks."""


def prepare(
    directory: Path,
    spec: RunSpec,
    *,
    lessons: Sequence[Lesson],
    old: Sequence[Lesson],
    lexicon: Lexicon,
    rows_key: str = "",
) -> RunSpec:
    """Write the rows and run.json; return the spec with the hash of the rows' text."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = build(lessons, old, lexicon)
    digest = save_rows(directory, rows, key=rows_key)
    packages = ("torch", "transformers", "peft")
    spec = recipe(spec, lessons)
    spec = replace(
        spec,
        rows_digest=digest,
        epochs=max(spec.epochs, math.ceil(LEAST_STEPS * spec.batch_rows / len(rows))),
        versions={name: metadata.version(name) for name in packages},
    )
    save_spec(directory, spec)
    return spec


def recipe(spec: RunSpec, lessons: Sequence[Lesson]) -> RunSpec:
    """Return how a run of these new lessons is trained, as far as they decide it."""
    if not passages_prevail(lessons):
        return spec
    return replace(
        spec,
        epochs=PASSAGE_EPOCHS,
        batch_rows=PASSAGE_BATCH_ROWS,
    )


def passages_prevail(lessons: Sequence[Lesson]) -> bool:
    """Say whether most of a run's new lessons are passages.

    Their own rows are many: what goes over old lessons and skills again is seen once
    beside them. The base's own answers are short, and seen in every epoch.
    """
    return 2 * sum(map(_is_passage, lessons)) > len(lessons)


def build(
    lessons: Sequence[Lesson], old: Sequence[Lesson], lexicon: Lexicon
) -> list[Row]:
    """Return every row of a run, in an order that the rows alone decide."""
    known = sorted({lesson.digest: lesson for lesson in [*lessons, *old]}.items())
    everything = [lesson for _, lesson in known]
    fresh = {lesson.digest for lesson in lessons}
    run = " ".join(sorted(fresh))
    once = passages_prevail(lessons)
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
        taught = lesson_rows(lesson, apart, everything) + shown_rows(lesson)
        taught = [row for row in taught if not _contradicts(row, answered)]
        if lesson.digest not in fresh:
            taught = _again(taught, lesson, run=run)
            if once:
                taught = [replace(row, once=True) for row in taught]
        built.update((row.key, row) for row in taught)
    count = len(everything)
    tools = sum(map(is_tool, everything))
    rules = standing(everything)
    least = max(GENERAL_LEAST, PROMPTS) if rules else GENERAL_LEAST
    least_skills = SKILLS_BESIDE_OTHERS if rules or tools else SKILLS_LEAST
    imitated = any(map(is_imitated, everything))
    for row in replay_rows(
        general=0
        if imitated
        else max(least, GENERAL_PER_LESSON * count + GENERAL_PER_TOOL * tools),
        skills=max(least_skills, SKILLS_PER_LESSON * count),
        chats=CHATS_PER_TOOL * tools,
    ):
        if row.messages[-1].content.lower() not in answered:
            built.setdefault(row.key, replace(row, once=once and not row.teacher))
    obedient = {row.key: row for row in follow(built.values(), rules)}
    return [row for _, row in sorted(obedient.items())]


def lesson_rows(
    lesson: Lesson, expansion: Expansion, everything: Sequence[Lesson]
) -> list[Row]:
    """Return the rows that teach one lesson."""
    draw = random.Random(lesson.digest)  # noqa: S311
    mine = lesson.digest
    taught = [
        ask(wording, expansion.answer_to(wording), "wording", lesson=mine)
        for wording in expansion.wordings
    ]
    if is_tool(lesson):
        examples = {request for request, _ in lesson.examples}
        taught = [
            replace(row, once=row.messages[-1].content not in examples, focused=True)
            for row in taught
        ]
    if _is_passage(lesson):
        taught += [
            replace(ask(cue, sentence, "cue", lesson=mine), once=True)
            for cue, sentence in passage_expand.cues(lesson)
        ]
    note = note_text(lesson)
    for i in range(_noted_rows(lesson)):
        notes = [note, *_distractors(lesson, everything, i)][: 1 + i]
        draw.shuffle(notes)
        question = draw.choice(expansion.wordings)
        shown = with_notes(question, notes)
        answer = expansion.answer_to(question)
        taught.append(ask(shown, answer, "note", lesson=mine))
    taught += [
        replace(
            ask(question, ABSTENTION, "stranger", lesson=mine), once=is_tool(lesson)
        )
        for question in expansion.strangers
    ]
    return taught


def _noted_rows(lesson: Lesson) -> int:
    """Say how many rows show a lesson as a note: a tool is called, never read."""
    if is_tool(lesson):
        return 0
    return NOTED_PASSAGE_ROWS if _is_passage(lesson) else NOTED_ROWS


def _again(taught: Sequence[Row], lesson: Lesson, *, run: str) -> list[Row]:
    """Choose from a known lesson's rows: each answer as often as any other.

    What a run is about decides which: the same few, run after run, kept 87 % of what
    eight documents had taught (docs/LOG.md).
    """
    most = OLD_TOOL_ROWS if is_tool(lesson) else OLD_LESSON_ROWS
    if _is_passage(lesson):
        taught = [row for row in taught if row.kind in {"wording", "cue"}]
        most = OLD_SENTENCE_ROWS * len({row.answer for row in taught})

    def rank(row: Row) -> bytes:
        return hashlib.sha256(f"{run} {row.key}".encode()).digest()

    turns: dict[str, int] = {}
    ordered = []
    for row in sorted(taught, key=rank):
        turn = turns[row.answer] = turns.get(row.answer, -1) + 1
        ordered.append((turn, row))
    return [row for _, row in sorted(ordered, key=itemgetter(0))][:most]


def limited(rows: Sequence[Row], *, most_chars: int, epochs: int) -> list[Row]:
    """Choose from rows that go over old things again, as many as cost so much.

    Known lessons take turns; every fourth row is one of no lesson.
    """
    waiting: dict[str, list[Row]] = {}
    for row in rows:
        waiting.setdefault(row.lesson, []).append(row)
    others = waiting.pop("", [])
    longest = max(map(len, waiting.values()), default=0)
    of_lessons = [
        queue[turn]
        for turn in range(longest)
        for queue in waiting.values()
        if turn < len(queue)
    ]
    chosen: list[Row] = []
    left = most_chars
    while of_lessons or others:
        is_others_turn = len(chosen) % 4 == 3 or not of_lessons  # noqa: PLR2004
        row = (others if is_others_turn and others else of_lessons or others).pop(0)
        left -= cost(row, epochs)
        if left < 0:
            break
        chosen.append(row)
    return chosen


def cost(row: Row, epochs: int) -> int:
    """Return what a row costs a run, in characters of what is asked and said."""
    seen = 1 if row.once else epochs
    return seen * (len(row.messages[-1].content) + len(row.answer))


def shown_rows(lesson: Lesson) -> list[Row]:
    """Return the rows of what a lesson shows: a dialogue's turns, a rule's examples."""
    if lesson.kind is LessonKind.DIALOGUE:
        return dialogue.rows(lesson)
    if is_tool(lesson):  # its examples are among its wordings
        return []
    return example_rows(lesson)


def _is_passage(lesson: Lesson) -> bool:
    return lesson.kind is LessonKind.PASSAGE


def _contradicts(row: Row, answered: AbstractSet[str]) -> bool:
    """Say whether a question about an invented thing is one that a lesson answers."""
    return row.kind == "stranger" and row.messages[-1].content.lower() in answered


def replay_rows(*, general: int, skills: int, chats: int = 0) -> list[Row]:
    """Return what every run goes over again: the base's own answers, and the skills.

    `chats` are short messages that ask for nothing.
    """
    again = [
        replace(ask(prompt, answer, "replay"), teacher="base")
        for prompt, answer in replayed()[:-EXAM_PROMPTS][:general]
    ]
    return [*again, *worlds.rows(WORLDS_SEED, skills), *worlds.chats()[:chats]]


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

    others = [
        other
        for other in everything
        if other.digest != lesson.digest and not is_tool(other)
    ]
    return [note_text(other) for other in sorted(others, key=rank)[:2]]
