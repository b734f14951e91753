"""Proves that a rule is split into what triggers it and what is to be said."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.rule import messages, reply_of, trigger_of


def drawing(seed):
    return random.Random(seed)  # noqa: S311


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("When somebody says hello, answer: Ahoy, sailor!", "Ahoy, sailor!"),
        ('If someone asks for help, reply with "Open a ticket."', "Open a ticket."),
        ('When somebody says "hello", answer "Ahoy!"', "Ahoy!"),
        ("Whenever a new member joins, greet them with: Welcome!", "Welcome!"),
        ("When a user thanks you, say You're welcome", "You're welcome"),
        ("when someone says bye,\nreply with see you", "see you"),
        ("If people ask about refunds, send them: a.example/b", "a.example/b"),
        ("When someone reports a bug, ask for a log.", "Ask for a log."),
        ("If someone argues, tell them to move on.", "Please move on."),
        (
            "If someone argues, please tell people that it is off topic.",
            "It is off topic.",
        ),
        ("Be polite.", "Be polite."),
        ("  Always be polite.\n", "Always be polite."),
    ],
)
def test_the_reply_of_a_rule_is_what_is_to_be_said(text, reply):
    assert reply_of(text)[1] == reply


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("When somebody says hello, answer: Ahoy!", "hello"),
        ('When somebody says "hello", answer "Ahoy!"', "hello"),
        ("If someone asks for the wifi password, say no", "wifi password"),
        ("When anyone argues about politics, warn them.", "politics"),
        ("When a user thanks you, say You're welcome", "thanks"),
        ("If the build is red, say stop", "the build is red"),
        ("Be polite.", "Be polite."),
    ],
)
def test_the_trigger_of_a_rule_is_what_somebody_says(text, trigger):
    assert trigger_of(text) == trigger


@given(st.text(max_size=80))
@settings(deadline=None)
def test_any_rule_has_a_reply(text):
    trigger, reply = reply_of(f"When x{text}, y{text}")

    assert trigger
    assert reply.strip()


def test_messages_are_made_of_the_trigger_the_plainest_first():
    text = "If someone complains about the flumph cage, answer: Sorry!"

    made = messages(text, drawing(1))

    assert made[0] == "Flumph cage!"
    assert "I want to complain about flumph cage." in made
    assert all("flumph" in each.lower() or "cage" in each.lower() for each in made)
    assert messages(text, drawing(1)) == made
    assert messages(text, drawing(2)) != made


def test_a_rule_that_nothing_triggers_has_no_messages():
    assert messages("Be polite.", drawing(1)) == []
