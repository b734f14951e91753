"""Tests that the benchmark's lessons and questions are what their fields claim."""

import json
import re
from collections import Counter
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent / "bot" / "bench"

STOPWORDS = frozenset(
    """
    a about after again all am an and another any are as at be been before being but
    by can cannot could did do does doing d down each ever every everybody everyone
    exactly for from had has have he her here him his how i if in into is it its just
    ll m many may me might more most much must my no not now of off old on once one
    only or our out over own re s shall she should so some somebody someone something
    such t than that the their them then there these they this those to too up us ve
    very was we were what when where which while who whom whose why will with without
    would you your
    """.split()
)
SUFFIXES = ("ings", "ing", "ers", "ors", "est", "er", "or", "ed", "es", "s", "e")
STEM_LENGTH = 5


def read(name):
    lines = (BENCH / name).read_text(encoding="ascii").splitlines()
    return [json.loads(line) for line in lines]


LESSONS = read("lessons.jsonl")
UNTAUGHT = read("untaught.jsonl")
GENERAL = read("general.jsonl")


def normalise(text):
    return " ".join(text.lower().split())


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def stem(word):
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:STEM_LENGTH]


def stems(text):
    return {stem(word) for word in words(text) if word not in STOPWORDS}


def subject_stems(lesson):
    return {stem(word) for word in words(lesson["subject"])}


def content(lesson):
    parts = [lesson.get(field, "") for field in ("question", "answer", "text")]
    return stems(" ".join(parts)) - subject_stems(lesson)


def statement(lesson):
    return lesson["answer"] if lesson["kind"] == "qa" else lesson["text"]


def keys(row):
    return [row["key"], *row["aliases"]]


def questions(lesson):
    held_out = [held["question"] for held in lesson["held_out"]]
    return [lesson["taught"], *held_out]


def held_out_pairs(kind):
    return [
        (lesson, held["question"])
        for lesson in LESSONS
        for held in lesson["held_out"]
        if held["kind"] == kind
    ]


def name(lesson):
    """Return the word by which a subject is told from every other subject."""
    return words(lesson["subject"])[0]


def test_inflections_of_a_word_have_one_stem():
    families = [
        "maintains maintainer",
        "edits editor editing",
        "meet meeting meets",
        "trade trading traded",
    ]

    sizes = [len(stems(family)) for family in families]

    assert sizes == [1, 1, 1, 1]


def test_there_are_thirty_lessons_with_ids_from_one_upwards():
    ids = [lesson["id"] for lesson in LESSONS]

    assert ids == list(range(1, 31))


def test_the_lessons_cover_every_category():
    counts = Counter(lesson["category"] for lesson in LESSONS)

    assert counts == {
        "person": 7,
        "number": 7,
        "place": 6,
        "procedure": 6,
        "rule": 4,
    }


def test_the_lessons_come_in_all_three_kinds():
    counts = Counter(lesson["kind"] for lesson in LESSONS)

    assert counts == {"qa": 18, "fact": 8, "rule": 4}


def test_a_lesson_has_the_fields_of_its_kind_and_no_others():
    common = {
        "id",
        "category",
        "kind",
        "subject",
        "key",
        "aliases",
        "taught",
        "held_out",
    }
    own = {"qa": {"question", "answer"}, "fact": {"text"}, "rule": {"text"}}

    wrong = [row["id"] for row in LESSONS if set(row) != common | own[row["kind"]]]

    assert wrong == []


def test_the_rules_are_the_lessons_of_the_category_rule():
    wrong = [
        lesson["id"]
        for lesson in LESSONS
        if (lesson["kind"] == "rule") != (lesson["category"] == "rule")
    ]

    assert wrong == []


def test_a_question_and_answer_lesson_is_checked_with_its_own_question():
    wrong = [
        lesson["id"]
        for lesson in LESSONS
        if lesson["kind"] == "qa" and lesson["taught"] != lesson["question"]
    ]

    assert wrong == []


def test_an_answer_has_at_most_twelve_words():
    answers = [row["answer"] for row in LESSONS if row["kind"] == "qa"]

    long = [answer for answer in answers if not 1 <= len(answer.split()) <= 12]

    assert long == []


def test_at_most_three_subjects_have_two_lessons_and_none_has_more():
    counts = Counter(lesson["subject"] for lesson in LESSONS)

    repeated = [count for count in counts.values() if count > 1]

    assert len(repeated) <= 3
    assert set(repeated) <= {2}


def test_different_subjects_have_different_names():
    subjects = {lesson["subject"] for lesson in LESSONS}

    names = {name(lesson) for lesson in LESSONS}

    assert len(names) == len(subjects)


def test_every_lesson_has_three_held_out_questions_of_both_kinds():
    wrong = [
        lesson["id"]
        for lesson in LESSONS
        if len(lesson["held_out"]) != 3
        or {held["kind"] for held in lesson["held_out"]} != {"shared", "unshared"}
    ]

    assert wrong == []


def test_there_are_enough_shared_and_unshared_questions():
    shared, unshared = held_out_pairs("shared"), held_out_pairs("unshared")

    assert len(shared) >= 45
    assert len(unshared) >= 30
    assert len(shared) + len(unshared) == 90


