"""Tools in the database: upgraded without a loss, and secrets that nobody reads."""

import logging
import shutil
import sqlite3

import pytest

from learning.errors import CommandError, NotFoundError, SettingsError
from learning.lesson import LessonKind
from storage import data_directory, deletions, forgetting, journal, lessons, purging
from storage import tool_secrets as secrets
from storage.approvals import give
from storage.backup import back_up
from storage.database import MIGRATIONS, open_database
from storage.encryption import bring_under
from tests.encryption_steps import KEY, OTHER_KEY, files_with
from tests.storage_steps import HOUR, NOW, approved, candidate, taught

VALUE = "sk-grelbin-4711-vault"
OTHER = "sk-plimwort-0815-stone"
HOST = "status.example.org"
CALLS = (("Who plays in the EU?", '{"name": "status", "arguments": {}}'),)
TOOL = {
    "kind": LessonKind.TOOL,
    "question": "",
    "answer": "",
    "text": '{"name": "status"}',
    "examples": CALLS,
}
STATES = ("pending", "approved", "rejected", "superseded", "expired", "forgotten")
KINDS = ("qa", "fact", "rule", "passage", "dialogue")
LESSON = (
    "INSERT INTO lessons (server, id, kind, question, answer, text, examples, author, "
    "author_name, provenance, state, taught_at, channel, platform, source, document, "
    "heading, position, place, expires_at, supersedes, findings, source_channel, "
    "source_message, consent_of) VALUES ('guild', ?, ?, ?, ?, ?, ?, 'u1', 'Tomas', "
    "'typed', 'pending', '2026-01-01T00:00:00.000000+00:00', ?, 'discord', 'a.md', ?, ?, ?, ?, '2027-01-01T00:00:00.000000+00:00', ?, "
    "'[]', 'c1', 'm1', 'u2')"
)
TABLES = (
    "lessons",
    "documents",
    "runs",
    "adapters",
    "adapter_lessons",
    "journal",
    "cards",
    "approvals",
    "expansions",
    "canaries",
    "servers",
)
SCHEMA = (
    "SELECT type, name, tbl_name, sql FROM sqlite_schema "
    "WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
)


def migrations_before(folder, number):
    """Copy the migrations up to one, for a database of an older Myna."""
    folder.mkdir()
    for path in sorted(MIGRATIONS.glob("*.sql"))[:number]:
        shutil.copy(path, folder)
    return folder


async def fill(database):
    """A lesson of each old kind in each state, and of everything that names one."""
    run = database.rows
    await run(
        "INSERT INTO documents (server, id, source, title, provenance, text_digest, "
        "added_by, added_by_name, added_at) VALUES "
        "('guild', 1, 'a.md', 'A', 'upload', 'd', 'u1', 'Tomas', '2026')"
    )
    number = 0
    for kind in KINDS:
        for state in STATES:
            number += 1
            texts = ("Who?", "Priya.", "") if kind == "qa" else ("", "", "It moved.")
            examples = '[["Hi", "Ahoy"]]' if kind == "rule" else "[]"
            place = (
                (1, "Top", 3, "page 2") if kind == "passage" else (None, "", None, "")
            )
            channel = "lab" if kind == "fact" else None
            before = number - 1 if number > 1 else None
            await run(LESSON, number, kind, *texts, examples, channel, *place, before)
            if state in ("approved", "rejected", "expired"):
                await move(database, number, state)
            elif state == "superseded":
                await move(database, number, "approved")
                await move(database, number, state)
            elif state == "forgotten":
                await forgetting.forget(database, "guild", number, by="m1", at=NOW)
    await run("UPDATE lessons SET memory_only = 1 WHERE id = 14")
    await run(
        "INSERT INTO runs (id, server, kind, state, lessons, requested_by, "
        "created_at, finished_at) VALUES "
        "('r1', 'guild', 'warm', 'promoted', '[2]', 'm1', '2026', '2026')"
    )
    await run(
        "INSERT INTO adapters (server, version, run, base_digest, skills_digest, "
        "path, manifest_digest, state, created_at) VALUES "
        "('guild', 1, 'r1', 'b', 's', 'adapters/guild/1', 'm', 'promoted', '2026')"
    )
    await run("INSERT INTO adapter_lessons VALUES ('guild', 1, 2)")
    await run("INSERT INTO cards VALUES ('guild', 1, 'c1', 'm9')")
    await run("INSERT INTO expansions VALUES ('guild', 2, 'x', '[]', '2026')")
    await run(
        "INSERT INTO canaries VALUES ('guild', 1, 'Who?', 'Priya.', 'm1', '2026')"
    )
    await run("INSERT INTO servers (server, persona) VALUES ('guild', 'A bird.')")
    await approval(database, 1)


