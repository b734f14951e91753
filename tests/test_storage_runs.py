"""Tests that a server has one active run at most, and that a stop ends it cleanly."""

import asyncio
import sqlite3

import pytest

from learning.errors import ConflictError, NotFoundError, RunBusyError
from learning.run import RunKind
from storage import adapters, forgetting, journal, lessons, promotions, runs
from storage.adapters import AdapterState
from storage.database import open_database
from storage.runs import RunState
from tests.storage_steps import HOUR, NOW, approved, candidate, claimed, served


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def test_a_run_goes_from_queued_to_running_to_its_exam(database):
    queued = await claimed(database, contents=[2, 1])

    running = await runs.start(database, "r1", at=NOW)
    exam = await runs.begin_exam(database, "r1")

    assert (queued.state, queued.lessons, queued.kind) == (
        RunState.QUEUED,
        (1, 2),
        RunKind.WARM,
    )
    assert (running.state, running.started_at) == (RunState.RUNNING, NOW)
    assert exam.state is RunState.EXAM
    assert (
        await runs.active(database, "guild") == exam == await runs.get(database, "r1")
    )


async def test_of_two_claims_at_once_one_is_told_that_the_server_is_busy(database):
    results = await asyncio.gather(
        claimed(database, "r1"), claimed(database, "r2"), return_exceptions=True
    )

    assert results[0].state is RunState.QUEUED
    assert isinstance(results[1], RunBusyError)
    assert "run r1, queued" in str(results[1])


async def test_the_schema_lets_a_server_have_one_active_run_only(database):
    await claimed(database)

    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        await database.rows(
            "INSERT INTO runs (id, server, kind, state, lessons, requested_by, "
            "created_at) VALUES ('r2', 'guild', 'warm', 'running', '[]', '', '')"
        )


async def test_other_servers_run_at_the_same_time(database):
    await claimed(database, "r1", "a")
    await claimed(database, "r2", "b")

    assert (await runs.active(database, "a")).id == "r1"
    assert (await runs.active(database, "b")).id == "r2"


@pytest.mark.parametrize("end", ["fail", "cancel"])
async def test_a_run_that_ended_makes_room_for_the_next(database, end):
    await claimed(database)
    by = {"by": "m1"} if end == "cancel" else {}

    ended = await getattr(runs, end)(database, "r1", at=NOW, reason="why", **by)

    assert (ended.finished_at, ended.reason) == (NOW, "why")
    assert await runs.active(database, "guild") is None
    with pytest.raises(ConflictError, match="already"):
        await runs.fail(database, "r1", at=NOW, reason="again")
    await claimed(database, "r2")
    assert [run.id for run in await runs.latest(database, "guild")] == ["r2", "r1"]


async def test_steps_out_of_order_are_refused(database):
    await claimed(database)

    with pytest.raises(ConflictError, match="already queued"):
        await runs.begin_exam(database, "r1")
    await runs.start(database, "r1", at=NOW)
    with pytest.raises(ConflictError, match="already running"):
        await runs.start(database, "r1", at=NOW)


async def test_an_unknown_run_is_not_found(database):
    with pytest.raises(NotFoundError, match="no run r9"):
        await runs.start(database, "r9", at=NOW)
    with pytest.raises(NotFoundError, match="no run r9"):
        await runs.get(database, "r9")


async def test_the_scorecards_of_a_run_are_kept(database):
    await claimed(database)

    await runs.record_scorecards(
        database, "r1", before='{"recall": 0}', after='{"recall": 1}'
    )

    run = await runs.get(database, "r1")
    assert (run.scorecard_before, run.scorecard_after) == (
        '{"recall": 0}',
        '{"recall": 1}',
    )
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await runs.record_scorecards(database, "r1", before="not json", after="{}")


async def test_runs_that_a_stop_cut_short_fail_and_their_lessons_stay(tmp_path):
    path = tmp_path / "myna.db"
    async with open_database(path) as database:
        lesson = await approved(database)
        serving = await served(database, [lesson])
        other = await candidate(database, [lesson], parent=serving)
        await claimed(database, "queued", "second")

    async with open_database(path) as database:
        recovered = await runs.recover(database, at=NOW + HOUR)

        assert [run.id for run in recovered.runs] == ["guild-2", "queued"]
        assert {run.state for run in recovered.runs} == {RunState.FAILED}
        assert recovered.runs[0].reason == "Myna was stopped while it ran."
        assert [adapter.version for adapter in recovered.adapters] == [other.version]
        assert (await adapters.current(database, "guild")).version == serving
        assert [n.id for n in await lessons.approved(database, "guild")] == [lesson]
        entries = await journal.entries(database, "guild")
        assert (entries[0].action, entries[0].actor) == ("run.failed", journal.MYNA)
        assert await runs.recover(database, at=NOW + HOUR) == runs.Recovered((), ())
        await claimed(database, "again")


async def test_refusing_a_tainted_candidate_ends_its_run_and_keeps_the_taint(database):
    lesson = await approved(database)
    adapter = await candidate(database, [lesson])
    await forgetting.forget(database, "guild", lesson, by="m1", at=NOW)

    await promotions.refuse(
        database, "guild", adapter.version, by="myna", at=NOW, reason="a lesson left"
    )

    kept = await adapters.get(database, "guild", adapter.version)
    assert kept.state is AdapterState.TAINTED
    assert (await runs.get(database, adapter.run)).state is RunState.REFUSED
