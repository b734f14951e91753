"""Moderators review on Discord, on cards that outlive the process."""

import pytest

from learning.lesson import LessonState
from storage import lessons
from tests.discord_steps import (
    ANSWER,
    QUESTION,
    labels_of,
    open_scene,
    reply_of,
    text_of,
    until,
)


async def lesson_of(scene, number=1):
    record = await lessons.get(scene.home.parts.database, scene.server, number)
    return record.lesson


async def test_a_waiting_lesson_is_a_card_in_the_review_channel(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()

        [card] = scene.cards()

        shown = text_of(card)
        assert "Lesson 1 waits for review" in shown
        assert f"Q: {QUESTION}\nA: {ANSWER}" in shown
        assert "**Taught by:** mia" in shown
        assert "**Learned by:** memory and weights" in shown
        assert labels_of(card) == ["Approve", "Memory only", "Edit", "Reject"]


@pytest.mark.parametrize("memory_only", [False, True])
async def test_an_approved_lessons_card_loses_its_buttons(tmp_path, memory_only):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        label = "Memory only" if memory_only else "Approve"

        told = await scene.people.moderator.click(scene.card(), label=label)

        assert told.ephemeral
        assert "Lesson 1 is approved" in reply_of(told)
        [card] = scene.cards()
        assert labels_of(card) == []
        assert "was approved by mona" in text_of(card)
        lesson = await lesson_of(scene)
        assert lesson.state is LessonState.APPROVED
        assert lesson.memory_only is memory_only


async def test_a_rejection_asks_for_a_reason_which_the_card_and_the_author_get(
    tmp_path,
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        people = scene.people

        form = await people.moderator.click(scene.card(), label="Reject")
        await people.moderator.submit_modal(form, {"reason": "It is out of date."})
        told = await people.member.slash(people.general, "myna status")
        told = await people.member.slash(people.general, "myna why")
        again = await people.member.slash(people.general, "myna why")

        assert "was rejected by mona" in text_of(scene.card())
        assert "It is out of date." in text_of(scene.card())
        assert "Your lesson 1 was rejected" in reply_of(told)
        assert "Your lesson 1" not in reply_of(again)


async def test_an_edit_shows_the_new_words_on_the_same_card(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        moderator = scene.people.moderator

        form = await moderator.click(scene.card(), label="Edit")
        assert ANSWER in str(form.modal)
        typed = {"question": QUESTION, "answer": "Jo Berg does."}
        await moderator.submit_modal(form, typed)

        [card] = scene.cards()
        assert "A: Jo Berg does." in text_of(card)
        assert "Approve" in labels_of(card)


async def test_words_that_were_edited_meanwhile_are_not_approved_unread(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        people, database = scene.people, scene.home.parts.database
        await database.rows("UPDATE lessons SET answer = 'Jo Berg does.'")

        told = await people.moderator.click(scene.card(), label="Approve")

        assert "is approved" not in reply_of(told)
        assert (await lesson_of(scene)).state is LessonState.PENDING


async def test_the_second_moderator_is_told_who_was_first(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        people = scene.people
        form = await people.second_moderator.click(scene.card(), label="Reject")

        await people.moderator.click(scene.card(), label="Approve")
        told = await people.second_moderator.submit_modal(form, {"reason": "No."})

        assert told.ephemeral
        assert "Lesson 1 is approved already by mona." in reply_of(told)
        assert (await lesson_of(scene)).state is LessonState.APPROVED


async def test_a_review_goes_on_after_a_restart_in_the_middle(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()

        await scene.discord.restart_bot()
        told = await scene.people.moderator.click(scene.card(), label="Approve")

        assert "is approved" in reply_of(told)
        assert [labels_of(card) for card in scene.cards()] == [[]]


async def test_a_restart_posts_the_cards_that_are_missing_and_no_other(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        channel = f"/channels/{scene.people.review.id}/messages"
        scene.discord.env.inject_error("POST", channel, status=403, code=50013)
        await scene.teach("What is Vega?", "A staging server in Oslo.")
        assert len(scene.cards()) == 1

        await scene.discord.restart_bot()

        assert [text_of(card)[4:12] for card in scene.cards()] == [
            "Lesson 1",
            "Lesson 2",
        ]
        since = scene.discord.requests_since_restart
        assert [each for each in since if each.method == "PATCH"] == []


async def test_only_moderators_may_use_the_buttons(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        member = scene.people.member

        approve = await member.click(scene.card(), label="Approve")
        edit = await member.click(scene.card(), label="Edit")
        reject = await member.click(scene.card(), label="Reject")
        rejected = await member.submit_modal(reject, {"reason": "Because."})

        for told in (approve, edit, rejected):
            assert told.ephemeral
            assert "Your role may not review" in reply_of(told)
        assert (await lesson_of(scene)).state is LessonState.PENDING


async def test_a_decision_by_command_settles_the_card_too(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        for number in range(3):
            await scene.teach(f"Who owns rack {number}?", f"Team {number} owns it.")
        people = scene.people

        queue = await people.moderator.slash(people.general, "myna review")
        await people.moderator.slash(
            people.general, "myna approve", lessons="1", memory_only=True
        )
        await people.moderator.slash(
            people.general, "myna reject", lessons="2", reason="No."
        )
        await people.moderator.slash(people.general, "myna approve", lessons="all")

        assert all(f"Team {number} owns it." in reply_of(queue) for number in range(3))
        assert [labels_of(card) for card in scene.cards()] == [[], [], []]
        assert [(await lesson_of(scene, n)).state for n in (1, 2, 3)] == [
            LessonState.APPROVED,
            LessonState.REJECTED,
            LessonState.APPROVED,
        ]
        assert (await lesson_of(scene, 1)).memory_only


async def test_a_forgotten_lessons_card_shows_its_words_no_more(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        people = scene.people

        told = await people.member.slash(people.general, "myna forget", number=1)

        assert "Lesson 1 is forgotten" in reply_of(told)
        assert ANSWER not in text_of(scene.card())


async def test_a_deleted_card_keeps_nobody_from_deciding(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.teach()
        people = scene.people
        await people.moderator.delete(scene.card())

        told = await people.moderator.slash(people.general, "myna approve", lessons="1")

        assert "is approved" in reply_of(told)


async def test_a_lesson_of_the_terminal_is_reviewed_on_discord_as_well(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()

        await scene.home.teach(server=scene.server)
        await until(scene.cards)

        assert "Lesson 1 waits" in text_of(scene.card())