async def move(database, lesson, state):
    await database.rows(
        "UPDATE lessons SET state = ?, decided_by = 'm1', decided_by_name = 'Mona', "
        "decided_at = '2026-01-02', reason = 'so' WHERE id = ?",
        state,
        lesson,
    )


async def approval(database, lesson):
    await give(
        database, "guild", lesson, by="m1", by_name="Mona", at=NOW, memory_only=False
    )


async def contents(database):
    return {
        table: [
            dict(row)
            for row in await database.rows(f"SELECT * FROM {table}")  # noqa: S608
        ]
        for table in TABLES
    }


@pytest.fixture
async def upgraded(tmp_path):
    """A database of migration 0006 with rows, opened by today's Myna."""
    path = tmp_path / "myna.db"
    old = migrations_before(tmp_path / "old", 6)
    async with open_database(path, migrations=old) as database:
        await fill(database)
        before = await contents(database), await database.rows(SCHEMA)
    async with open_database(path) as database:
        yield before, database


@pytest.fixture
async def encrypted(tmp_path):
    async with open_database(tmp_path / "myna.db", key=KEY) as database:
        yield database


async def put(database, server="guild", **fields):
    return await secrets.put(
        database,
        server,
        **{
            "name": "STATUS_KEY",
            "host": HOST,
            "value": VALUE,
            "by": "a1",
            "at": NOW,
            **fields,
        },
    )


async def test_an_upgrade_keeps_every_row_and_every_reference(upgraded):
    (before, _), database = upgraded

    after = await contents(database)

    assert after == before
    assert len(after["lessons"]) == len(KINDS) * len(STATES)
    assert all(after.values())
    assert await database.rows("PRAGMA foreign_key_check") == []
    [[enforced]] = await database.rows("PRAGMA foreign_keys")
    assert enforced == 1
    await database.check()


async def test_an_upgrade_keeps_every_trigger_and_index_word_for_word(upgraded):
    (_, before), database = upgraded

    after = {
        row["name"]: (row["tbl_name"], row["sql"])
        for row in await database.rows(SCHEMA)
    }

    for row in before:
        if row["type"] in ("trigger", "index"):
            assert after[row["name"]] == (row["tbl_name"], row["sql"])


async def test_a_lesson_keeps_its_columns(upgraded):
    (before, _), database = upgraded

    columns = await database.rows("SELECT name FROM pragma_table_info('lessons')")

    assert {row["name"] for row in columns} == set(before["lessons"][0])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM lessons", "keeps its number"),
        ("UPDATE lessons SET state = 'pending' WHERE id = 2", "cannot go from"),
        ("UPDATE lessons SET answer = 'Jo.' WHERE id = 2", "only a waiting lesson"),
        ("UPDATE lessons SET place = 'page 9' WHERE id = 20", "only a waiting lesson"),
        ("UPDATE lessons SET text = 'It.' WHERE id = 12", "stays forgotten"),
        ("INSERT INTO adapter_lessons VALUES ('guild', 1, 1)", "may not learn"),
        ("INSERT INTO adapter_lessons VALUES ('guild', 1, 8)", "may not learn"),
        ("INSERT INTO adapter_lessons VALUES ('guild', 1, 14)", "may not learn"),
        (
            "INSERT INTO approvals VALUES ('guild', 2, 'm', 'M', 0, '')",
            "waits no longer",
        ),
        ("UPDATE lessons SET consent = 'asked', state = 'expired' WHERE id = 1", None),
        ("INSERT INTO cards VALUES ('guild', 99, 'c', 'm')", "FOREIGN KEY"),
        ("UPDATE lessons SET supersedes = 99 WHERE id = 1", "FOREIGN KEY"),
        ("UPDATE lessons SET document = 99 WHERE id = 1", "FOREIGN KEY"),
        ("UPDATE lessons SET kind = 'spell' WHERE id = 7", "CHECK"),
        ("UPDATE lessons SET kind = 'passage' WHERE id = 7", "CHECK"),
        ("UPDATE lessons SET examples = '[1]' WHERE id = 7", "CHECK"),
        ("UPDATE lessons SET kind = 'tool', examples = '[1]' WHERE id = 7", None),
        ("UPDATE lessons SET kind = 'tool' WHERE id = 1", "CHECK"),
    ],
)
async def test_every_rule_holds_after_an_upgrade(upgraded, statement, said):
    _, database = upgraded

    if said is None:
        await database.rows(statement)
        return
    with pytest.raises(sqlite3.IntegrityError, match=said):
        await database.rows(statement)


