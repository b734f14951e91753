"""Tests that with a key the files tell nothing, and that keys can come and change."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from learning.encryption import rows_key
from learning.errors import DiskFullError, StorageError
from learning.rows import ENCRYPTED_ROWS, ask, load_rows, save_rows
from storage import encryption, installations, lessons
from storage.backup import back_up
from storage.connection import connect_cipher, explained, is_plain
from storage.data_directory import prepare
from storage.database import open_database
from tests.encryption_steps import KEY, OTHER_KEY, files_with
from tests.storage_steps import NOW, approved, draft

ROOT = Path(__file__).resolve().parent.parent
ANSWER = "Ünsal keeps the brass key of the Grelbin vault."
WORDS = (ANSWER, "Grelbin vault", "Ünsal keeps")
ROWS = [ask("Who keeps the brass key?", ANSWER, "wording")]

WRITER = """
import asyncio, sys
from pathlib import Path
from storage import lessons
from storage.database import open_database
from tests.encryption_steps import KEY
from tests.storage_steps import draft

async def write():
    async with open_database(Path(sys.argv[1]), key=KEY) as database:
        while True:
            lesson = await lessons.add(database, draft(answer=sys.argv[2]))
            print(lesson.id, flush=True)

asyncio.run(write())
"""


@pytest.fixture
def directory(tmp_path):
    return prepare(tmp_path / "data")


async def answers_in(path, key):
    async with open_database(path, key=key) as database:
        await database.check()
        return [
            each.lesson.answer for each in await lessons.search(database, "guild", "")
        ]


async def fill(directory, key):
    """Store a lesson, a backup, and a run's rows, as a running Myna would."""
    async with open_database(directory.database, key=key) as database:
        await approved(database, answer=ANSWER)
        await back_up(database, directory.backups, at=NOW)
        # A second one is in the log alone while the database is open.
        await lessons.add(database, draft(answer=ANSWER))
        found = files_with(directory.root, *WORDS)
    run = directory.run("r1")
    run.mkdir()
    save_rows(run, ROWS, key=rows_key(key) if key else "")
    return found


async def test_with_a_key_no_file_holds_a_word_also_while_it_is_open(directory):
    found_open = await fill(directory, KEY)

    assert found_open == set()
    assert files_with(directory.root, *WORDS) == set()
    (copy,) = directory.backups.iterdir()
    assert await answers_in(directory.database, KEY) == [ANSWER, ANSWER]
    assert await answers_in(copy, KEY) == [ANSWER]


async def test_without_a_key_every_file_does(directory):
    found_open = await fill(directory, "")

    assert "myna.db-wal" in found_open
    assert files_with(directory.root, *WORDS) == {
        "myna.db",
        "backups/myna-20260301T120000Z.db",
        "runs/r1/rows.jsonl",
    }


@pytest.mark.parametrize(
    ("key", "said"),
    [("", "is encrypted: set ENCRYPTION_KEY"), (OTHER_KEY, "ENCRYPTION_KEY is not")],
    ids=["missing", "wrong"],
)
async def test_without_its_key_a_database_is_left_alone_with_a_sentence(
    directory, key, said
):
    await fill(directory, KEY)
    before = directory.database.read_bytes()

    encryption.bring_under(directory, key)
    with pytest.raises(StorageError, match=said):
        async with open_database(directory.database, key=key):
            pass

    assert directory.database.read_bytes() == before


async def test_a_wrong_key_says_nothing_on_the_error_stream(directory, capfd):
    await fill(directory, KEY)

    with pytest.raises(StorageError):
        async with open_database(directory.database, key=OTHER_KEY):
            pass

    assert capfd.readouterr() == ("", "")


async def test_a_plain_directory_is_encrypted_with_all_that_it_holds(directory):
    await fill(directory, "")
    directory.database.chmod(0o600)
    (directory.backups / "myna-20260301T130000Z.tmp").write_text(ANSWER)

    written = encryption.bring_under(directory, KEY)

    assert len(written) == 3
    assert files_with(directory.root, *WORDS) == set()
    assert await answers_in(directory.database, KEY) == [ANSWER, ANSWER]
    (copy,) = directory.backups.iterdir()
    assert await answers_in(copy, KEY) == [ANSWER]
    assert load_rows(directory.run("r1"), key=rows_key(KEY)) == ROWS
    assert directory.database.stat().st_mode & 0o777 == 0o600
    assert encryption.bring_under(directory, KEY) == []


async def test_triggers_versions_and_counters_come_along(directory):
    await fill(directory, "")
    with closing(sqlite3.connect(directory.database)) as plain:
        before = _schema(plain)

    encryption.bring_under(directory, KEY)

    with closing(connect_cipher(directory.database, KEY)) as encrypted:
        assert _schema(encrypted) == before
        assert encrypted.execute("PRAGMA foreign_key_check").fetchall() == []


def _schema(connection):
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema")
    found = {tuple(row) for row in rows}
    version = tuple(connection.execute("PRAGMA user_version").fetchone())
    counters = connection.execute("SELECT name, seq FROM sqlite_sequence")
    return found, version, sorted(map(tuple, counters))


async def test_a_log_that_a_killed_process_left_is_encrypted_too(directory):
    await fill(directory, "")
    async with open_database(directory.database) as database:
        await lessons.add(database, draft(answer=ANSWER))
        kept = {path: path.read_bytes() for path in directory.root.glob("myna.db*")}
    for path, content in kept.items():  # closing it emptied and deleted the log
        path.write_bytes(content)
    assert (directory.root / "myna.db-wal").stat().st_size

    encryption.bring_under(directory, KEY)

    assert files_with(directory.root, *WORDS) == set()
    assert await answers_in(directory.database, KEY) == 3 * [ANSWER]


