"""Tests that the pointer to an adapter moves only where it may."""

import sqlite3

import pytest

from learning.errors import ConflictError, NotFoundError
from storage import adapters, journal, promotions, runs
from storage.adapters import AdapterState
from storage.data_directory import adapter_path
from storage.database import open_database
from storage.promotions import PromotionKind
from tests.storage_steps import NOW, approved, candidate, claimed, served, taught


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def roll_back(database, to, server="guild"):
    return await promotions.roll_back(
        database, server, to=to, by="m1", at=NOW, reason="it was rude"
    )


async def refuse(database, version):
    await promotions.refuse(
        database, "guild", version, by="myna", at=NOW, reason="it forgot"
    )


async def current(database, server="guild"):
    adapter = await adapters.current(database, server)
    return None if adapter is None else adapter.version


async def test_a_server_begins_without_an_adapter_of_its_own(database):
    assert await current(database) is None
    assert await adapters.previous(database, "guild") is None


async def test_a_candidate_is_named_by_the_next_version_and_not_in_service(database):
    lesson = await approved(database)

    adapter = await candidate(database, [lesson])

    assert adapter.name == "guild/1"
    assert adapter.state is AdapterState.CANDIDATE
    assert adapter.path == adapter_path("guild", 1)
    assert await adapters.get(database, "guild", 1) == adapter
    assert await current(database) is None


async def test_the_engine_is_told_where_an_adapter_lies(database, tmp_path):
    adapter = await candidate(database, [])

    ref = adapter.ref(tmp_path)

    assert (ref.name, ref.directory) == ("guild/1", tmp_path / adapter.path)


async def test_promotion_moves_the_pointer_and_ends_the_run(database):
    adapter = await candidate(database, [await approved(database)])

    promotion = await promotions.promote(
        database, "guild", 1, by="m1", at=NOW, reason="it passed"
    )

    run = await runs.get(database, adapter.run)
    assert await current(database) == 1
    assert (promotion.kind, promotion.version) == (PromotionKind.PROMOTE, 1)
    assert (run.state, run.finished_at) == (runs.RunState.PROMOTED, NOW)
    assert run.reason == "it passed"
    assert [entry.action for entry in await journal.entries(database, "guild")][:2] == [
        "adapter.promoted",
        "run.promoted",
    ]


async def test_an_adapter_is_promoted_once(database):
    version = await served(database, [])

    with pytest.raises(ConflictError, match="already been promoted"):
        await promotions.promote(database, "guild", version, by="m1", at=NOW, reason="")


async def test_the_candidate_of_a_cancelled_run_is_not_promoted(database):
    adapter = await candidate(database, [])
    await runs.cancel(database, adapter.run, by="m1", at=NOW, reason="too slow")

    with pytest.raises(ConflictError, match="already cancelled"):
        await promotions.promote(database, "guild", 1, by="m1", at=NOW, reason="")

    assert (await adapters.get(database, "guild", 1)).state is AdapterState.CANDIDATE
    assert await current(database) is None


async def test_a_refused_candidate_changes_nothing_in_service(database):
    serving = await served(database, [])
    adapter = await candidate(database, [], parent=serving)

    await refuse(database, adapter.version)

    run = await runs.get(database, adapter.run)
    assert await current(database) == serving
    assert (run.state, run.reason) == (runs.RunState.REFUSED, "it forgot")
    with pytest.raises(ConflictError, match="did not pass its exam"):
        await roll_back(database, adapter.version)
    with pytest.raises(ConflictError, match="did not pass its exam"):
        await refuse(database, adapter.version)


async def test_a_rollback_points_back_and_loses_no_history(database):
    one = await served(database, [])
    two = await served(database, [], parent=one)

    await roll_back(database, one)

    history = await promotions.history(database, "guild")
    assert await current(database) == one
    assert [(move.kind.value, move.version) for move in history] == [
        ("rollback", one),
        ("promote", two),
        ("promote", one),
    ]
    assert history[0].reason == "it was rude"
    await roll_back(database, two)
    assert await current(database) == two


async def test_rollbacks_one_after_another_walk_back_to_the_skills_adapter(database):
    for _ in range(3):
        await served(database, [])
    await refuse(database, (await candidate(database, [])).version)

    walked = []
    for _ in range(3):
        target = await adapters.previous(database, "guild")
        await roll_back(database, target and target.version)
        walked.append(await current(database))

    assert walked == [2, 1, None]


async def test_a_rollback_to_what_is_in_service_is_refused(database):
    with pytest.raises(ConflictError, match="skills adapter is already in service"):
        await roll_back(database, None)
    version = await served(database, [])
    with pytest.raises(ConflictError, match="Adapter 1 is already in service"):
        await roll_back(database, version)


async def test_a_rollback_to_a_candidate_is_refused(database):
    adapter = await candidate(database, [])

    with pytest.raises(ConflictError, match="has not passed its exam"):
        await roll_back(database, adapter.version)


async def test_a_rollback_to_another_servers_adapter_finds_nothing(database):
    await served(database, [], server="other")

    with pytest.raises(NotFoundError, match="no adapter 1 here"):
        await roll_back(database, 1)


