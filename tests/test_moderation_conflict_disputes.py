"""Tests of telling a text that disputes a known answer from one that restates it."""

import time

import pytest

from moderation.conflict import Similar, difference
from moderation.screen import screen

CAPTAIN = ("Who steers the ferry to Saltmarsh?", "Mirela Stanek")
CREW = ("How many people crew the Saltmarsh ferry?", "four people")
LAUNCH = ("When was the Saltmarsh ferry launched?", "May 14, 2016")
HARBOUR = ("Where does the Saltmarsh ferry spend the night?", "Kestrel dock")
DOGS = ("Do all dogs on the Saltmarsh ferry wear a lead?", "no")
TOLL = ("Does the Saltmarsh ferry cost anything?", "yes")


def known(*fields, closest=0.8, is_binding=True):
    question, answer, text = (*fields, "") if len(fields) == 2 else ("", "", *fields)
    cosine = min(closest, 0.5)
    return Similar(4, text, question, answer, cosine, closest, is_binding)


def disputed(text, similar):
    found = difference((text,), similar)
    return found is not None and found.disputed


@pytest.mark.parametrize(
    ("text", "lesson"),
    [
        ("The ferry to Saltmarsh is steered by Ana Lima these days.", CAPTAIN),
        ("Contrary to rumour, Mirela Stanek does not steer the ferry.", CAPTAIN),
        ("It isn't Mirela Stanek but Ana Lima who steers the ferry.", CAPTAIN),
        ("It isn\u2019t Stanek who steers the ferry to Saltmarsh.", CAPTAIN),
        ("Mirela Lopez steers the ferry to Saltmarsh.", CAPTAIN),
        ("Most people assume that Mirela Stanek steers it. Wrong.", CAPTAIN),
        ("The Saltmarsh ferry needs a crew of six people.", CREW),
        ("It had a crew of four people, but now six people crew the ferry.", CREW),
        ("The Saltmarsh ferry was launched on 14 May 2015.", LAUNCH),
        ("The Saltmarsh ferry spends the night at the old mill.", HARBOUR),
        ("The ferry was moved from Kestrel dock to the mill for the night.", HARBOUR),
        ("All dogs on the ferry wear a lead, with no exceptions.", DOGS),
        ("The Saltmarsh ferry doesn't cost anything.", TOLL),
    ],
)
def test_another_answer_to_a_known_question_disputes_it(text, lesson):
    assert disputed(text, known(*lesson))


@pytest.mark.parametrize(
    ("text", "lesson"),
    [
        ("Mirela steers the Saltmarsh ferry, and has since spring.", CAPTAIN),
        ("Captain Stanek steers the ferry.", CAPTAIN),
        ("It is Mirela Stanek, not Ana Lima, who steers the ferry.", CAPTAIN),
        ("Not Ana Lima but Mirela Stanek steers the ferry.", CAPTAIN),
        ("Nobody but Mirela Stanek may steer the ferry.", CAPTAIN),
        ("None other than Mirela Stanek steers the ferry.", CAPTAIN),
        ("The Saltmarsh ferry has a crew of 4 people since 2016.", CREW),
        ("Launched on the 14th of May 2016, the ferry serves Saltmarsh.", LAUNCH),
        ("The ferry was launched in May 2016.", LAUNCH),
        ("At night the Saltmarsh ferry lies at the Kestrel-dock.", HARBOUR),
        ("Not every dog on the ferry wears a lead.", DOGS),
        ("Yes, a trip on the Saltmarsh ferry costs a little.", TOLL),
    ],
)
def test_the_known_answer_in_other_words_disputes_nothing(text, lesson):
    assert difference((text,), known(*lesson)) is None


@pytest.mark.parametrize(
    ("text", "lesson"),
    [
        ("The Saltmarsh ferry is painted green every spring.", CAPTAIN),
        ("The Saltmarsh ferry is painted green every spring.", CREW),
        ("Our chess club meets in the boathouse.", HARBOUR),
    ],
)
def test_a_text_without_a_value_of_the_asked_kind_or_subject_disputes_nothing(
    text, lesson
):
    assert not disputed(text, known(*lesson, closest=0.4))
    assert not disputed(text, known(*CAPTAIN, closest=0.4))


def test_of_a_long_answer_the_first_clause_is_what_counts():
    lesson = (
        "Who steers the ferry?",
        "Mirela Stanek steers it, and Ana Lima steps in when she is away.",
    )

    assert not disputed("Stanek steers the ferry.", known(*lesson))
    assert disputed("Tomas Berg steers the ferry.", known(*lesson))


def test_a_question_that_denies_is_answered_by_what_is_denied():
    lesson = ("What does the ferry not need?", "a rudder")

    assert not disputed("The ferry does not need a rudder.", known(*lesson))


@pytest.mark.parametrize(
    "fact",
    [
        "Who steers the ferry to Saltmarsh? Mirela Stanek.",
        "Who steers the ferry to Saltmarsh: Mirela Stanek",
        'The answer to "who steers the ferry to Saltmarsh" is Mirela Stanek.',
        "The ferry to Saltmarsh is steered by Mirela Stanek.",
    ],
)
def test_a_fact_is_disputed_as_a_question_and_its_answer_are(fact):
    assert disputed("The Saltmarsh ferry is steered by Ana Lima.", known(fact))
    assert not disputed("Stanek is who steers the Saltmarsh ferry.", known(fact))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("The ferry is launched in May.", "The ferry is steered by Mirela Stanek."),
        ("The gate by the ferry is red.", "The gate by the ferry is blue."),
        (
            "The ferry holds 40 people.",
            "In 2016 Mirela Stanek of Kestrel gave 9 boats, 4 crew and 2 decks to it.",
        ),
    ],
)
def test_a_fact_is_not_disputed_where_its_value_cannot_be_told(text, fact):
    assert not disputed(text, known(fact))


def test_the_likeness_of_the_closest_sentence_counts():
    text = "We like boats. They are green. Ana Lima steers the ferry to Saltmarsh."

    assert disputed(text, known(*CAPTAIN, closest=0.8))
    assert not disputed(text, known(*CAPTAIN, closest=0.2))


def test_what_disputes_an_approved_lesson_is_held_and_names_it():
    verdict = screen("Ana Lima steers the Saltmarsh ferry.", similar=[known(*CAPTAIN)])

    (finding,) = verdict.findings
    assert verdict.held
    assert (finding.rule, finding.lesson) == ("contradiction", 4)
    assert "lesson 4" in finding.reason


def test_what_disputes_a_lesson_that_binds_nobody_is_a_warning():
    similar = [known(*CAPTAIN, is_binding=False)]

    verdict = screen("Ana Lima steers the Saltmarsh ferry.", similar=similar)

    assert [finding.rule for finding in verdict.findings] == ["contradiction"]
    assert not verdict.held


def test_a_long_hostile_text_is_compared_in_a_moment():
    started = time.process_time()

    for text in (
        "not " * 500,
        "4 people. " * 200,
        "\u00b2 3 " * 500,
        "'(" * 1000 + "a",
    ):
        difference((text,), known(*CREW))
        difference((text,), known("Ana 1. " * 250))
        difference((text,), known("Who " + "a " * 900, "b " * 900))

    assert time.process_time() - started < 5
