"""Tests that the database is opened, upgraded and written to without losing anything."""

import asyncio
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from learning.errors import DataDirectoryError, DiskFullError, StorageError
from storage import journal, lessons
from storage.database import MIGRATIONS, open_database
from tests.storage_steps import NOW, draft, taught

ROOT = Path(__file__).resolve().parent.parent

WRITER = """
import asyncio, sys
from pathlib import Path
from storage import lessons
from storage.database import open_database
from tests.storage_steps import draft

async def write():
    async with open_database(Path(sys.argv[1])) as database:
        while True:
            lesson = await lessons.add(database, draft())
            print(lesson.id, flush=True)

asyncio.run(write())
"""


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def record(database, action="test.happened"):
    await journal.record(database, "guild", at=NOW, actor="u1", action=action)


async def record_and_fail(database):
    async with database.transaction():
        await record(database, "test.failed")
        raise ZeroDivisionError


async def actions(database):
    return [entry.action for entry in await journal.entries(database, "guild")]


async def test_the_migrations_apply_from_empty(database):
    tables = await database.rows("SELECT * FROM pragma_table_list WHERE schema='main'")
    strict = {row["name"] for row in tables if row["strict"]}

    assert {"lessons", "runs", "adapters", "promotions", "journal"} <= strict
    assert {"adapter_lessons", "answers", "servers"} <= strict


