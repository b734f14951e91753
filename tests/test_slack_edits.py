"""Messages that change in Slack: edits, previews, pins, and consent asked anew."""

import pytest

from learning.lesson import Consent
from tests.fake_slack_payloads import change_event
from tests.fake_slack_text import shown
from tests.slack_steps import working

FACT = "fact: The staging server is called Orion."


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def marked(work, channel, text=FACT):
    """Teach with a marked message; return the message."""
    mention = work.slack.team.mention
    said = await work.slack.say(work.ben, channel, f"{mention} [Learn] {text}")
    await work.slack.until(work.cards)
    return said


async def changed(work, message, before, channel):
    event = change_event(work.slack, "message_changed", message, before, channel)
    await work.slack.event(event)


async def lesson(work, number, channel=None):
    detail = await work.core.lesson(work.server, number, channel=channel and channel.id)
    return detail.lesson


async def test_a_preview_or_a_pin_erases_nothing(work):
    said = await marked(work, work.general)
    unfurled = {**said, "attachments": [{"title": "Orion"}]}
    await changed(work, unfurled, said, work.general)
    await changed(work, {**said, "pinned_to": [work.general.id]}, said, work.general)
    await changed(work, {**unfurled, "text": "?"}, {}, work.general)

    await work.never(lambda: any("was forgotten" in shown(c) for c in work.cards()))
    assert (await lesson(work, 1)).text == "The staging server is called Orion."


async def test_a_lesson_taught_after_an_edit_is_left_alone(work):
    said = await marked(work, work.general)
    late = {**said, "text": "Older words", "edited": {"ts": "1000.0"}}

    await changed(work, late, {}, work.general)

    await work.never(lambda: any("was forgotten" in shown(c) for c in work.cards()))


async def test_an_edit_in_a_channel_that_became_private_stays_in_it(work):
    said = await marked(work, work.general)
    work.general.kind = "group"
    work.home.parts.clock.advance(minutes=10)

    mention = work.slack.team.mention
    await work.slack.edit_message(said, f"{mention} [Learn] fact: It is called Vega.")

    await work.slack.until(lambda: "was forgotten" in shown(work.cards()[0]))
    await work.slack.until(lambda: len(work.cards()) == 2)
    assert (await lesson(work, 2, work.general)).scope.channel == work.general.id


async def test_an_author_who_changes_a_taught_message_is_asked_again(work):
    said = await work.slack.say(work.ben, work.general, "Orion is down on Mondays")
    await work.slack.message_action(work.cleo, said, "teach_message")
    await work.slack.submit(work.cleo, await work.form(work.cleo))
    await work.told(work.ben, "Orion is down on Mondays")

    await work.slack.edit_message(said, "Orion is down on Tuesdays")

    again = await work.told(work.ben, "Orion is down on Tuesdays")
    assert "Cleo" in shown(again)
    assert (await lesson(work, 2)).consent is Consent.ASKED
    await work.click(work.ben, again, "consent")
    await work.slack.until(lambda: "A moderator reviews it now" in shown(again))