async def test_an_approval_ends_with_the_wait_or_with_other_words(upgraded):
    _, database = upgraded

    await database.rows("UPDATE lessons SET answer = 'Jo.' WHERE id = 1")
    edited = await database.rows("SELECT * FROM approvals")
    await approval(database, 1)
    await move(database, 1, "approved")

    assert edited == []
    assert await database.rows("SELECT * FROM approvals") == []


async def test_what_was_written_about_a_lesson_goes_with_it_after_an_upgrade(upgraded):
    _, database = upgraded

    await forgetting.forget(database, "guild", 2, by="m1", at=NOW)

    assert await database.rows("SELECT * FROM expansions") == []


async def test_an_encrypted_database_is_upgraded_too(tmp_path):
    old = migrations_before(tmp_path / "old", 6)
    path = tmp_path / "myna.db"
    async with open_database(path, key=KEY, migrations=old) as database:
        await fill(database)
        before = await contents(database)

    async with open_database(path, key=KEY) as database:
        assert await contents(database) == before
        await database.check()


async def test_a_tool_is_a_lesson_with_its_calls(encrypted):
    lesson = await approved(encrypted, **TOOL)
    adapter = await candidate(encrypted, [lesson])

    found = (await lessons.get(encrypted, "guild", lesson)).lesson

    assert found.kind is LessonKind.TOOL
    assert found.examples == CALLS
    assert adapter.version == 1


async def test_an_approved_tool_cannot_be_changed(encrypted):
    await approved(encrypted, **TOOL)

    for change in ("text = 'x'", "examples = '[]'", "kind = 'rule'"):
        with pytest.raises(Exception, match="only a waiting lesson"):
            await encrypted.rows(f"UPDATE lessons SET {change}")  # noqa: S608


async def test_a_forgotten_tool_keeps_neither_address_nor_calls(encrypted):
    lesson = await taught(encrypted, **TOOL)

    await forgetting.forget(encrypted, "guild", lesson, by="m1", at=NOW)

    row = await encrypted.row("SELECT * FROM lessons")
    assert (row["text"], row["examples"]) == ("", "[]")


async def test_a_secret_is_kept_for_its_own_host_and_server(encrypted):
    await put(encrypted, host=" Status.Example.ORG ")
    await put(encrypted, "other", value=OTHER)

    found = await secrets.get(encrypted, "guild")

    [secret] = found.values()
    assert (secret.name, secret.host, secret.value) == ("STATUS_KEY", HOST, VALUE)


async def test_a_secret_that_is_set_again_replaces_the_one_before(encrypted):
    await put(encrypted)
    await put(encrypted, host=f"{HOST}:8443", value=OTHER, by="a2", at=NOW + HOUR)

    [secret] = (await secrets.get(encrypted, "guild")).values()
    [stored] = await secrets.names(encrypted, "guild")

    assert (secret.value, secret.host) == (OTHER, f"{HOST}:8443")
    assert stored == secrets.StoredSecret(
        "STATUS_KEY", f"{HOST}:8443", "a2", NOW + HOUR
    )


