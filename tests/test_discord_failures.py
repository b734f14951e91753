"""What Discord fails to take arrives all the same, or is said to be missing."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace

import aiohttp
import discord
import pytest

from bot.discord_app.retrying import insist
from learning.lesson import Consent
from learning.run import Progress
from tests.core_steps import MODERATOR
from tests.discord_steps import (
    OPTIONS,
    QUESTION,
    labels_of,
    open_scene,
    reply_of,
    text_of,
)
from tests.fakes import FakeEngine

SENTENCES = "Priya Raman does. She works in Oslo. Her door is open."
FACT = "The Orion staging server sleeps on Sundays."
MESSAGES = "/channels/{id}/messages"
THUMBS = ["\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"]


def fail(scene, method, *, times, path="/channels/*/messages/*"):
    """Let Discord answer 500, as it does when it is overloaded."""
    scene.discord.env.inject_error(method, path, status=500, times=times)


async def breathe():
    """Let what was said meanwhile be shown: the simulation's clock stands still."""
    for _ in range(100):
        await asyncio.sleep(0)


class SlowEngine(FakeEngine):
    """Says its answer in pieces, so that some of it is shown before the rest."""

    async def generate(self, generation):
        completion = await super().generate(replace(generation, on_text=None))
        for piece in completion.text.split(" "):
            await breathe()
            if generation.on_text:
                generation.on_text(f"{piece} ")
        return completion


@asynccontextmanager
async def knowing(tmp_path, engine=SlowEngine):
    options = replace(OPTIONS, edit_interval_seconds=0)
    async with open_scene(tmp_path, options=options, engine=engine()) as scene:
        await scene.set_up()
        await scene.taught(QUESTION, SENTENCES)
        yield scene


def answers(scene):
    shown = scene.discord.shown(scene.people.general)
    return [each for each in shown if labels_of(each) == THUMBS]


@pytest.mark.parametrize(
    ("method", "path", "times"),
    [
        ("POST", "/channels/*/messages", 1),
        ("PATCH", "/channels/*/messages/*", 1),
        ("PATCH", "/channels/*/messages/*", 3),
        ("PATCH", "/channels/*/messages/*", None),
    ],
)
async def test_an_answer_arrives_though_edits_of_it_fail(tmp_path, method, path, times):
    async with knowing(tmp_path) as scene:
        fail(scene, method, path=path, times=times)

        await scene.ask()

        [answer] = answers(scene)
        assert text_of(answer).startswith(f"{SENTENCES}\n-# from lesson 1")
        assert scene.discord.sent("PATCH", f"{MESSAGES}/{{id}}")


async def test_a_last_edit_that_fails_once_is_made_again(tmp_path):
    async with knowing(tmp_path, FakeEngine) as scene:
        general = f"/channels/{scene.people.general.id}/messages"
        fail(scene, "POST", path=general, times=1)

        await scene.ask()

        assert len(answers(scene)) == 1


async def test_a_long_answer_in_a_file_arrives_though_its_post_failed(tmp_path):
    async with knowing(tmp_path, FakeEngine) as scene:
        words = " ".join(["Owl", *(f"hoots {n}" for n in range(1000)), "times."])
        scene.home.parts.engine.scripted[QUESTION] = words
        general = f"/channels/{scene.people.general.id}/messages"
        fail(scene, "POST", path=general, times=1)

        await scene.ask()

        [answer] = answers(scene)
        [file] = answer.attachments
        assert words in (await file.read()).decode()


async def test_a_private_answer_arrives_though_edits_of_it_fail(tmp_path):
    async with knowing(tmp_path) as scene:
        people = scene.people
        fail(scene, "PATCH", path="/webhooks/*", times=None)

        told = await people.member.slash(people.general, "myna ask", question=QUESTION)

        assert SENTENCES in reply_of(told)
        assert labels_of(told.response) == THUMBS


class ShownTrainer:
    """Passes on some progress before the trainer behind it trains."""

    def __init__(self, trainer):
        self._trainer = trainer

    async def train(self, run, *, on_progress):
        on_progress(Progress("training", 1, 2))
        await breathe()
        return await self._trainer.train(run, on_progress=on_progress)


@pytest.mark.parametrize(
    ("method", "path", "times", "messages"),
    [
        ("POST", "/channels/*/messages", 1, 1),
        ("PATCH", "/channels/*/messages/*", 2, 1),
        ("PATCH", "/channels/*/messages/*", None, 2),
    ],
)
async def test_a_runs_end_is_shown_though_edits_of_its_message_fail(
    tmp_path, method, path, times, messages
):
    async with knowing(tmp_path, FakeEngine) as scene:
        parts, people = scene.home.parts, scene.people
        object.__setattr__(parts, "trainer", ShownTrainer(parts.trainer))
        fail(scene, method, path=path, times=times)

        await people.moderator.slash(people.general, "myna learn")

        boards = scene.discord.shown(people.general)
        assert len(boards) == messages
        assert "Promoted" in text_of(boards[-1])
        assert labels_of(boards[-1]) == ["Roll back"]


async def test_a_connection_that_breaks_once_is_tried_again_and_a_refusal_is_not():
    calls = []

    async def request(*errors):
        calls.append(errors)
        if len(calls) <= len(errors):
            raise errors[len(calls) - 1]
        return "sent"

    for error in (ConnectionResetError(), aiohttp.ServerDisconnectedError()):
        calls.clear()
        assert await insist(request, error) == "sent"

    calls.clear()
    refusal = discord.Forbidden(SimpleNamespace(status=403, reason="no"), "no")
    with pytest.raises(discord.Forbidden):
        await insist(request, refusal)
    assert len(calls) == 1


async def waiting(scene):
    queue = await scene.home.core.queue(scene.server, MODERATOR)
    return [each.lesson for each in queue]


@pytest.mark.parametrize(("status", "times"), [(403, 1), (500, None)])
async def test_the_teacher_is_told_that_the_author_cannot_be_asked(
    tmp_path, status, times
):
    async with open_scene(tmp_path) as scene:
        await scene.set_up()
        people, env = scene.people, scene.discord.env
        message = await people.member.send(people.general, FACT)
        form = await people.admin.context_menu(people.general, "Teach this", message)
        posts = f"/channels/{people.general.id}/messages"
        env.inject_error("POST", posts, status=status, times=times)

        told = await people.admin.submit_modal(form, {"question": "", "text": FACT})

        assert "Lesson 1 is waiting for review" in reply_of(told)
        assert "I could not ask its author" in reply_of(told)
        [lesson] = await waiting(scene)
        assert lesson.consent is Consent.ASKED


async def test_a_corrector_is_told_that_the_asker_cannot_be_asked(tmp_path):
    async with knowing(tmp_path, FakeEngine) as scene:
        people, env = scene.people, scene.discord.env
        answer = await scene.ask()
        form = await people.insider.click(answer, label=THUMBS[1])
        posts = f"/channels/{people.general.id}/messages"
        env.inject_error("POST", posts, status=403, code=50013)

        told = await people.insider.submit_modal(form, {"text": "Jo Berg does."})

        assert "Lesson 2 is waiting for review" in reply_of(told)
        assert "I could not ask its author" in reply_of(told)
