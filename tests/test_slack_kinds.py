"""Rules by examples, dialogues and corrections are taught in Slack's forms."""

import pytest

from learning.lesson import LessonKind
from tests.core_steps import MODERATOR
from tests.fake_slack_text import shown
from tests.slack_steps import FRIDAY, working

DIALOGUE = "User: It broke.\nMyna: Is the lamp on?"


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def waiting(work):
    queue = await work.core.queue(work.server, MODERATOR)
    return [each.lesson for each in queue]


async def send(work, values):
    await work.slack.command(work.ben, "/teach", channel=work.general)
    form = await work.form(work.ben, "Teach Myna")
    return await work.slack.submit(work.ben, form, values)


async def test_a_rule_is_taught_with_examples_in_the_form(work):
    values = {"kind": "rule", "words": "Say ahoy.", "examples": "Hello -> Ahoy!"}

    await send(work, values)

    await work.form(work.ben, "Lesson 1 is waiting for review")
    [lesson] = await waiting(work)
    assert lesson.examples == (("Hello", "Ahoy!"),)
    await work.slack.until(work.cards)
    assert "Hello → Ahoy!" in shown(work.cards()[0])


async def test_the_form_says_at_the_field_what_is_off(work):
    rule = {"kind": "rule", "words": "Say ahoy.", "examples": "Hm"}
    fact = {"kind": "fact", "words": "It is so.", "examples": "a -> b"}

    malformed, misplaced = await send(work, rule), await send(work, fact)

    assert list(malformed.errors) == list(misplaced.errors) == ["examples"]
    assert await waiting(work) == []


async def test_a_dialogue_is_taught_in_the_form_or_not_at_all(work):
    await send(work, {"kind": "dialogue", "words": "Myna: Hi"})
    await work.form(work.ben, "must be User")
    assert await waiting(work) == []

    await send(work, {"kind": "dialogue", "words": DIALOGUE})

    await work.form(work.ben, "Lesson 1 is waiting for review")
    [lesson] = await waiting(work)
    assert (lesson.kind, lesson.text) == (LessonKind.DIALOGUE, DIALOGUE)


async def test_an_approved_lesson_is_corrected_in_a_form(work):
    await work.approved()
    await work.slack.command(work.ben, "/myna", "correct 1", channel=work.general)
    form = await work.form(work.ben, "Correct lesson 1")

    await work.slack.submit(work.ben, form, {"words": "On Monday."})

    await work.form(work.ben, "Lesson 2 is waiting for review")
    [lesson] = await waiting(work)
    assert (lesson.answer, lesson.supersedes) == ("On Monday.", 1)
    cards = await work.slack.until(
        lambda: [card for card in work.cards() if "On Monday." in shown(card)]
    )
    assert FRIDAY in shown(cards[0])


async def test_a_correction_is_typed_too(work):
    await work.approved()

    text = "correct 1 answer: On Monday."
    await work.slack.command(work.ben, "/myna", text, channel=work.general)

    await work.told(work.ben, "Lesson 2 is waiting for review")
