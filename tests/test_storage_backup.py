"""Tests that a copy of the database is whole, and goes when its time is over."""

import sqlite3
import stat
from datetime import timedelta

import pytest

from learning.errors import DataDirectoryError, StorageError
from storage import lessons
from storage.backup import back_up, prune
from storage.database import open_database
from tests.storage_steps import NOW, approved, taught


@pytest.fixture
async def database(tmp_path):
    async with open_database(tmp_path / "myna.db") as database:
        yield database


async def test_a_backup_opens_with_all_that_was_stored_before_it(database, tmp_path):
    await approved(database)

    path = await back_up(database, tmp_path, at=NOW)
    await taught(database)

    assert path.name == "myna-20260301T120000Z.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    async with open_database(path) as copy:
        await copy.check()
        assert len(await lessons.search(copy, "guild", "")) == 1


async def test_a_backup_may_be_made_again_in_the_same_second(database, tmp_path):
    await back_up(database, tmp_path, at=NOW)
    await taught(database)

    path = await back_up(database, tmp_path, at=NOW)

    async with open_database(path) as copy:
        assert len(await lessons.search(copy, "guild", "")) == 1


async def test_a_backup_that_cannot_be_written_leaves_nothing_behind(
    database, tmp_path
):
    with pytest.raises(DataDirectoryError, match="Cannot write a backup into"):
        await back_up(database, tmp_path / "missing", at=NOW)

    async with database.transaction():
        # A copy cannot be made inside a transaction.
        with pytest.raises(sqlite3.OperationalError, match="VACUUM"):
            await back_up(database, tmp_path, at=NOW)

    assert [path.name for path in tmp_path.glob("myna-*")] == []


async def test_a_damaged_database_never_becomes_a_backup(database, tmp_path):
    await database.rows("PRAGMA foreign_keys = OFF")
    await database.rows(
        "INSERT INTO promotions (server, version, kind, at, actor, reason) "
        "VALUES ('guild', 7, 'promote', '', '', '')"
    )

    with pytest.raises(StorageError, match="damaged"):
        await back_up(database, tmp_path, at=NOW)

    assert list(tmp_path.glob("myna-*")) == []


def test_old_backups_go_and_other_files_stay(tmp_path):
    names = [
        "myna-20260221T110000Z.db",
        "myna-20260222T120000Z.db",
        "myna-20260301T000000Z.db",
        "myna-mine.db",
        "notes.txt",
    ]
    for name in names:
        (tmp_path / name).touch()

    removed = prune(tmp_path, now=NOW, retention=timedelta(days=7))

    assert [path.name for path in removed] == names[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == names[1:]
