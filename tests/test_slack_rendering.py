"""What Slack shows: nothing of ours calls anybody, breaks a limit, or is lost."""

import pytest

from bot.cards import Button, Card, Style, Verb
from bot.slack_app import forms, rendering
from bot.vocabulary import Teach
from learning.lesson import LessonKind
from tests.fake_slack_limits import message_problems, view_problems

NASTY = "<!channel> & <@U1> <https://x.example|click>"


def test_a_card_has_title_text_facts_and_buttons():
    card = Card(
        "Lesson 1",
        NASTY,
        (("Why", "two\nlines"),),
        (Button(Verb.APPROVE, "Approve", "1:ab", Style.GOOD),),
    )

    header, text, facts, row = rendering.card_blocks(card)

    assert header["text"]["text"] == "Lesson 1"
    assert "<" not in text["text"]["text"]
    assert facts["text"]["text"] == "*Why:* two\nlines"
    assert row["elements"][0]["action_id"] == "approve"
    assert row["elements"][0]["value"] == "1:ab"
    assert row["elements"][0]["style"] == "primary"


@pytest.mark.parametrize("length", [0, 1, 2999, 3001, 50_000, 500_000])
def test_whatever_the_length_a_message_fits(length):
    text = "<word " * (length // 6)
    card = Card("T" * 500, text, (("Fact", text),) if length < 50_000 else ())

    for message in (rendering.said(text or "x"), rendering.answer_message(text, ())):
        assert message_problems(message["blocks"]) == []
    assert message_problems(rendering.card_blocks(card)[:50]) == []


def test_what_people_typed_is_read_as_they_typed_it():
    stored = (
        "a &lt; b &amp; <https://x.example|x.example> <#C1|general> <@U1|ana> <!here>"
    )

    assert rendering.plain(stored) == "a < b & https://x.example #general @ana @here"


def test_text_survives_the_way_to_slack_and_back():
    assert rendering.plain(rendering.escape(NASTY)) == NASTY


def test_commands_are_named_as_they_are_typed_here():
    said = "Teach me: /teach. (/review) See /config; and/or http://x/review"

    assert rendering.spelled(said) == (
        "Teach me: /teach. (/myna review) See /myna config; and/or http://x/review"
    )


@pytest.mark.parametrize("kind", list(LessonKind))
def test_forms_fit_whatever_fills_them(kind):
    said = Teach(kind, question="q" * 9000, answer="a" * 9000, text="t" * 9000)

    assert view_problems(forms.teach("[]", said)) == []
    assert view_problems(forms.correct("[]")) == []
    assert view_problems(forms.reject("[]", 123_456)) == []
    assert view_problems(forms.import_file("[]")) == []
    assert view_problems(forms.notice("x" * 9000)) == []
