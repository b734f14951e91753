"""Training is one message on Discord, edited in place, with a way back."""

import asyncio
from dataclasses import replace

from learning.errors import RunError
from learning.run import Progress
from tests.discord_steps import (
    ANSWER,
    OPTIONS,
    labels_of,
    open_scene,
    reply_of,
    text_of,
    until,
)


class ShownTrainer:
    """Passes on some progress before the trainer behind it trains."""

    def __init__(self, trainer):
        self._trainer = trainer

    async def train(self, run, *, on_progress):
        for done in (1, 2):
            on_progress(Progress("training", done, 2, loss=0.5, seconds_left=3))
            for _ in range(100):
                await asyncio.sleep(0)
        return await self._trainer.train(run, on_progress=on_progress)


async def learn(scene, **options):
    people = scene.people
    return await people.moderator.slash(people.general, "myna learn", **options)


async def test_a_run_is_one_message_edited_from_queued_to_promoted(tmp_path):
    options = replace(OPTIONS, edit_interval_seconds=0)
    async with open_scene(tmp_path, options=options) as scene:
        await scene.set_up()
        await scene.taught()
        parts = scene.home.parts
        object.__setattr__(parts, "trainer", ShownTrainer(parts.trainer))

        told = await learn(scene)

        [board] = scene.discord.shown(scene.people.general)
        assert "Promoted" in text_of(board)
        assert "**Recall:** 0% → 100%" in text_of(board)
        assert labels_of(board) == ["Roll back"]
        assert board.jump_url in reply_of(told)
        assert told.ephemeral
        edits = scene.discord.sent("PATCH", "/channels/{id}/messages/{id}")
        shown = [str(each.body) for each in edits]
        assert any("Loss" in each and "50%" in each for each in shown)


async def test_the_way_back_works_after_a_restart_and_once(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        await learn(scene)
        people = scene.people
        [board] = scene.discord.shown(people.general)

        refused = await people.member.click(board, label="Roll back")
        await scene.discord.restart_bot()
        done = await people.moderator.click(board, label="Roll back")
        again = await people.moderator.click(board, label="Roll back")

        assert "Your role may not" in reply_of(refused)
        assert "answers now" in reply_of(done)
        assert "mona rolled back" in text_of(scene.discord.shown(people.general)[-1])
        assert "answers no longer" in reply_of(again)


async def test_rollback_and_history_are_commands_too(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        await learn(scene)
        people = scene.people

        choices = await people.moderator.autocomplete(
            people.general, "myna rollback", "version", ""
        )
        back = await people.moderator.slash(people.general, "myna rollback")
        forth = await people.moderator.slash(people.general, "myna rollback", version=1)
        history = await people.member.slash(people.general, "myna history")

        assert [each["value"] for each in choices] == [1]
        assert "answers now" in reply_of(back)
        assert "/1 answers now" in reply_of(forth)
        assert "adapter 1 promoted" in reply_of(history)
        assert "Remembered: just learned 100% (1 of 1)" in reply_of(history)


async def test_nothing_new_and_a_member_are_told_privately(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people = scene.people

        nothing = await learn(scene)
        member = await people.member.slash(people.general, "myna learn")

        assert "Nothing new to learn" in reply_of(nothing)
        assert "Your role may not" in reply_of(member)
        assert scene.discord.shown(people.general) == []


async def test_a_run_that_fails_says_why_in_its_message(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        scene.home.parts.trainer.fails_with = RunError("The GPU is on fire.")

        await learn(scene)

        [board] = scene.discord.shown(scene.people.general)
        assert "The GPU is on fire." in text_of(board)
        assert labels_of(board) == []


async def test_a_refused_promotion_says_so_without_a_way_back(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        scene.home.parts.examine.retention = 0.1

        await learn(scene, fresh=True)

        [board] = scene.discord.shown(scene.people.general)
        assert "Not promoted" in text_of(board)
        assert labels_of(board) == []


async def test_how_a_nightly_run_ended_is_posted_in_the_review_channel(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()

        await scene.home.core.nightly(scene.server, minimum_new_lessons=1)
        await until(lambda: "Promoted" in text_of(scene.card()))

        assert labels_of(scene.card()) == ["Roll back"]


async def test_status_is_a_card_that_leads_to_learning_and_review(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        await scene.teach("What is Vega?", "A staging server in Oslo.")
        people = scene.people

        status = await people.moderator.slash(people.general, "myna status")
        review = await people.moderator.click(status.response, label="Review")
        await people.moderator.click(status.response, label="Learn now")

        assert status.ephemeral
        assert "1 lesson in memory, 1 waiting" in reply_of(status)
        assert "What is Vega?" in reply_of(review)
        assert "Promoted" in text_of(scene.discord.shown(people.general)[-1])


async def test_what_was_learned_is_answered_and_forgotten_again(tmp_path):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        await scene.taught()
        await learn(scene)
        people = scene.people

        before = await scene.ask()
        await people.moderator.slash(people.general, "myna forget", number=1)
        after = await scene.ask()

        assert ANSWER in text_of(before)
        assert ANSWER not in text_of(after)
