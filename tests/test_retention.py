"""Retention: each kind of data goes when its time is over, once, and it is told."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Actor, Decision, Ruling
from bot.settings import load
from learning.lesson import LessonState
from moderation.roles import Role
from storage import answers, journal, lessons, retention
from storage.retention import Retention
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, TEACHER, open_home
from tests.fakes import FakeClock
from tests.test_schedule import scheduled

LYRA = "Which port does the Lyra gateway use?"
ADMIN = Actor("a1", "Ada", Role.ADMIN)
DAYS = timedelta(days=30)


async def actions(home, server=SERVER):
    return [e.action for e in await journal.everything(home.parts.database, server)]


async def state_of(home, lesson):
    return (await lessons.get(home.parts.database, SERVER, lesson)).lesson.state


async def test_questions_and_answers_go_after_their_time_with_who_asked(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        old = (await home.ask()).id
        home.parts.clock.advance(days=20)
        new = (await home.ask()).id
        home.parts.clock.advance(days=11)

        counts = await home.core.enforce_retention(Retention(answers=DAYS))

        gone = await answers.get(home.parts.database, SERVER, old)
        kept = await answers.get(home.parts.database, SERVER, new)
        assert counts == {"answers": 1}
        assert (gone.question, gone.answer, gone.actor) == ("", "", "")
        assert (kept.question, kept.actor) == (ORION, MEMBER.id)


async def test_thumbs_go_after_their_time(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        answer = (await home.ask()).id
        await home.core.rate(SERVER, MEMBER, answer, helpful=True)
        home.parts.clock.advance(days=31)

        counts = await home.core.enforce_retention(Retention(feedback=DAYS))

        again = await home.core.rate(SERVER, TEACHER, answer, helpful=False)
        assert counts == {"feedback": 1}
        assert (again.up, again.down) == (0, 1)


async def test_what_nobody_reviewed_or_somebody_rejected_loses_its_words(tmp_path):
    async with open_home(tmp_path) as home:
        rejected = await home.teach("Who paints the boats?", "Nobody does.")
        waiting = await home.teach("Where is the boat house?", "By the old pier.")
        known = await home.teach()
        await home.core.decide(Decision(SERVER, MODERATOR, rejected, Ruling.REJECT))
        await home.approve(known)
        home.parts.clock.advance(days=20)
        edited = await home.teach(LYRA, "Port 9090.")
        home.parts.clock.advance(days=11)

        keep = Retention(rejected=DAYS, unreviewed=DAYS)
        counts = await home.core.enforce_retention(keep)

        assert counts == {"unreviewed": 1, "rejected": 1}
        assert await state_of(home, rejected) is LessonState.FORGOTTEN
        assert await state_of(home, waiting) is LessonState.FORGOTTEN
        assert await state_of(home, known) is LessonState.APPROVED
        assert await state_of(home, edited) is LessonState.PENDING
        assert (await home.ask()).text == "Priya Raman does."
        entry = (await journal.entries(home.parts.database, SERVER, lesson=waiting))[0]
        assert (entry.action, entry.actor) == ("lesson.forgotten", "myna")
        assert "kept as long" in entry.detail["reason"]


async def test_an_edit_begins_the_time_of_a_waiting_lesson_anew(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()
        home.parts.clock.advance(days=20)
        await home.core.edit(SERVER, MODERATOR, lesson, answer="Priya does.")
        home.parts.clock.advance(days=20)

        counts = await home.core.enforce_retention(Retention(unreviewed=DAYS))

        assert counts == {"unreviewed": 0}


async def test_run_directories_go_and_their_adapters_stay(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        learned = await home.learn()
        run = home.parts.directory.run(learned.run)
        was_there = run.exists()
        home.parts.clock.advance(days=31)

        counts = await home.core.enforce_retention(Retention(runs=DAYS))

        assert was_there
        assert not run.exists()
        assert counts == {"runs": 1}
        assert (await home.ask(memory=False)).text == "Priya Raman does."


async def test_the_journal_keeps_what_was_done_and_lets_go_of_names(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        before = await actions(home)
        home.parts.clock.advance(days=31)
        await home.teach(LYRA, "Port 9090.")

        counts = await home.core.enforce_retention(Retention(names=DAYS))

        entries = await journal.everything(home.parts.database, SERVER)
        old, new = entries[: len(before)], entries[len(before) :]
        named = home.parts.pseudonyms.of
        assert counts == {"people": 2}
        assert [entry.action for entry in old] == before
        assert {entry.actor for entry in old} == {named("t1"), named("m1")}
        assert {entry.actor for entry in new} == {"t1"}
        [run] = await home.parts.database.rows("SELECT requested_by FROM runs")
        assert run["requested_by"] == named("m1")


async def test_who_was_listed_in_changed_settings_is_let_go_of_too(tmp_path):
    async with open_home(tmp_path) as home:
        kinds = {"moderators": "mo-7", "teachers": "te-7", "trusted": "tr-7"}
        settings = await home.core.settings(SERVER)
        listed = {kind: frozenset({person}) for kind, person in kinds.items()}
        roles = replace(settings.roles, **listed)
        await home.core.configure(replace(settings, roles=roles), ADMIN)
        home.parts.clock.advance(days=31)

        counts = await home.core.enforce_retention(Retention(names=DAYS))
        again = await home.core.enforce_retention(Retention(names=DAYS))

        [changed] = await journal.everything(home.parts.database, SERVER)
        named = home.parts.pseudonyms.of
        assert {kind: json.loads(changed.detail[kind]) for kind in kinds} == {
            kind: [named(person)] for kind, person in kinds.items()
        }
        assert (counts, again) == ({"people": 4}, {"people": 0})
        assert (await home.core.settings(SERVER)).roles == roles


async def test_an_author_is_not_told_again_once_names_are_gone(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        told = await home.core.notices(SERVER, TEACHER.id)
        home.parts.clock.advance(days=31)

        await home.core.enforce_retention(Retention(names=DAYS))

        assert len(told) == 1
        assert await home.core.notices(SERVER, TEACHER.id) == ()


async def test_doing_it_again_does_nothing_more(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.teach(LYRA, "Port 9090.")
        answer = (await home.ask()).id
        await home.core.rate(SERVER, MEMBER, answer, helpful=True)
        await home.learn()
        home.parts.clock.advance(days=31)
        everything = Retention(DAYS, DAYS, DAYS, DAYS, DAYS, DAYS)

        first = await home.core.enforce_retention(everything)
        journalled = await actions(home)
        again = await home.core.enforce_retention(everything)

        assert all(count > 0 for kind, count in first.items() if kind != "rejected")
        assert set(again.values()) == {0}
        assert await actions(home) == journalled


async def test_what_has_no_time_is_kept_for_ever(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()
        home.parts.clock.advance(days=36_000)

        assert await home.core.enforce_retention(Retention()) == {}


async def test_the_schedule_enforces_it_once_a_day(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock, keep=Retention(answers=DAYS)) as (
        home,
        schedule,
    ):
        await home.approved()
        answer = (await home.ask()).id
        for _ in range(31):
            await schedule.keep_house()
            clock.advance(minutes=5)
            await schedule.keep_house()
            clock.advance(days=1)
        await schedule.keep_house()

        done = await journal.everything(home.parts.database, journal.INSTALLATION)
        gone = await answers.get(home.parts.database, SERVER, answer)
        assert [entry.action for entry in done] == [retention.ENFORCED] * 32
        assert sum(entry.detail["answers"] for entry in done) == 1
        assert gone.question == ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("KEEP_ANSWERS_DAYS", "answers"),
        ("KEEP_FEEDBACK_DAYS", "feedback"),
        ("KEEP_UNREVIEWED_DAYS", "unreviewed"),
        ("KEEP_REJECTED_DAYS", "rejected"),
        ("KEEP_RUNS_DAYS", "runs"),
        ("KEEP_NAMES_DAYS", "names"),
    ],
)
def test_each_kind_has_its_setting_and_0_is_for_ever(tmp_path, name, kind):
    nowhere = tmp_path / "none"

    week = load(environ={name: "7"}, env_file=nowhere).retention
    ever = load(environ={name: "0"}, env_file=nowhere).retention

    assert getattr(week, kind) == timedelta(days=7)
    assert getattr(ever, kind) is None
