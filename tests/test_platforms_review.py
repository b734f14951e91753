"""Two moderators and canaries, through the real Discord and Slack libraries."""

import asyncio

import pytest

from learning.lesson import LessonState
from storage import lessons
from tests.discord_steps import labels_of, open_scene, reply_of, text_of
from tests.fake_slack_text import buttons, shown
from tests.slack_steps import at_work, new_slack, populate, working

WAITS = "waits for a second moderator"
CALLS = ("Whom do we greet?", "We greet @everyone loudly.")
RACK = ("Who owns the rack?", "Team Blue does.")
SHELF = ("Who tidies the shelf?", "The north crew.")


async def state_of(home, server, lesson):
    return (await lessons.get(home.parts.database, server, lesson)).lesson.state


async def test_on_discord_a_held_lesson_needs_two_clicks_of_two_people(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await scene.teach(*RACK)
        await people.moderator.click(scene.card(), label="Approve")
        await scene.teach(*SHELF)
        await people.second_moderator.click(scene.card(), label="Approve")
        await scene.teach(*CALLS)

        first = await people.moderator.click(scene.card(), label="Approve")
        again = await people.moderator.click(scene.card(), label="Approve")
        between = text_of(scene.card())
        await scene.discord.restart_bot()
        second = await people.second_moderator.click(scene.card(), label="Approve")

        assert WAITS in reply_of(first)
        assert "You approved lesson 3 already" in reply_of(again)
        assert "**Approvals:** 1 of 2, by mona" in between
        assert "Lesson 3 is approved" in reply_of(second)
        assert labels_of(scene.card()) == []
        state = await state_of(scene.home, scene.server, 3)
        assert state is LessonState.APPROVED


async def test_on_discord_a_moderator_is_told_that_their_own_needs_another(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        await scene.teach(*RACK)
        await people.second_moderator.click(scene.card(), label="Approve")
        await scene.teach(*SHELF, by=people.moderator)

        told = await people.moderator.click(scene.card(), label="Approve")

        assert "Lesson 2 is your own" in reply_of(told)
        assert "another moderator" in reply_of(told)


async def test_on_discord_a_role_is_trusted(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people
        role = people.insider_role.mention
        await people.admin.slash(
            people.review, "myna config", name="trusted", value=role
        )

        await scene.teach(*RACK, by=people.insider)

        assert "(trusted)" in text_of(scene.card())


async def test_on_discord_canaries_are_added_listed_and_removed(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        mona, there = scene.people.moderator, scene.people.general

        added = await mona.slash(there, "canary add", question=RACK[0], answer=RACK[1])
        listed = await mona.slash(there, "canary list")
        refused = await scene.people.member.slash(there, "canary list")
        removed = await mona.slash(there, "canary remove", number=1)

        assert "is not promoted" in reply_of(added)
        assert f"Canary 1. {RACK[0]} | {RACK[1]}" in reply_of(listed)
        assert "may not review" in reply_of(refused)
        assert "Canary 1 is gone" in reply_of(removed)


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_in_slack_two_moderators_who_click_at_once_approve_it(
    tmp_path, transport
):
    async with working(tmp_path, transport) as work:
        for words, person in ((RACK, work.mona), (SHELF, work.ana)):
            text = f"question: {words[0]} answer: {words[1]}"
            card = await work.teach(work.ben, text)
            await work.click(person, card, "approve")
            await work.slack.until(lambda card=card: "was approved" in shown(card))
        card = await work.teach(work.ben, f"question: {CALLS[0]} answer: {CALLS[1]}")
        assert "two moderators have to approve it" in shown(card)

        await asyncio.gather(
            work.click(work.mona, card, "approve"),
            work.click(work.ana, card, "approve"),
        )

        await work.slack.until(lambda: "was approved by" in shown(card))
        assert buttons(card) == []
        assert await state_of(work.home, work.server, 3) is LessonState.APPROVED


async def test_in_slack_a_first_approval_survives_a_restart(tmp_path):
    async with new_slack() as slack:
        people = populate(slack)
        async with at_work(slack, people, tmp_path, "socket") as work:
            await work.set_up()
            settings = await work.core.settings(work.server)
            assert settings.review.two_persons.value == "auto"
            config = "config two-person-review on"
            await slack.command(work.ana, "/myna", config, channel=work.general)
            await work.told(work.ana, "two-person-review is now on")
            text = f"question: {CALLS[0]} answer: {CALLS[1]}"
            card = await work.teach(work.ben, text)
            await work.click(work.mona, card, "approve")
            await slack.until(lambda: "1 of 2, by Mona" in shown(card))
            await work.told(work.mona, WAITS)
        async with at_work(slack, people, tmp_path, "socket") as work:
            await work.click(work.mona, card, "approve")
            await work.told(work.mona, "You approved lesson 1 already")
            await work.click(work.ana, card, "approve")
            await slack.until(lambda: "was approved by Ana" in shown(card))
        assert slack.faults() == []


async def test_in_slack_canaries_are_added_and_listed(tmp_path):
    async with working(tmp_path, "socket") as work:
        add = f"canary add {RACK[0]} | {RACK[1]}"
        await work.slack.command(work.mona, "/myna", add, channel=work.general)
        await work.told(work.mona, "is not promoted")

        await work.slack.command(work.mona, "/myna", "canary", channel=work.general)

        await work.told(work.mona, f"Canary 1. {RACK[0]} | {RACK[1]}")
