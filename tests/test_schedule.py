"""Nights come once each, in every server's own time, also after a downtime."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import FOR_EVER, Nights, Schedule, last_night
from learning.errors import RunKilledError
from moderation.provenance import Scope
from storage import answers, servers
from storage.database import open_database
from storage.retention import Retention
from storage.servers import ServerSettings
from tests.core_steps import ORION, SERVER, open_home
from tests.fakes import NOON, FakeClock

BERLIN = ZoneInfo("Europe/Berlin")
LYRA = "Which port does the Lyra gateway use?"


@asynccontextmanager
async def scheduled(root, clock, *, minimum=1, keep=FOR_EVER, **changes):
    """Open a core and its schedule, which looks only when the test says so."""
    async with open_home(root, clock=clock, **changes) as home:
        schedule = Schedule(
            home.core,
            database=home.parts.database,
            clock=clock,
            nights=Nights(
                hour=3,
                time_zone="UTC",
                minimum_new_lessons=minimum,
                backups=home.parts.directory.backups,
                keep_backups=timedelta(days=7),
                keep=keep,
            ),
        )
        yield home, schedule


async def look(home, schedule):
    """Look, and carry out what was found due; return the servers."""
    due = await schedule.due()
    for server in due:
        await schedule.night(server)
    return due


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 3, 1, 2, 59, tzinfo=UTC), datetime(2026, 2, 28, 3, tzinfo=UTC)),
        (datetime(2026, 3, 1, 3, 0, tzinfo=UTC), datetime(2026, 3, 1, 3, tzinfo=UTC)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), datetime(2026, 3, 1, 3, tzinfo=UTC)),
    ],
)
def test_the_last_night_is_the_latest_one_begun(now, night):
    assert last_night(now, hour=3, zone=ZoneInfo("UTC")) == night


def test_a_night_follows_the_zone_through_the_change_of_clocks():
    winter = last_night(datetime(2026, 3, 28, 12, tzinfo=UTC), hour=4, zone=BERLIN)
    summer = last_night(datetime(2026, 3, 29, 12, tzinfo=UTC), hour=4, zone=BERLIN)

    assert winter == datetime(2026, 3, 28, 3, tzinfo=UTC)
    assert summer == datetime(2026, 3, 29, 2, tzinfo=UTC)


async def test_what_was_approved_by_day_is_learned_at_night_once(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved()

        by_day = await look(home, schedule)
        clock.advance(hours=15)
        by_night = await look(home, schedule)
        again = await look(home, schedule)

        assert (by_day, by_night, again) == ([], [SERVER], [])
        assert (await home.core.status(SERVER)).adapter == "home/1"


async def test_a_night_missed_while_the_process_was_down_is_caught_up(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
    clock = FakeClock(NOON + timedelta(days=3))
    async with scheduled(tmp_path, clock) as (home, schedule):
        assert await look(home, schedule) == [SERVER]
        assert await look(home, schedule) == []


async def test_every_server_has_its_own_hour_and_zone(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved()
        await home.approved(server="berlin")
        settings = ServerSettings("berlin", nightly_hour=20, time_zone="Europe/Berlin")
        await servers.save(home.parts.database, settings, by="m1", at=clock.now())

        clock.advance(hours=7)
        evening = await look(home, schedule)
        clock.advance(hours=8)
        night = await look(home, schedule)

        assert (evening, night) == (["berlin"], [SERVER])


async def test_too_few_new_lessons_wait_for_more(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock, minimum=2) as (home, schedule):
        await home.approved()
        clock.advance(days=1)
        await look(home, schedule)
        few = len(home.parts.trainer.trained)

        await home.approved(LYRA, "Port 9090.")
        clock.advance(days=1)
        await look(home, schedule)

        assert few == 0
        assert home.parts.trainer.trained[0].lessons == (1, 2)


async def test_a_servers_own_minimum_counts(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved()
        settings = ServerSettings(SERVER, minimum_new_lessons=2)
        await servers.save(home.parts.database, settings, by="m1", at=clock.now())
        clock.advance(days=1)

        await look(home, schedule)

        assert home.parts.trainer.trained == []


async def test_after_a_forgotten_lesson_one_is_enough_for_a_fresh_run(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock, minimum=5) as (home, schedule):
        await home.approved()
        await home.approved(LYRA, "Port 9090.")
        await home.learn()
        await home.forget(1)
        clock.advance(days=1)

        await look(home, schedule)

        assert (await home.core.status(SERVER)).adapter == "home/2"


async def test_a_lesson_that_was_refused_is_not_tried_again_every_night(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        lesson = await home.approved()
        home.parts.trainer.forgets = {lesson}
        for _ in range(3):
            clock.advance(days=1)
            await look(home, schedule)

        assert len(home.parts.trainer.trained) == 1


async def test_a_lesson_that_may_not_be_trained_on_starts_no_run(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved(scope=Scope("c1"))
        clock.advance(days=1)

        await look(home, schedule)

        assert home.parts.trainer.trained == []


async def test_a_night_that_fails_does_not_stop_the_schedule(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved()
        home.parts.trainer.fails_with = RunKilledError("The trainer was killed.")
        clock.advance(days=1)
        await look(home, schedule)
        home.parts.trainer.fails_with = None
        clock.advance(days=1)

        await look(home, schedule)

        assert (await home.core.status(SERVER)).adapter == "home/1"


async def test_expired_lessons_are_retired_at_every_look(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved(expires_at=NOON + timedelta(hours=1))
        clock.advance(hours=2)

        await schedule.keep_house()

        assert (await home.ask()).abstained


async def test_a_backup_is_made_every_night_and_the_old_ones_go(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        backups = home.parts.directory.backups
        for _ in range(12):
            await schedule.keep_house()
            clock.advance(days=1)
        (backups / "myna-old.db").touch()
        await schedule.keep_house()
        made = sorted(backups.glob("myna-2*.db"))
        clock.advance(minutes=5)
        await schedule.keep_house()

        assert len(made) == 8
        assert sorted(backups.glob("myna-2*.db")) == made


async def test_what_is_erased_for_its_age_is_in_the_backup_made_before(tmp_path):
    clock = FakeClock()
    keep = Retention(answers=timedelta(days=30))
    async with scheduled(tmp_path, clock, keep=keep) as (home, schedule):
        await home.approved()
        answer = (await home.ask()).id
        clock.advance(days=31)

        await schedule.keep_house()

        [copy] = home.parts.directory.backups.glob("myna-*.db")
        erased = await answers.get(home.parts.database, SERVER, answer)
        async with open_database(copy) as backup:
            kept = await answers.get(backup, SERVER, answer)
        assert (erased.question, kept.question) == ("", ORION)


async def test_a_backup_that_fails_does_not_stop_the_schedule(tmp_path):
    clock = FakeClock()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await home.approved()
        home.parts.directory.backups.rmdir()
        clock.advance(days=1)

        await schedule.keep_house()

        assert await schedule.due() == [SERVER]


async def test_the_schedule_looks_at_once_and_starts_what_is_due(tmp_path):
    clock = FakeClock(NOON + timedelta(days=3))
    async with open_home(tmp_path) as home:
        await home.approved()
    async with scheduled(tmp_path, clock) as (home, schedule):
        await schedule.start()
        await home.parts.trainer.started.wait()
        await schedule.close()

        assert len(home.parts.trainer.trained) == 1
