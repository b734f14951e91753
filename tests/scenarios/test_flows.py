"""One scenario for each flow of the design: read this file first.

Everything here is real except the model, the trainer and memory's ranking, which
look words up and write them down (tests/fakes.py).
"""

import asyncio
from datetime import timedelta

from bot import phrases
from bot.messages import Decision, Refused, Ruling
from bot.schedule import Nights, Schedule
from learning.run import RunKind
from storage import answers
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, TEACHER, open_home
from tests.fakes import FakeClock, base_model

LYRA = "Which port does the Lyra gateway use?"


async def test_a_newcomer_teaches_learns_and_forgets(tmp_path):
    async with open_home(tmp_path) as home:
        unknown = await home.ask()
        lesson = await home.teach()
        await home.approve(lesson)
        from_memory = await home.ask("Who maintains Orion staging?")
        learned = await home.learn()
        from_weights = await home.ask("Who maintains Orion staging?", memory=False)
        forgotten = await home.forget(lesson)
        gone = [await home.ask(), await home.ask(memory=False)]

        assert unknown.text == "I don't know that yet. Teach me: /teach"
        assert from_memory.text == "Priya Raman does."
        assert phrases.credits_line(from_memory, TEACHER.id) == (
            "[lesson 1, taught by you · in memory]"
        )
        assert learned.promoted
        assert from_weights.text == "Priya Raman does."
        assert phrases.credits_line(from_weights, MEMBER.id) == (
            "[lesson 1, taught by Tomas · learned]"
        )
        assert "Lesson 1 is forgotten." in phrases.forgotten(forgotten)
        assert all(reply.abstained for reply in gone)


async def test_a_mention_is_screened_answered_and_journaled(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        streamed = []

        reply = await home.ask(on_text=streamed.append)
        refused = await home.ask("My key is AKIAIOSFODNN7EXAMPLE, is it safe?")

        assert "".join(streamed) == reply.text
        assert [credit.id for credit in reply.lessons] == [lesson]
        assert isinstance(refused, Refused)
        last = await answers.last(home.parts.database, SERVER, MEMBER.id)
        assert (last.question, last.notes) == (ORION, (lesson,))


async def test_a_teaching_is_refused_with_reasons_or_waits(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()
        (waiting,) = await home.core.queue(SERVER, MODERATOR)

        assert "Priya Raman does." in phrases.waiting(waiting)
        assert (await home.ask()).abstained


async def test_of_two_moderators_one_decides_and_memory_knows_it_now(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()
        decisions = [
            Decision(SERVER, MODERATOR, lesson, Ruling.APPROVE),
            Decision(SERVER, MODERATOR, lesson, Ruling.REJECT, "No."),
        ]

        results = await asyncio.gather(
            *map(home.core.decide, decisions), return_exceptions=True
        )

        assert sum(isinstance(result, Exception) for result in results) == 1
        assert len(home.parts.announcer.told) == 1


async def test_learning_goes_on_from_the_current_adapter_with_replay(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        await home.approved(LYRA, "Port 9090.")

        learned = await home.learn()

        assert (learned.kind, learned.adapter) == (RunKind.WARM, "home/2")
        assert "Priya" in home.parts.trainer.rows[-1]
        assert (await home.ask(memory=False)).text == "Priya Raman does."
        assert (await home.ask(LYRA, memory=False)).text == "Port 9090."


async def test_the_night_learns_for_every_server_with_something_new(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await home.approved()
        await home.approved(LYRA, "Port 9090.", server="elsewhere")
        nights = Nights(3, "UTC", 1, home.parts.directory.backups, timedelta(days=7))
        schedule = Schedule(
            home.core, database=home.parts.database, clock=clock, nights=nights
        )
        clock.advance(days=1)

        due = await schedule.due()
        for server in due:
            await schedule.night(server)

        assert due == ["elsewhere", SERVER]
        assert (await home.ask(memory=False)).adapter == "home/1"
        other = await home.ask(LYRA, memory=False, server="elsewhere")
        assert other.adapter == "elsewhere/1"


async def test_forgetting_withdraws_then_builds_anew_then_deletes(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.approved(LYRA, "Port 9090.")
        await home.learn()

        await home.forget(1)
        between = await home.ask(LYRA, memory=False)
        from_memory = await home.ask(LYRA)
        learned = await home.learn()

        assert between.adapter == "skills/1"
        assert from_memory.text == "Port 9090."
        assert (learned.kind, learned.adapter) == (RunKind.FRESH, "home/2")
        assert (await home.ask(LYRA, memory=False)).text == "Port 9090."
        assert not home.parts.directory.adapter(SERVER, 1).exists()


async def test_a_rollback_moves_the_pointer_back_at_once(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        await home.approved(LYRA, "Port 9090.")
        await home.learn()

        moved = await home.core.rollback(SERVER, MODERATOR)

        assert phrases.rolled_back(moved) == (
            "Adapter home/1 answers now, instead of Adapter home/2."
        )
        assert (await home.ask(memory=False)).adapter == "home/1"


async def test_a_new_model_serves_from_memory_until_a_fresh_run(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
    other = base_model(tmp_path / "base", digest="another")
    async with open_home(tmp_path, base=other) as home:
        before = await home.ask()
        status = await home.core.status(SERVER)
        learned = await home.learn()

        assert (before.text, before.adapter) == ("Priya Raman does.", "skills/1")
        assert status.fresh_run_due
        assert (learned.kind, learned.adapter) == (RunKind.FRESH, "home/2")
        assert (await home.ask(memory=False)).text == "Priya Raman does."
