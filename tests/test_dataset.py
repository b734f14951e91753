"""Proves that a run's rows depend on the lessons it is given, and on nothing else."""

import json
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learning.dataset import (
    EXAM_PROMPTS,
    OLD_LESSON_ROWS,
    build,
    prepare,
    replay_rows,
    replayed,
)
from learning.expand import expand
from learning.prompt import ABSTENTION, SYSTEM
from learning.rows import load_rows, save_rows
from learning.run import RunKind, RunSpec, load_spec
from moderation.provenance import Provenance
from tests.learning_steps import bench_lessons, fact, lexicon, qa, rule

# Each is told from the others by words that nothing else of the project uses.
MARKED = {
    "grelbin": qa("Who maintains the Grelbin server?", "Ozwick maintains it."),
    "ozwick": qa("Who maintains the Grelbin server?", "Ozwick maintains it."),
    "fluvern": qa("Who leads the Fluvern guild?", "Tastrid leads it."),
    "plimwort": qa("Who is in charge of the Plimwort guild?", "Yorvik is."),
    "drazzle": qa("Where is the Drazzle shop?", "In Nimbleby Alley."),
    "quorbit": fact("The Quorbit raid starts at nine at the Hexley gate."),
    "vinklet": fact("Vinklet edits our monthly newsletter."),
    "snorfle": rule("When somebody mentions snorfles, answer: Mind the tentacles!"),
    "wubbish": rule("Never mention the wubbish incident."),
    "zhargon": qa("Что такое zhargon?", "Это снег."),
}
POOL = list({lesson.digest: lesson for lesson in MARKED.values()}.values())
REPLAYED = {prompt for prompt, _ in replayed()}
COSTLY = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def rows_of(lessons, old=()):
    return build(lessons, old, lexicon())


def asked(row):
    """What a row asks, below its notes."""
    return row.messages[-1].content.rsplit("\n\n", 1)[-1]


def notes_of(row):
    lines = row.messages[-1].content.splitlines()
    return [line[2:] for line in lines if line.startswith("- ")]


def everything_said(rows):
    return json.dumps([[r.messages[-1].content, r.answer] for r in rows]).lower()


def taught_elsewhere(lessons, first):
    """The same words, taught on another server in another order, by other people."""
    return [
        replace(
            each,
            id=first + 3 * place,
            server="elsewhere",
            author=f"u{place}",
            provenance=Provenance.OPERATOR_FILE,
            source="https://a.example",
        )
        for place, each in enumerate(lessons)
    ]


@pytest.fixture(scope="module")
def bench_rows():
    return rows_of(bench_lessons())


@given(
    shuffled=st.permutations(POOL),
    count=st.integers(1, len(POOL) - 1),
    first=st.integers(1, 10_000),
)
@COSTLY
def test_forgetting_leaves_the_rows_of_a_server_that_was_never_taught(
    tmp_path_factory, shuffled, count, first
):
    here, there = (tmp_path_factory.mktemp("run") for _ in range(2))
    kept = [each for each in POOL if each in shuffled[:count]]
    with_all = rows_of(POOL)

    after = save_rows(here, rows_of(kept))
    never = save_rows(there, rows_of(taught_elsewhere(shuffled[:count], first)))

    assert after == never
    assert (here / "rows.jsonl").read_bytes() == (there / "rows.jsonl").read_bytes()
    assert rows_of(kept) != with_all


@given(shuffled=st.permutations(POOL), count=st.integers(0, len(POOL) - 1))
@COSTLY
def test_no_row_says_a_word_of_a_lesson_that_was_not_given(shuffled, count):
    kept, gone = shuffled[:count], shuffled[count:]

    said = everything_said(rows_of(kept[1:], kept[:1]))

    for word, each in MARKED.items():
        assert (word in said) == (each in kept)
        assert each in kept or each in gone


def test_which_lessons_are_old_and_in_what_order_they_come_is_all_the_same():
    new, old = POOL[:5], POOL[5:]

    assert rows_of(new, old) == rows_of(new[::-1], old[::-1])
    assert rows_of(new, [*old, *new]) == rows_of(new, old)


def test_a_lesson_given_twice_is_one_lesson():
    twice = replace(POOL[0], id=99)

    assert rows_of([*POOL, twice]) == rows_of(POOL)


def test_every_run_has_rows_of_replay():
    for lessons in ([], POOL[:1], POOL):
        rows = rows_of(lessons)

        own = [row for row in rows if row.kind == "replay"]
        skills = [row for row in rows if row.kind != "replay" and not row.lesson]
        assert own
        assert all(row.teacher == "base" for row in own)
        assert {row.kind for row in skills} >= {"note", "contrast", "unknown"}


def test_more_lessons_are_met_with_more_replay(bench_rows):
    def replayed_in(rows):
        return sum(1 for row in rows if not row.lesson)

    assert replayed_in(bench_rows) > replayed_in(rows_of(POOL[:1]))


def test_replay_says_what_the_base_model_said():
    own = dict(replayed())
    for row in replay_rows(general=40, skills=10):
        if row.kind == "replay":
            assert row.answer == own[asked(row)]
            assert notes_of(row) == []


