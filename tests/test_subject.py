"""Proves that names, content words and stems are found by a text's words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.subject import (
    LONGEST_SUBJECT_WORDS,
    STOPWORDS,
    content_words,
    short_forms,
    stem,
    stems,
    subject,
    subjects,
    words,
)
from tests.learning_steps import bench_lessons, fact, qa, read_bench, rule

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            "the Orion staging server Who keeps our I Mr. don't a.b/c . ? ! -- über Ж 7"
            " 'x' #room @Uma".split(" ")
        ),
        max_size=10,
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Who maintains the Orion staging server?", ["Orion staging server"]),
        ("The Emberfall raid starts at nine.", ["Emberfall raid"]),
        (
            "Ilse Vanderholt edits the Lantern Letter, our monthly newsletter.",
            ["Ilse Vanderholt", "Lantern Letter", "monthly newsletter"],
        ),
        ("what time does the market close", ["market"]),
        ("Orion staging backup server host list", ["Orion staging backup server"]),
        ("Where do I park my bike?", ["bike"]),
        ("Be polite.", ["polite"]),
        ("I like tea", ["tea"]),
        ("Who is it?", []),
        ("", []),
        ("?!", []),
    ],
)
def test_names_come_first_then_what_an_article_points_at(text, found):
    assert subjects(text)[: len(found)] == found
    assert bool(subjects(text)) == bool(found)


def test_a_lesson_is_about_the_first_name_of_what_is_asked_or_said():
    assert subject(qa("Who keeps the Red Key?", "Priya Raman does.")) == "Red Key"
    assert subject(fact("Priya Raman keeps the Red Key.")) == "Priya Raman"
    assert subject(rule("Keep it open.")) == ""


def test_the_bench_subjects_are_recognised():
    known = {row["id"]: row["subject"] for row in read_bench("lessons")}
    named = [each for each in bench_lessons() if each.kind != "rule"]

    missed = [
        each.statement
        for each in named
        if not stems(known[each.id])
        & stems(" ".join(subjects(each.question or each.text)))
    ]

    assert missed == []


@given(TEXTS)
def test_any_text_has_subjects_made_of_its_own_words(text):
    own = set(words(text))

    for name in subjects(text):
        assert 0 < len(name.split()) <= LONGEST_SUBJECT_WORDS
        assert set(name.split()) <= own


def test_marks_around_words_are_left_out():
    assert words('"Orion", v1.2 (don\'t); a/b.') == [*["Orion", "v1.2", "don't", "a/b"]]


def test_content_words_are_lower_case_and_carry_meaning():
    assert content_words("Who is the Keeper of Keys?") == ["keeper", "keys"]
    assert not set(content_words(" ".join(STOPWORDS)))


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("maintains", "maintainer"),
        ("open", "opening"),
        ("Keys", "key"),
        ("match", "matches"),
        ("Priya", "priya's"),
    ],
)
def test_forms_of_a_word_share_a_stem(one, another):
    assert stem(one) == stem(another)


def test_a_short_word_keeps_its_ending():
    assert stem("bus") == "bus"
    assert stem("red") == "red"


def test_stems_leave_stopwords_out():
    assert stems("Who opens the shop?") == {stem("opens"), "shop"}


def test_a_name_is_shortened_from_its_end():
    assert short_forms("Orion staging server") == ["Orion staging", "Orion"]
    assert short_forms("Orion") == []
    assert short_forms("The AI lab") == ["The AI"]