async def test_withdrawing_leaves_the_skills_adapter_in_service(database):
    await served(database, [])

    async def withdraw():
        return await promotions.withdraw(
            database, "guild", by="myna", at=NOW, reason="the base model changed"
        )

    assert (await withdraw()).kind is PromotionKind.WITHDRAW
    assert await current(database) is None
    assert await withdraw() is None
    await roll_back(database, 1)
    assert await current(database) == 1


async def test_an_adapter_in_service_cannot_be_deleted(database):
    one = await served(database, [])
    two = await served(database, [])

    async def delete(version):
        await adapters.mark_deleted(database, "guild", version, by="myna", at=NOW)

    with pytest.raises(ConflictError, match="is in service"):
        await delete(two)
    await delete(one)
    await delete(one)

    assert (await adapters.get(database, "guild", one)).state is AdapterState.DELETED
    with pytest.raises(ConflictError, match="has been deleted"):
        await roll_back(database, one)
    deleted = [e for e in await journal.entries(database, "guild") if "del" in e.action]
    assert len(deleted) == 1


async def test_an_adapter_contains_the_lessons_of_its_whole_line(database):
    first, second, third = [await approved(database) for _ in range(3)]
    one = await served(database, [first])
    two = await served(database, [second], parent=one)
    other = await served(database, [third])

    line = await adapters.lineage(database, "guild", two)

    assert [adapter.version for adapter in line] == [two, one]
    assert await adapters.contained_lessons(database, "guild", two) == {first, second}
    assert await adapters.contained_lessons(database, "guild", other) == {third}


async def test_adapters_are_listed_by_state(database):
    await served(database, [])
    await candidate(database, [])

    listed = await adapters.in_state(database, "guild", AdapterState.CANDIDATE)

    assert [adapter.version for adapter in listed] == [2]


async def test_nothing_of_one_server_is_seen_from_another(database):
    await served(database, [await approved(database)])

    assert await current(database, "other") is None
    assert await adapters.all_of(database, "other") == []
    assert await adapters.lineage(database, "other", 1) == []
    assert await adapters.contained_lessons(database, "other", 1) == frozenset()
    assert await promotions.history(database, "other") == []
    assert await runs.latest(database, "other") == []


async def test_an_adapter_cannot_have_another_servers_parent_run_or_lesson(database):
    lesson = await approved(database, "other")
    await served(database, [lesson], server="other")
    await claimed(database, "mine")

    for fields in (
        {"run": "mine", "parent": 1, "lessons": []},
        {"run": "other-1", "parent": None, "lessons": []},
        {"run": "mine", "parent": None, "lessons": [lesson]},
    ):
        with pytest.raises(sqlite3.IntegrityError):
            await adapters.add(
                database,
                "guild",
                base_digest="",
                skills_digest="",
                manifest_digest="",
                at=NOW,
                **fields,
            )
    assert await adapters.all_of(database, "guild") == []


async def test_no_adapter_is_trained_on_an_unapproved_lesson(database):
    lesson = await taught(database)

    with pytest.raises(sqlite3.IntegrityError, match="weights may not learn"):
        await candidate(database, [lesson])


async def test_no_adapter_is_trained_on_a_channels_lesson(database):
    lesson = await approved(database)
    await database.rows("DROP TRIGGER lessons_decided_stay_as_they_are")
    await database.rows("UPDATE lessons SET channel = 'staff'")

    with pytest.raises(sqlite3.IntegrityError, match="weights may not learn"):
        await candidate(database, [lesson])


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE promotions SET reason = ''", "only ever added"),
        ("DELETE FROM promotions", "only ever added"),
        ("UPDATE journal SET actor = ''", "only ever added to"),
        ("DELETE FROM journal", "only ever added to"),
        ("DELETE FROM adapters", "keeps its number"),
        ("UPDATE adapters SET parent = version", "CHECK"),
        ("UPDATE adapters SET state = 'lost'", "CHECK"),
        (
            (
                "INSERT INTO promotions (server, version, kind, at, actor, reason) "
                "VALUES ('guild', 2, 'promote', '', '', '')"
            ),
            "only an adapter that passed its exam",
        ),
        (
            (
                "INSERT INTO promotions (server, version, kind, at, actor, reason) "
                "VALUES ('guild', 1, 'withdraw', '', '', '')"
            ),
            "CHECK",
        ),
        (
            (
                "INSERT INTO promotions (server, version, kind, at, actor, reason) "
                "VALUES ('other', 1, 'promote', '', '', '')"
            ),
            "FOREIGN KEY",
        ),
    ],
)
async def test_the_schema_keeps_the_rules_of_adapters(database, statement, rule):
    await served(database, [])
    await candidate(database, [])

    with pytest.raises(sqlite3.IntegrityError, match=rule):
        await database.rows(statement)


async def test_the_schema_lets_no_tainted_adapter_come_back(database):
    await candidate(database, [])
    await database.rows("UPDATE adapters SET state = 'tainted'")

    with pytest.raises(sqlite3.IntegrityError, match="never comes back"):
        await database.rows("UPDATE adapters SET state = 'promoted'")
    await database.rows("UPDATE adapters SET state = 'deleted'")
    with pytest.raises(sqlite3.IntegrityError, match="never comes back"):
        await database.rows("UPDATE adapters SET state = 'tainted'")