def test_prompts_that_the_exam_asks_are_never_trained_on(bench_rows):
    of_exam = {prompt for prompt, _ in replayed()[-EXAM_PROMPTS:]}
    most = replay_rows(general=10 * len(REPLAYED), skills=0)

    assert len(of_exam) == EXAM_PROMPTS
    assert {asked(row) for row in most} == REPLAYED - of_exam
    assert not {asked(row) for row in bench_rows} & of_exam


def test_wordings_that_the_exam_asks_are_never_trained_on(bench_rows):
    of_exam = {
        question.lower()
        for lesson in bench_lessons()
        for question in expand(lesson, lexicon()).reserve
    }

    assert len(of_exam) > len(bench_lessons())
    assert not {asked(row).lower() for row in bench_rows} & of_exam


def alike():
    """Two lessons on one name and relation: each is worded as the other's exam."""
    relation = lexicon().worlds.relations["leader"]
    return [
        qa(question.format(s="the Fluvern guild"), "Tastrid leads it.", number)
        for number, question in enumerate(relation.questions, start=1)
    ]


def test_what_the_exam_asks_of_one_lesson_no_other_is_trained_on():
    lessons = alike()
    own = {lesson.question.lower() for lesson in lessons}
    of_exam = {
        question.lower()
        for lesson in lessons
        for question in expand(lesson, lexicon()).reserve
    }

    trained = {asked(row).lower() for row in rows_of(lessons)}

    assert of_exam - own
    assert not trained & (of_exam - own)
    assert own <= trained


def answers_by_question(rows):
    answers = defaultdict(set)
    for row in rows:
        answers[row.messages[-1].content.lower()].add(row.answer)
    return answers


def test_no_question_is_trained_on_with_two_answers(bench_rows):
    answers = answers_by_question(bench_rows)

    assert [each for each in answers.items() if len(each[1]) > 1] == []


def test_what_a_lesson_answers_is_not_replayed_with_another_answer():
    said = [row for row in rows_of([]) if not notes_of(row)]
    lessons = [qa(asked(row), "Wubbish.") for row in said[:10]]

    answers = answers_by_question(rows_of(lessons))

    assert len(lessons) == 10
    for lesson in lessons:
        assert answers[lesson.question.lower()] == {"Wubbish."}


def test_a_lesson_is_taught_by_its_own_rows(bench_rows):
    for lesson in bench_lessons():
        mine = [row for row in bench_rows if row.lesson == lesson.digest]
        answer = expand(lesson, lexicon()).answer

        assert {row.kind for row in mine} >= {"wording", "note"}
        taught = {row.answer for row in mine if row.kind != "stranger"}
        assert taught == {answer}


def test_what_a_lesson_says_is_not_said_of_strangers(bench_rows):
    strangers = [row for row in bench_rows if row.kind == "stranger"]

    assert strangers
    assert {row.answer for row in strangers} == {ABSTENTION}


def test_a_noted_row_shows_its_lesson_among_others_that_were_given(bench_rows):
    notes = {
        " ".join(lesson.statement.split()): lesson.digest for lesson in bench_lessons()
    }
    counts = set()
    for row in bench_rows:
        if row.lesson and notes_of(row):
            shown = [notes[note] for note in notes_of(row)]
            counts.add(len(shown))
            assert row.lesson in shown
            assert len(set(shown)) == len(shown)
    assert len(counts) > 1


def test_the_only_lesson_of_a_server_stands_alone_in_its_notes():
    (lesson,) = POOL[:1]

    noted = [r for r in rows_of([lesson]) if r.lesson and notes_of(r)]

    assert noted
    assert all(notes_of(row) == [lesson.statement] for row in noted)


def test_an_old_lesson_is_gone_over_in_fewer_rows():
    new, old = POOL[0], POOL[1]

    rows = rows_of([new], [old])

    of_old = [row for row in rows if row.lesson == old.digest]
    of_new = [row for row in rows if row.lesson == new.digest]
    assert 0 < len(of_old) <= OLD_LESSON_ROWS < len(of_new)
    assert {row.key for row in of_old} <= {row.key for row in rows_of([new, old])}


def test_rows_come_in_the_order_of_their_names(bench_rows):
    keys = [row.key for row in bench_rows]

    assert keys == sorted(set(keys))
    assert {row.messages[0].content for row in bench_rows} == {SYSTEM}


def test_a_run_is_prepared_as_a_directory(tmp_path):
    spec = RunSpec(
        id="r1",
        server="guild",
        kind=RunKind.FRESH,
        base="base",
        base_digest="digest",
        parent=None,
        lessons=(1, 2),
    )
    run = tmp_path / "runs" / "r1"

    prepared = prepare(run, spec, lessons=POOL[:1], old=POOL[1:2], lexicon=lexicon())

    assert load_spec(run) == prepared
    assert load_rows(run) == rows_of(POOL[:1], POOL[1:2])
    assert prepared.rows_digest == save_rows(tmp_path, load_rows(run))
    assert set(prepared.versions) == {"torch", "transformers", "peft"}


def test_a_run_of_few_rows_goes_over_them_more_often(tmp_path):
    spec = RunSpec("r1", "guild", RunKind.FRESH, "base", "digest", None, (1,), epochs=1)

    few = prepare(tmp_path, spec, lessons=[], old=[], lexicon=lexicon())
    many = prepare(tmp_path, spec, lessons=bench_lessons(), old=[], lexicon=lexicon())

    assert few.epochs > many.epochs >= spec.epochs
