"""Tests of the journal, the answers and what servers set for themselves."""

import sqlite3

import pytest

from storage import answers, journal, servers
from storage.database import open_database
from storage.servers import ServerSettings
from tests.storage_steps import HOUR, NOW, approved, served, taught


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def answered(database, server="guild", **fields):
    return await answers.record(
        database,
        server,
        **{
            "at": NOW,
            "channel": "general",
            "actor": "u1",
            "question": "Who?",
            "answer": "Priya.",
            "abstained": False,
            "adapter": f"{server}/3",
            "notes": [2, 1],
            "lessons": [2],
            **fields,
        },
    )


async def test_an_entry_is_read_back_as_it_was_written(database):
    await served(database, [await approved(database)])

    await journal.record(
        database,
        "guild",
        at=NOW,
        actor="m1",
        action="adapter.shown",
        lesson=1,
        run="guild-1",
        adapter=1,
        detail={"count": 2},
    )

    [entry] = await journal.entries(database, "guild", limit=1)
    assert (entry.at, entry.server, entry.actor) == (NOW, "guild", "m1")
    assert (entry.lesson, entry.run, entry.adapter) == (1, "guild-1", 1)
    assert (entry.action, entry.detail) == ("adapter.shown", {"count": 2})


async def test_entries_come_newest_first_and_by_lesson(database):
    await taught(database)
    await taught(database)

    entries = await journal.entries(database, "guild")
    about_one = await journal.entries(database, "guild", lesson=1)

    assert [entry.lesson for entry in entries] == [2, 1]
    assert [entry.lesson for entry in about_one] == [1]


async def test_an_action_is_a_noun_and_a_verb(database):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await journal.record(database, "guild", at=NOW, actor="m1", action="approved")


async def test_the_last_answer_is_the_askers_own_on_this_server(database):
    await answered(database, question="first")
    mine = await answered(database, question="second")
    await answered(database, actor="u2")
    await answered(database, "other")

    last = await answers.last(database, "guild", "u1")

    assert last == mine
    assert (last.notes, last.lessons, last.abstained) == ((2, 1), (2,), False)
    assert (last.channel, last.adapter, last.at) == ("general", "guild/3", NOW)
    assert await answers.last(database, "guild", "nobody") is None


@pytest.mark.parametrize("adapter", [None, "skills/1", "guild/12"])
async def test_an_answer_names_its_adapter(database, adapter):
    assert (await answered(database, adapter=adapter)).adapter == adapter


@pytest.mark.parametrize("adapter", ["other/1", "guil/1", "guildx/1"])
async def test_an_answer_cannot_come_from_another_servers_adapter(database, adapter):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await answered(database, adapter=adapter)


async def test_a_persons_answers_lose_their_words(database):
    await answered(database)
    await answered(database, actor="u2")
    await answered(database, "other")

    assert await answers.erase_of_actor(database, "guild", "u1") == 1

    erased = await answers.last(database, "guild", "u1")
    kept = await answers.last(database, "guild", "u2")
    elsewhere = await answers.last(database, "other", "u1")
    assert (erased.question, erased.answer, erased.notes) == ("", "", (2, 1))
    assert kept.question == elsewhere.question == "Who?"


async def test_a_lessons_answers_lose_their_words(database):
    await answered(database, notes=[12], lessons=[])

    assert await answers.erase_of_lesson(database, "guild", 1) == 0
    assert await answers.erase_of_lesson(database, "guild", 12) == 1


async def test_a_server_that_set_nothing_leaves_all_to_the_process(database):
    assert await servers.get(database, "guild") == ServerSettings("guild")


async def test_settings_are_kept_beside_the_last_nightly_run(database):
    await servers.record_nightly(database, "guild", at=NOW)
    wanted = ServerSettings("guild", 3, "Europe/Berlin", 5)

    await servers.save(database, wanted, by="m1", at=NOW)
    await servers.record_nightly(database, "guild", at=NOW + HOUR)

    assert await servers.get(database, "guild") == ServerSettings(
        "guild", 3, "Europe/Berlin", 5, last_nightly_at=NOW + HOUR
    )
    await servers.save(database, ServerSettings("guild"), by="m1", at=NOW)
    assert await servers.get(database, "guild") == ServerSettings(
        "guild", last_nightly_at=NOW + HOUR
    )
    [entry, _] = await journal.entries(database, "guild")
    assert entry.action == "settings.changed"


@pytest.mark.parametrize(
    "settings",
    [
        ServerSettings("guild", nightly_hour=24),
        ServerSettings("guild", minimum_new_lessons=0),
        ServerSettings("guild", time_zone=""),
    ],
)
async def test_settings_out_of_range_are_refused_by_the_schema(database, settings):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await servers.save(database, settings, by="m1", at=NOW)


async def test_every_server_that_was_taught_or_set_up_is_known(database):
    await taught(database, "taught")
    await taught(database, "taught")
    await servers.record_nightly(database, "set", at=NOW)

    assert await servers.all_known(database) == ["set", "taught"]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'u2'",
        "action = 'test.done'",
        "at = '2026'",
        "lesson = NULL",
        "detail = '{}'",
        "detail = json_set(detail, '$.person', 'u2')",
        "detail = json_set(detail, '$.n', '~0')",
    ],
)
async def test_of_an_entry_only_names_may_go_and_only_to_pseudonyms(database, change):
    lesson = await taught(database)
    await journal.record(
        database,
        "guild",
        at=NOW,
        actor="u1",
        action="test.happened",
        lesson=lesson,
        detail={"person": "u1", "n": 1},
    )

    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        await database.rows(
            f"UPDATE journal SET {change} WHERE action = 'test.happened'"  # noqa: S608
        )
    await database.rows(
        "UPDATE journal SET actor = '~0', detail = json_set(detail, '$.person', '~0') "
        "WHERE action = 'test.happened'"
    )
