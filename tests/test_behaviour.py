"""Proves that what examples have in common is found, seen in a text, and given to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.behaviour import (
    Behaviour,
    Letters,
    behaviour_of,
    reply_of,
    sentences,
    shared,
)
from tests.learning_steps import read_bench, rule

FLY = 'End every answer with "Fly safe!"'


@pytest.mark.parametrize(
    ("replies", "told", "found"),
    [
        (
            ["Rome is it. Fly safe!", "Yes. Fly safe!"],
            FLY,
            Behaviour(ending="Fly safe!"),
        ),
        (["Rome, matey!", "A whale, matey!"], "", Behaviour(ending=", matey!")),
        (["Ahoy, Rome.", "Ahoy, two."], "", Behaviour(opening="Ahoy,")),
        (
            ["Ahoy, the sea is blue.", "Ahoy, the sun is hot."],
            "",
            Behaviour(opening="Ahoy,"),
        ),
        (
            ["Ask a moderator.", "ask a moderator"],
            "",
            Behaviour(whole="Ask a moderator."),
        ),
        (["ROME IT IS", "TWO"], "Shout.", Behaviour(letters=Letters.UPPER, words=0)),
        (
            ["Rome is it.", "It is a small whale."],
            "One sentence.",
            Behaviour(sentences=1),
        ),
        (["Rome.", "Two whales."], "Be brief.", Behaviour(sentences=1, words=2)),
    ],
)
def test_what_replies_share_is_found(replies, told, found):
    assert shared(replies, told) == found


def test_letters_shared_by_chance_are_no_opening():
    found = shared(["Fly swans well at night.", "Fly swiftly, they said to us."])

    assert found.opening == "Fly"


def test_the_rule_says_how_much_of_what_is_shared_is_meant():
    replies = ["Ahoy, I can help.", "Ahoy, I can cook."]

    assert shared(replies, 'Begin with "Ahoy,"').opening == "Ahoy,"


def test_one_example_has_nothing_in_common_with_itself():
    lesson = rule("Be polite.", examples=(("Hi", "Good day to you."),))

    assert not behaviour_of(lesson)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FLY, Behaviour(ending="Fly safe!")),
        ('Start each reply with "Ahoy,"', Behaviour(opening="Ahoy,")),
        ("Never mention the incident.", Behaviour()),
    ],
)
def test_a_rule_without_examples_shows_what_it_quotes(text, found):
    assert behaviour_of(rule(text)) == found


@pytest.mark.parametrize(
    ("behaviour", "text", "applied"),
    [
        (Behaviour(ending="Fly safe!"), "Rome", "Rome. Fly safe!"),
        (Behaviour(ending="Fly safe!"), "Rome. Fly safe!", "Rome. Fly safe!"),
        (Behaviour(ending=", matey!"), "Rome.", "Rome, matey!"),
        (Behaviour(opening="Ahoy,"), "The sea.", "Ahoy, the sea."),
        (Behaviour(opening="Ahoy,"), "I am.", "Ahoy, I am."),
        (Behaviour(opening="Ahoy,"), "Rome it is.", "Ahoy, Rome it is."),
        (Behaviour(sentences=1), "It is. And more.", "It is."),
        (Behaviour(letters=Letters.UPPER), "Rome.", "ROME."),
        (Behaviour(whole="Ask Ana."), "Rome.", "Ask Ana."),
    ],
)
def test_a_text_is_given_a_behaviour(behaviour, text, applied):
    assert behaviour.applied(text) == applied
    assert behaviour.holds(applied)


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        (Behaviour(ending="Fly safe!"), "Fly safe! Rome."),
        (Behaviour(opening="Ahoy,"), "Rome, ahoy."),
        (Behaviour(sentences=1), "It is. And more."),
        (Behaviour(words=2), "It is three."),
        (Behaviour(letters=Letters.LOWER), "Rome"),
        (Behaviour(whole="Ask Ana."), "Ask Bo."),
        (Behaviour(ending="!"), ""),
    ],
)
def test_a_text_that_does_not_behave_so_is_seen(behaviour, text):
    assert not behaviour.holds(text)


@given(st.text(st.characters(codec="ascii"), min_size=1).filter(str.strip))
def test_an_ending_is_given_once_to_whatever_text(text):
    behaviour = Behaviour(ending="Fly safe!")
    once = behaviour.applied(text)

    assert behaviour.holds(once)
    assert behaviour.applied(once) == once


def test_decimals_do_not_end_a_sentence():
    assert sentences("Python 3.13 is out. Use it!") == [
        "Python 3.13 is out.",
        "Use it!",
    ]


def test_a_triggered_rule_says_what_its_examples_have_most_in_common():
    lesson = rule(
        "If somebody asks for medical advice, do not give any.",
        examples=(
            ("My head hurts", "I cannot say that; please see a doctor."),
            ("I have a cough", "I cannot say; please see a doctor."),
            ("Is this a rash?", "No idea."),
        ),
    )

    assert "please see a doctor" in reply_of(lesson)


def test_the_rules_of_the_bench_show_in_their_own_examples():
    for line in read_bench("rules"):
        examples = tuple((said, reply) for said, reply in line["examples"])
        found = behaviour_of(rule(line["text"], examples=examples))

        assert found == Behaviour(**line["obeys"])
        assert all(found.holds(reply) for _, reply in examples)