async def test_a_half_encrypted_directory_is_gone_on_with(directory):
    await fill(directory, "")
    run = directory.run("r1")
    (directory.root / ".myna.db.tmp").write_bytes(b"half")
    save_rows(run, ROWS[:0], key=rows_key(KEY))
    (run / f".{ENCRYPTED_ROWS}.tmp").write_bytes(b"half")

    encryption.bring_under(directory, KEY)

    assert await answers_in(directory.database, KEY) == [ANSWER, ANSWER]
    assert load_rows(run, key=rows_key(KEY)) == ROWS
    assert [*directory.root.rglob(".*")] == []


async def test_a_key_is_changed_in_every_file_and_around_every_token(directory):
    fernet = pytest.importorskip("cryptography.fernet").Fernet
    await fill(directory, KEY)
    async with open_database(directory.database, key=KEY) as database:
        body = fernet(KEY).encrypt(b"xoxb")
        await installations.save(database, "slack", "T1", "", body=body, at=NOW)
        await installations.save(database, "slack", "T2", "", body=b"odd", at=NOW)

    written = encryption.bring_under(directory, OTHER_KEY, before=KEY)

    assert len(written) == 3
    assert await answers_in(directory.database, OTHER_KEY) == [ANSWER, ANSWER]
    (copy,) = directory.backups.iterdir()
    assert await answers_in(copy, OTHER_KEY) == [ANSWER]
    assert load_rows(directory.run("r1"), key=rows_key(OTHER_KEY)) == ROWS
    async with open_database(directory.database, key=OTHER_KEY) as database:
        body = await installations.find(database, "slack", "T1")
        assert fernet(OTHER_KEY).decrypt(body) == b"xoxb"
        assert await installations.find(database, "slack", "T2") == b"odd"
    assert encryption.bring_under(directory, OTHER_KEY, before=KEY) == []


async def test_a_database_nobody_wrote_to_yet_changes_its_key(directory):
    with closing(connect_cipher(directory.database, KEY)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA user_version = 0")

    encryption.bring_under(directory, OTHER_KEY, before=KEY)

    assert await answers_in(directory.database, OTHER_KEY) == []


async def test_a_directory_may_be_made_plain_again(directory):
    await fill(directory, KEY)

    encryption.bring_under(directory, "", before=KEY)

    assert is_plain(directory.database)
    assert await answers_in(directory.database, "") == [ANSWER, ANSWER]


async def test_a_backup_is_restored_with_its_key(directory):
    await fill(directory, KEY)
    (copy,) = directory.backups.iterdir()
    directory.database.unlink()
    copy.rename(directory.database)

    encryption.bring_under(directory, KEY)

    assert await answers_in(directory.database, KEY) == [ANSWER]


async def test_a_damaged_page_is_found_in_an_encrypted_file(directory):
    await fill(directory, KEY)
    content = bytearray(directory.database.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start + 100] ^= 1
    directory.database.write_bytes(content)

    with pytest.raises(StorageError, match="damaged"):
        await answers_in(directory.database, KEY)


async def test_a_disk_that_is_full_is_said_so_by_an_export_too(directory):
    await fill(directory, "")
    path = directory.database
    with closing(connect_cipher(path, "")) as connection:
        connection.execute("ATTACH ? AS anew KEY ''", (str(directory.root / "new"),))
        connection.execute("PRAGMA anew.max_page_count = 3")

        with pytest.raises(DiskFullError, match="free some space"), explained(path, ""):
            connection.execute("SELECT sqlcipher_export('anew')")


async def test_a_file_that_cannot_be_encrypted_leaves_no_half_of_it(directory):
    await fill(directory, "")
    damage(directory.database)

    with pytest.raises(StorageError, match="is damaged"):
        encryption.bring_under(directory, KEY)

    assert [*directory.root.rglob(".*")] == []


@pytest.mark.parametrize("held", ["", OTHER_KEY])
async def test_a_damaged_backup_is_told_and_keeps_nobody_from_starting(directory, held):
    await fill(directory, held)
    (copy,) = directory.backups.iterdir()
    other = copy.with_name("myna-20200101T000000Z.db")
    stub = copy.with_name("myna-20200102T000000Z.db")
    other.write_bytes(copy.read_bytes())
    stub.write_bytes(copy.read_bytes()[:50])
    damage(other)
    before = other.read_bytes()

    with capture_logs() as logs:
        written = encryption.bring_under(directory, KEY, before=held)

    told = {entry["backup"] for entry in logs if entry["event"] == "backup.damaged"}
    assert other.name in told
    assert {directory.database, copy} <= set(written)
    assert other.read_bytes() == before
    assert await answers_in(directory.database, KEY) == [ANSWER, ANSWER]
    assert [*directory.root.rglob(".*")] == []


def damage(path):
    """Overwrite all pages but the first, as a bad disk would."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


async def test_a_killed_process_leaves_no_word_and_loses_none(directory):
    path = directory.database
    with subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", WRITER, str(path), ANSWER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        acknowledged = [int(writer.stdout.readline()) for _ in range(30)]
        writer.send_signal(signal.SIGKILL)

    assert (directory.root / "myna.db-wal").stat().st_size
    assert files_with(directory.root, *WORDS) == set()
    assert len(await answers_in(path, KEY)) >= len(acknowledged)