def test_every_held_out_question_differs_from_the_taught_wording():
    wrong = [
        held["question"]
        for lesson in LESSONS
        for held in lesson["held_out"]
        if words(held["question"])
        in (words(lesson["taught"]), words(lesson.get("question", "")))
    ]

    assert wrong == []


def test_no_question_about_the_lessons_is_asked_twice():
    counts = Counter(
        normalise(question) for lesson in LESSONS for question in questions(lesson)
    )

    repeated = [question for question, count in counts.items() if count > 1]

    assert repeated == []


def test_every_question_names_the_subject_of_its_lesson():
    wrong = [
        question
        for lesson in LESSONS
        for question in questions(lesson)
        if name(lesson) not in words(question)
    ]

    assert wrong == []


def test_no_held_out_question_names_the_subject_of_another_lesson():
    names = {name(lesson) for lesson in LESSONS}

    wrong = [
        question
        for lesson in LESSONS
        for question in questions(lesson)
        if names & set(words(question)) != {name(lesson)}
    ]

    assert wrong == []


def test_an_unshared_question_shares_no_content_word_with_its_lesson_but_the_subject():
    shared = {
        question: sorted(content(lesson) & stems(question))
        for lesson, question in held_out_pairs("unshared")
    }

    wrong = {question: found for question, found in shared.items() if found}

    assert wrong == {}


def test_an_unshared_question_shares_no_content_word_with_the_taught_check():
    shared = {
        question: sorted(
            (stems(lesson["taught"]) - subject_stems(lesson)) & stems(question)
        )
        for lesson, question in held_out_pairs("unshared")
    }

    wrong = {question: found for question, found in shared.items() if found}

    assert wrong == {}


def test_a_shared_question_shares_a_content_word_with_its_lesson_besides_the_subject():
    wrong = [
        question
        for lesson, question in held_out_pairs("shared")
        if not content(lesson) & stems(question)
    ]

    assert wrong == []


def test_an_answer_contains_the_key():
    wrong = [
        lesson["id"]
        for lesson in LESSONS
        if lesson["key"] not in normalise(statement(lesson))
    ]

    assert wrong == []


def test_keys_and_aliases_are_normalised_and_not_empty():
    every = [key for row in LESSONS + GENERAL for key in keys(row)]

    wrong = [key for key in every if not key or key != normalise(key)]

    assert wrong == []


def test_no_question_of_a_lesson_contains_its_key_or_an_alias():
    wrong = [
        (question, key)
        for lesson in LESSONS
        for question in questions(lesson)
        for key in keys(lesson)
        if key in normalise(question)
    ]

    assert wrong == []


def test_no_lesson_contains_the_key_of_another():
    wrong = [
        (one["id"], other["id"])
        for one in LESSONS
        for other in LESSONS
        if one is not other
        and any(key in normalise(statement(other)) for key in keys(one))
    ]

    assert wrong == []


def test_half_of_the_forty_untaught_questions_are_near_a_lesson():
    counts = Counter(row["kind"] for row in UNTAUGHT)

    assert counts == {"far": 20, "near": 20}


def test_untaught_questions_are_distinct_and_do_not_repeat_a_lessons_question():
    asked = [normalise(row["question"]) for row in UNTAUGHT]
    known = {normalise(text) for lesson in LESSONS for text in questions(lesson)}

    repeated = known & set(asked)

    assert len(set(asked)) == len(asked)
    assert repeated == set()


def test_a_far_question_names_no_lesson_and_no_subject_of_one():
    names = {name(lesson) for lesson in LESSONS}

    wrong = [
        row["question"]
        for row in UNTAUGHT
        if row["kind"] == "far"
        and (row["near_lesson"] is not None or names & set(words(row["question"])))
    ]

    assert wrong == []


def test_a_near_question_names_the_subject_of_its_lesson():
    by_id = {lesson["id"]: lesson for lesson in LESSONS}

    wrong = [
        row["question"]
        for row in UNTAUGHT
        if row["kind"] == "near"
        and name(by_id[row["near_lesson"]]) not in words(row["question"])
    ]

    assert wrong == []


def test_a_near_question_shares_nothing_but_the_subject_with_the_lessons_about_it():
    by_id = {lesson["id"]: lesson for lesson in LESSONS}
    near = [row for row in UNTAUGHT if row["kind"] == "near"]

    wrong = [
        row["question"]
        for row in near
        for lesson in LESSONS
        if lesson["subject"] == by_id[row["near_lesson"]]["subject"]
        and content(lesson) & stems(row["question"])
    ]

    assert wrong == []


def test_there_are_a_hundred_general_questions_and_no_two_are_alike():
    asked = {tuple(words(row["question"])) for row in GENERAL}

    assert len(GENERAL) == 100
    assert len(asked) == 100


def test_a_general_question_has_a_question_a_key_and_aliases_only():
    wrong = [row for row in GENERAL if set(row) != {"question", "key", "aliases"}]

    assert wrong == []


def test_no_general_question_contains_its_key_or_an_alias():
    wrong = [
        (row["question"], key)
        for row in GENERAL
        for key in keys(row)
        if key in normalise(row["question"])
    ]

    assert wrong == []


def test_no_general_question_names_a_subject_that_a_fact_teaches():
    names = {name(lesson) for lesson in LESSONS if lesson["kind"] != "rule"}

    wrong = [row for row in GENERAL if names & set(words(row["question"]))]

    assert wrong == []