async def test_the_connection_is_durable_and_checks_its_references(database):
    pragmas = {
        name: (await database.row(f"PRAGMA {name}"))[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    }

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_every_migration_is_numbered_in_order_and_says_why():
    paths = sorted(MIGRATIONS.iterdir())

    for number, path in enumerate(paths, start=1):
        assert re.fullmatch(rf"{number:04}_[a-z0-9_]+\.sql", path.name)
        assert "-- Reason:" in path.read_text()


async def test_a_database_is_upgraded_with_what_it_holds(tmp_path):
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    (migrations / "0001_first.sql").write_text("CREATE TABLE a (x TEXT) STRICT;")
    path = tmp_path / "myna.db"
    async with open_database(path, migrations=migrations) as database:
        await database.rows("INSERT INTO a VALUES ('kept')")
    (migrations / "0002_second.sql").write_text("ALTER TABLE a ADD COLUMN y TEXT;")

    async with open_database(path, migrations=migrations) as database:
        row = await database.row("SELECT * FROM a")

    assert tuple(row) == ("kept", None)


async def test_a_failing_migration_leaves_the_database_as_it_was(tmp_path):
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    (migrations / "0001_good.sql").write_text("CREATE TABLE a (x TEXT) STRICT;")
    (migrations / "0002_bad.sql").write_text("CREATE TABLE a (x TEXT) STRICT;")
    path = tmp_path / "myna.db"

    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        async with open_database(path, migrations=migrations):
            pass

    (migrations / "0002_bad.sql").unlink()
    async with open_database(path, migrations=migrations) as database:
        assert await database.rows("SELECT * FROM a") == []


async def test_a_database_of_a_newer_myna_is_left_alone(tmp_path):
    path = tmp_path / "myna.db"
    async with open_database(path) as database:
        await database.rows("PRAGMA user_version = 9999")

    with pytest.raises(StorageError, match="newer Myna: update Myna"):
        async with open_database(path):
            pass


async def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    path = tmp_path / "myna.db"
    path.write_bytes(b"this is not a database, and longer than its header is. " * 99)

    with pytest.raises(StorageError, match=r"damaged.*backups"):
        async with open_database(path):
            pass


async def test_the_check_finds_a_damaged_page(tmp_path):
    path = tmp_path / "myna.db"
    async with open_database(path) as database:
        for _ in range(50):
            await taught(database)
    page = 4096
    content = bytearray(path.read_bytes())
    for start in range(page, len(content), page):
        content[start : start + 100] = b"\xff" * 100
    path.write_bytes(content)

    with pytest.raises(StorageError, match="damaged"):
        async with open_database(path) as database:
            await database.check()


async def test_the_check_finds_a_reference_to_nothing(database):
    await database.rows("PRAGMA foreign_keys = OFF")
    await database.rows(
        "INSERT INTO promotions (server, version, kind, at, actor, reason) "
        "VALUES ('guild', 7, 'promote', '', '', '')"
    )

    with pytest.raises(StorageError, match="damaged"):
        await database.check()


async def test_the_check_finds_a_row_that_breaks_a_constraint(database):
    await database.rows("PRAGMA ignore_check_constraints = ON")
    await database.rows("INSERT INTO servers (server, nightly_hour) VALUES ('a', 99)")
    await database.rows("PRAGMA ignore_check_constraints = OFF")

    with pytest.raises(StorageError, match="damaged"):
        await database.check()


async def test_the_check_passes_a_sound_database(database):
    await taught(database)

    await database.check()


async def test_a_path_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(DataDirectoryError, match="nowhere"):
        async with open_database(tmp_path / "nowhere" / "myna.db"):
            pass


async def test_a_database_that_another_program_writes_to_is_named(tmp_path, database):
    other = sqlite3.connect(tmp_path / "myna.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await database.rows("PRAGMA busy_timeout = 1")

    with pytest.raises(StorageError, match="Another program is using"):
        await record(database)

    other.close()


async def test_a_full_disk_is_said_so_and_loses_nothing(database):
    await record(database, "test.stored")
    [pages] = await database.rows("PRAGMA page_count")
    await database.rows(f"PRAGMA max_page_count = {pages[0]}")

    async def write_too_much():
        async with database.transaction():
            await record(database, "test.lost")
            await lessons.add(database, draft(answer="x" * 100_000))

    with pytest.raises(DiskFullError, match="free some space"):
        await write_too_much()

    assert await actions(database) == ["test.stored"]
    await database.rows("PRAGMA max_page_count = 1000000")
    await record(database, "test.again")
    assert await actions(database) == ["test.again", "test.stored"]


async def test_a_full_disk_inside_an_inner_transaction_undoes_the_outer_one(database):
    [pages] = await database.rows("PRAGMA page_count")
    await database.rows(f"PRAGMA max_page_count = {pages[0]}")

    async def write_too_much():
        async with database.transaction():
            await record(database)
            async with database.transaction():
                await lessons.add(database, draft(answer="x" * 100_000))

    with pytest.raises(DiskFullError):
        await write_too_much()

    assert await actions(database) == []


async def test_a_transaction_that_fails_stores_nothing(database):
    with pytest.raises(ZeroDivisionError):
        await record_and_fail(database)

    assert await actions(database) == []


async def test_an_inner_transaction_that_fails_leaves_the_outer_ones_part(database):
    async with database.transaction():
        await record(database, "test.outer")
        with pytest.raises(ZeroDivisionError):
            await record_and_fail(database)
        await record(database, "test.after")

    assert await actions(database) == ["test.after", "test.outer"]


async def test_a_transaction_that_sqlite_gave_up_stays_so(database):
    async def write():
        async with database.transaction():
            await record(database)
            async with database.transaction():
                await database.rows("ROLLBACK")
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write()

    assert await actions(database) == []


async def test_nobody_reads_what_another_task_has_not_committed(database):
    wrote, finish = asyncio.Event(), asyncio.Event()

    async def write_and_fail():
        async with database.transaction():
            await record(database)
            wrote.set()
            await finish.wait()
            raise ZeroDivisionError

    writer = asyncio.create_task(write_and_fail())
    await wrote.wait()
    reader = asyncio.create_task(actions(database))
    await asyncio.sleep(0)
    finish.set()

    with pytest.raises(ZeroDivisionError):
        await writer
    assert await reader == []


async def test_a_cancelled_transaction_stores_nothing_and_frees_the_lock(database):
    wrote = asyncio.Event()

    async def write_and_wait():
        async with database.transaction():
            await record(database)
            wrote.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(write_and_wait())
    await wrote.wait()
    writer.cancel()

    with pytest.raises(asyncio.CancelledError):
        await writer
    assert await actions(database) == []


async def test_a_checkpoint_inside_a_transaction_does_nothing(database):
    async with database.transaction():
        await record(database)
        await database.checkpoint()

    assert await actions(database) == ["test.happened"]


async def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path):
    path = tmp_path / "myna.db"
    acknowledged = 0
    for enough in (1, 13, 40):
        writer = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-c", WRITER, str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        with writer:
            for _ in range(enough):
                acknowledged = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout:
                acknowledged = int(line) if line.endswith("\n") else acknowledged

        async with open_database(path) as database:
            await database.check()
            rows = await database.rows("SELECT id FROM lessons")
            entries = await journal.entries(database, "guild", limit=10_000)

        ids = {row["id"] for row in rows}
        assert ids >= set(range(1, acknowledged + 1))
        assert {entry.lesson for entry in entries} == ids


async def test_nobody_else_may_read_the_file_or_its_log(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        await lessons.add(database, draft())
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert set(modes.values()) == {0o600}
    assert "myna.db-wal" in modes