async def test_without_a_key_no_secret_is_stored(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        with pytest.raises(SettingsError, match="set ENCRYPTION_KEY"):
            await put(database)

        assert await secrets.names(database, "guild") == []
        assert await journal.entries(database, "guild") == []
    assert files_with(tmp_path, VALUE) == set()


async def test_a_secret_stands_readable_in_no_file_and_no_backup(tmp_path):
    directory = data_directory.prepare(tmp_path / "data")
    async with open_database(directory.database, key=KEY) as database:
        await put(database)
        await put(database, value=OTHER)
        await back_up(database, directory.backups, at=NOW)
        assert files_with(tmp_path, VALUE, OTHER) == set()

        [secret] = (await secrets.get(database, "guild")).values()
    assert secret.value == OTHER


async def test_a_secret_survives_a_change_of_the_key(tmp_path):
    directory = data_directory.prepare(tmp_path / "data")
    async with open_database(directory.database, key=KEY) as database:
        await put(database)

    bring_under(directory, OTHER_KEY, before=KEY)

    async with open_database(directory.database, key=OTHER_KEY) as database:
        [secret] = (await secrets.get(database, "guild")).values()
    assert secret.value == VALUE


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "two words"},
        {"name": "1ST"},
        {"name": "KEY}"},
        {"name": "K" * 65},
        {"host": ""},
        {"host": "https://status.example.org"},
        {"host": "status.example.org/path"},
        {"host": "user@status.example.org"},
        {"host": "status.example.org:x"},
        {"value": ""},
        {"value": f"{VALUE}\r\nHost: evil.example"},
        {"value": f"{VALUE}\n"},
        {"value": f" {VALUE}"},
        {"value": f"{VALUE}ü"},
        {"value": VALUE * 1000},
    ],
)
async def test_what_is_no_secret_is_refused_without_repeating_it(encrypted, fields):
    with pytest.raises(CommandError) as refusal:
        await put(encrypted, **fields)

    assert VALUE not in str(refusal.value)
    assert await secrets.names(encrypted, "guild") == []


async def test_each_change_is_journalled_without_the_value(encrypted):
    await put(encrypted)
    await put(encrypted, value=OTHER)
    await secrets.remove(encrypted, "guild", "STATUS_KEY", by="a2", at=NOW)

    entries = await journal.everything(encrypted, "guild")

    assert [(each.action, each.actor) for each in entries] == [
        ("secret.set", "a1"),
        ("secret.set", "a1"),
        ("secret.removed", "a2"),
    ]
    for entry in entries:
        assert (entry.detail["secret"], entry.detail["host"]) == ("STATUS_KEY", HOST)
        assert entry.detail["reason"]
        assert not {VALUE, OTHER} & {str(each) for each in entry.detail.values()}
    assert await secrets.get(encrypted, "guild") == {}


async def test_a_secret_that_is_not_there_cannot_be_removed(encrypted):
    await put(encrypted, "other")

    with pytest.raises(NotFoundError, match="no secret called STATUS_KEY"):
        await secrets.remove(encrypted, "guild", "STATUS_KEY", by="a1", at=NOW)

    assert len(await secrets.names(encrypted, "other")) == 1


async def test_no_secret_is_logged_or_shown_by_its_repr(encrypted, caplog):
    caplog.set_level(logging.DEBUG)

    shown = repr(await put(encrypted)) + repr(await secrets.get(encrypted, "guild"))

    assert "INSERT INTO tool_secrets" in caplog.text  # so it would have been seen
    assert VALUE not in caplog.text
    assert VALUE not in shown


async def test_a_purge_deletes_a_servers_secrets_and_no_others(tmp_path):
    async with open_database(tmp_path / "myna.db", key=KEY) as database:
        await put(database)
        await put(database, "other", value=OTHER)

        await purging.purge(database, "guild", pseudonym="~0", at=NOW)

        assert await secrets.get(database, "guild") == {}
        assert len(await secrets.get(database, "other")) == 1


async def test_a_person_who_leaves_is_named_by_no_secret(encrypted):
    await put(encrypted)

    await deletions.delete(
        encrypted, "guild", "a1", pseudonym="~abc", lessons=[], at=NOW
    )

    [stored] = await secrets.names(encrypted, "guild")
    entries = await journal.everything(encrypted, "guild")
    assert stored.set_by == "~abc"
    assert "a1" not in {entry.actor for entry in entries}
    assert len(await secrets.get(encrypted, "guild")) == 1


async def test_a_secret_is_not_kept_where_the_key_is_taken_away(tmp_path):
    directory = data_directory.prepare(tmp_path / "data")
    async with open_database(directory.database, key=KEY) as database:
        await put(database)
        await back_up(database, directory.backups, at=NOW)

    bring_under(directory, "", before=KEY)

    async with open_database(directory.database) as database:
        assert await secrets.names(database, "guild") == []
        assert await journal.entries(database, "guild") != []
    assert files_with(tmp_path, VALUE) == set()
