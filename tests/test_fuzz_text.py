"""Whatever a text holds, the screen judges it, and what is shown calls nobody."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Button, Card, Verb
from bot.discord_app import rendering as discord
from bot.slack_app import rendering as slack
from bot.splitting import split
from moderation.conflict import Similar
from moderation.screen import screen, screen_answer
from moderation.text import (
    clean,
    control_token_spans,
    fingerprint,
    hidden_spans,
    normalised,
)
from tests.fake_slack_limits import message_problems
from tests.hostile.corpus import any_text, texts
from tests.hostile.effort import OFTEN, SELDOM

CALLS = re.compile(r"<[@#!][^>]*>|<https?://[^>]*>")
"""What Slack reads as a mention, a channel, a call of everybody or a link."""


@OFTEN
@given(any_text())
def test_cleaning_is_done_once_and_for_all(text):
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert hidden_spans(cleaned) == []
    assert control_token_spans(cleaned) == []
    assert len(cleaned) <= 3 * len(text) + 1
    cleaned.encode()  # half a character could not be stored


@OFTEN
@given(any_text())
def test_spans_lie_in_their_text_in_order(text):
    for spans in (hidden_spans(text), control_token_spans(text)):
        assert spans == sorted(spans)
        assert all(0 <= start < end <= len(text) for start, end in spans)


@OFTEN
@given(any_text())
def test_a_fingerprint_is_that_of_the_cleaned_text(text):
    assert fingerprint(text) == fingerprint(clean(text))
    assert normalised(normalised(text)) == normalised(text)


@SELDOM
@given(any_text(), any_text())
def test_the_screen_judges_any_text_beside_any_other(taught, known):
    similar = [Similar(lesson=1, text=known, question="", answer="", cosine=0.9)]

    for verdict in (
        screen(taught),
        screen(taught, known),
        screen(taught, similar=similar),
        screen_answer(taught),
    ):
        for found in verdict.findings:
            assert found.rule
            assert found.reason
            assert 0 <= found.start <= max(found.end, found.start)


def test_the_screen_holds_what_people_cannot_see():
    for name in ("a hidden call", "overrides", "tag characters", "variation selectors"):
        found = {each.rule for each in screen(texts()[name]).findings}

        assert "hidden" in found, name


@OFTEN
@given(any_text(2000), st.integers(2, 300))
def test_parts_fit_and_lose_nothing_but_spaces(text, most):
    parts = split(text, most)

    assert parts
    assert all(len(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@OFTEN
@given(any_text(), any_text())
def test_nothing_that_slack_is_sent_calls_anybody(text, more):
    fact = f"So: {more}"
    card = Card(
        f"Lesson {text}", text, (("Fact", fact),), (Button(Verb.APPROVE, "Yes", "1"),)
    )
    messages = (
        slack.said(text),
        slack.card_message(card),
        slack.answer_message(text, [slack.context(fact)]),
    )

    for message in messages:
        assert message_problems(message["blocks"]) == []
        for shown in _strings(message, but="plain_text"):
            assert not CALLS.search(shown), shown
            assert "<" not in shown


@OFTEN
@given(any_text())
def test_text_survives_the_way_to_slack_and_back(text):
    assert slack.unescape(slack.escape(text)) == text.strip()


@OFTEN
@given(any_text())
def test_what_slack_stored_is_read_as_plain_text(text):
    assert isinstance(slack.plain(text), str)
    assert not CALLS.search(slack.plain(slack.escape("x") + re.sub("[<>&]", "", text)))


@OFTEN
@given(st.one_of(any_text(), any_text().map(lambda text: text * 30)), any_text())
def test_what_discord_is_sent_fits(text, fact):
    texts_, file = discord.pages(text)
    view = discord.layout(Card(text, text, (("Fact", fact),)))

    assert 1 <= len(texts_) <= discord.MAX_PAGES
    assert all(len(part) <= discord.MAX_CONTENT for part in texts_)
    assert view.content_length() <= discord.MAX_CARD
    if file:
        file.close()


def test_discord_is_told_to_call_nobody_whatever_a_message_holds():
    """Mentions are neutralised by what each request allows, not by the text."""
    assert discord.NO_MENTIONS.to_dict() == {"parse": []}


def _strings(value, *, but):
    """Yield every text in a message that Slack reads for markup."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if value.get("type") != but:
            for each in value.values():
                yield from _strings(each, but=but)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, but=but)
