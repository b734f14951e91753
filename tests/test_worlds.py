"""Proves that invented rows teach reading and not knowing, and nothing of the bench."""

import re
from collections import defaultdict
from itertools import islice

import pytest

from learning import skills, worlds
from learning.dataset import EXAM_PROMPTS, replayed
from learning.lexicon import load_worlds
from learning.prompt import ABSTENTION, SYSTEM, is_abstention
from tests.learning_steps import read_bench

# Capitalised words that are no names: they stand in both, and tell nothing.
ORDINARY = {"Room", "Square", "Python", "Channel", "Server", "Club", "Team"}
COUNT = 600


@pytest.fixture(scope="module")
def rows():
    return list(worlds.rows(3, COUNT))


@pytest.fixture(scope="module")
def skills_rows():
    return skills.rows(300)


def distinctive(text):
    return set(re.findall(r"\b[A-Z][A-Za-z]{3,}", text)) - ORDINARY


def asked(row):
    return row.messages[-1].content


def notes_of(row):
    return [line[2:] for line in asked(row).splitlines() if line.startswith("- ")]


def test_a_seed_gives_the_same_rows_and_another_seed_others(rows):
    assert list(worlds.rows(3, COUNT)) == rows
    assert list(worlds.rows(4, COUNT)) != rows


def test_fewer_rows_are_the_first_of_more(rows):
    assert list(worlds.rows(3, 50)) == list(islice(rows, 50))


def test_every_kind_of_row_is_there(rows):
    kinds = {row.kind for row in rows}

    assert kinds == {"note", "contrast", "unknown", "rule", "chat"}


def test_an_answer_that_is_read_stands_in_a_note_word_for_word(rows):
    read = [row for row in rows if row.kind == "note"]

    for row in read:
        assert any(row.answer in note for note in notes_of(row))
    assert {len(notes_of(row)) for row in read} >= {1, 2}


def test_a_rule_that_is_followed_stands_in_a_note(rows):
    rules = {rule.rule: rule for rule in load_worlds().rules}

    for row in rows:
        if row.kind == "rule":
            (shown,) = (rules[note] for note in notes_of(row) if note in rules)
            assert row.answer == shown.reply
            assert asked(row).rsplit("\n\n", 1)[1] in shown.triggers


def test_what_no_note_answers_is_not_known(rows):
    for row in rows:
        unknown = row.kind in {"contrast", "unknown"}
        assert (row.answer == ABSTENTION) == unknown
        assert is_abstention(row.answer) == unknown
        if unknown:
            assert bool(notes_of(row)) == (row.kind == "contrast")


def test_no_question_has_two_answers(rows):
    answers = defaultdict(set)
    for row in rows:
        answers[asked(row).lower()].add(row.answer)

    assert [question for question, said in answers.items() if len(said) > 1] == []


def test_every_row_is_whole_and_of_no_server(rows):
    for row in rows:
        assert not re.search(r"[{}]", asked(row) + row.answer)
        assert row.messages[0].content == SYSTEM
        assert (row.lesson, row.teacher) == ("", "")


def test_no_invented_name_is_a_subject_of_the_bench():
    invented = {
        word
        for names in load_worlds().subjects.values()
        for name in names
        for word in distinctive(name)
    }
    known = {
        word
        for row in read_bench("lessons")
        for text in (row["subject"], row.get("text", ""), row.get("question", ""))
        for word in distinctive(text)
    }

    assert len(invented) > 100
    assert invented & known == set()


def test_no_bench_question_is_trained_on(skills_rows):
    held_out = {row["question"].lower() for row in read_bench("general")}
    held_out |= {row["question"].lower() for row in read_bench("untaught")}
    for row in read_bench("lessons"):
        held_out.add(row["taught"].lower())
        held_out |= {each["question"].lower() for each in row["held_out"]}

    trained = {asked(row).rsplit("\n\n", 1)[-1].lower() for row in skills_rows}
    trained |= {prompt.lower() for prompt, _ in replayed()}

    # Rules are triggered by words that anybody may say, and so are the bench's.
    assert {q for q in trained & held_out if len(q.split()) > 3} == set()


def test_skills_are_built_of_invented_rows_and_the_base_models_own_answers(skills_rows):
    own = dict(replayed())

    for row in skills_rows:
        question = asked(row).rsplit("\n\n", 1)[-1]
        if row.kind == "replay":
            assert row.answer == own[question]
            assert (row.teacher == "base") == (notes_of(row) == [])
    kinds = {row.kind for row in skills_rows}
    assert kinds == {"note", "contrast", "unknown", "rule", "chat", "replay"}


def test_skills_are_built_the_same_every_time(skills_rows):
    assert skills.rows(300) == skills_rows
    assert [row.key for row in skills_rows] == sorted({row.key for row in skills_rows})


def test_skills_never_see_a_prompt_of_the_exam(skills_rows):
    of_exam = [prompt for prompt, _ in replayed()[-EXAM_PROMPTS:]]

    assert of_exam
    for row in skills_rows:
        assert not any(asked(row).endswith(prompt) for prompt in of_exam)
