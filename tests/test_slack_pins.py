"""A moderator teaches a channel's pinned messages in Slack with /teach pins."""

import pytest

from learning.lesson import Consent, LessonKind
from moderation.provenance import Provenance
from tests.fake_slack_text import shown
from tests.slack_steps import at_work, new_slack, populate, working

FACT = "The Orion staging server sleeps on Sundays."
OTHER = "Priya Raman maintains Vega."


@pytest.fixture(params=["socket", "http"])
async def work(request, tmp_path):
    async with working(tmp_path, request.param) as work:
        yield work


async def lesson(work, number=1, channel=None):
    detail = await work.core.lesson(work.server, number, channel=channel and channel.id)
    return detail.lesson


async def pinned(work, person, text, channel=None):
    said = await work.slack.say(person, channel or work.general, text)
    work.slack.pin(said)
    return said


async def teach_pins(work, person, channel=None):
    where = channel or work.general
    ack = await work.slack.command(person, "/teach", "pins", channel=where)
    assert ack.acknowledged


async def test_an_own_pinned_message_waits_for_review(work):
    said = await pinned(work, work.mona, f"{FACT} <Always>")

    await teach_pins(work, work.mona)

    told = await work.told(work.mona, "1 pinned message waiting for review: lesson 1.")
    assert "(/myna review)" in shown(told)
    await work.slack.until(work.cards)
    assert "Slack does not allow training on this" in shown(work.cards()[0])
    found = await lesson(work)
    assert (found.kind, found.text) == (LessonKind.FACT, f"{FACT} <Always>")
    assert found.provenance is Provenance.MESSAGE
    assert found.consent is Consent.NOT_NEEDED
    assert (found.source_channel, found.source_message) == (work.general.id, said["ts"])
    assert "archives" in found.source


async def test_somebody_elses_pinned_message_waits_for_their_consent(work):
    await pinned(work, work.ben, FACT)

    await teach_pins(work, work.mona)
    await work.told(work.mona, "consent, which I asked for: lesson 1.")
    asked = await work.told(work.ben, "May I learn this?")
    card = (await work.slack.until(work.cards))[0]
    await work.click(work.mona, card, "approve")
    await work.told(work.mona, "its author has not agreed yet")
    await work.click(work.ben, asked, "consent")
    await work.slack.until(lambda: "Consent" not in shown(card))
    await work.click(work.mona, card, "approve")

    await work.slack.until(lambda: "was approved by Mona" in shown(card))


async def test_an_author_who_cannot_be_asked_is_told_of(work):
    await pinned(work, work.ben, FACT)
    work.general.members.discard(work.ben.id)

    await teach_pins(work, work.mona)

    await work.told(work.mona, "consent, which I could not ask for: lesson 1.")


async def test_a_second_call_teaches_nothing_twice(work):
    await pinned(work, work.ben, FACT)
    await teach_pins(work, work.mona)
    await work.told(work.mona, "which I asked for: lesson 1.")
    await pinned(work, work.mona, OTHER)

    await teach_pins(work, work.mona)

    told = await work.told(work.mona, "waiting for review: lesson 2.")
    assert "- 1: Taught already." in shown(told)
    asked = [
        each
        for each in work.slack.ephemerals_for(work.ben)
        if "May I learn this?" in shown(each)
    ]
    assert len(asked) == 1


async def test_what_no_person_wrote_and_what_has_no_text_is_left_out(work):
    await work.approved()
    work.slack.pin(await work.ask(work.cleo, work.general))
    await pinned(work, work.mona, "owls " * 500)
    file = work.slack.add_file(work.mona, "owl.png", b"png")
    picture = await work.slack.say(work.mona, work.general, "", files=(file,))
    work.slack.pin(picture)

    await teach_pins(work, work.mona)

    told = await work.told(work.mona, "3 pinned messages left out:")
    assert "- 1: Not a person's message." in shown(told)
    assert "- 1: No text in it that I could learn." in shown(told)
    assert "- 1: Longer than 2,000 characters." in shown(told)


async def test_a_secret_and_who_opted_out_are_left_out_with_the_reason(work):
    await work.slack.command(
        work.cleo, "/myna", "privacy opt-out", channel=work.general
    )
    await work.told(work.cleo, "I learn nothing you write")
    await pinned(work, work.cleo, OTHER)
    await pinned(work, work.mona, "My key is AKIAIOSFODNN7EXAMPLE.")

    await teach_pins(work, work.mona)

    told = await work.told(work.mona, "2 pinned messages left out:")
    assert "- 1: The author of that message does not want me" in shown(told)
    assert "- 1: It holds a secret" in shown(told)
    assert work.cards() == []


async def test_pins_of_a_private_channel_are_known_there_only(work):
    await pinned(work, work.mona, FACT, work.secret)

    await teach_pins(work, work.mona, work.secret)

    await work.told(work.mona, "waiting for review: lesson 1.")
    found = await lesson(work, channel=work.secret)
    assert found.scope.channel == work.secret.id


async def test_pins_are_taught_by_myna_teach_too_and_listed_in_the_help(work):
    await pinned(work, work.mona, FACT)

    await work.slack.command(work.mona, "/myna", "teach pins", channel=work.general)
    await work.told(work.mona, "waiting for review: lesson 1.")
    await work.slack.command(work.mona, "/myna", "help", channel=work.general)

    await work.told(work.mona, "/teach pins: teach the pinned messages")


async def test_only_moderators_teach_pins(work):
    await pinned(work, work.ben, FACT)

    await teach_pins(work, work.ben)

    await work.told(work.ben, "may not review lessons")
    assert work.cards() == []
    assert work.slack.called("pins.list") == []


async def test_before_setup_no_pin_is_taught(tmp_path):
    async with new_slack() as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, "socket") as work:
            await pinned(work, work.mona, FACT)

            await teach_pins(work, work.mona)

            await work.told(work.mona, "I learn nothing here yet")


async def test_a_channel_without_pins_says_so(work):
    await teach_pins(work, work.mona)

    await work.told(work.mona, "There are no pinned messages in this channel.")


async def test_an_app_installed_before_pins_were_read_is_told_to_install_again(work):
    await pinned(work, work.mona, FACT)
    work.slack.scopes.discard("pins:read")

    await teach_pins(work, work.mona)

    await work.told(work.mona, "adds the scope pins:read")
    assert work.cards() == []


async def test_pins_that_slack_does_not_show_are_explained(work):
    await pinned(work, work.mona, FACT)
    work.slack.fail("pins.list", "fatal_error")

    await teach_pins(work, work.mona)

    await work.told(work.mona, "I cannot read the pinned messages: fatal_error.")


async def test_a_channel_that_it_is_not_in_is_explained(work):
    closed = work.slack.add_channel("closed", members=(work.mona,), bot=False)
    await pinned(work, work.mona, FACT, closed)

    await teach_pins(work, work.mona, closed)

    await work.told(work.mona, "add me to this channel first")
