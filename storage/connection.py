"""Connections to the database's file, in plain or encrypted, and what goes wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learning.encryption import database_key
from learning.errors import DataDirectoryError, DiskFullError, StorageError

PLAIN_HEADER = b"SQLite format 3\0"
EXPORT_ERRORS = {
    "database or disk is full": sqlite3.SQLITE_FULL,
    "database disk image is malformed": sqlite3.SQLITE_CORRUPT,
    "disk I/O error": sqlite3.SQLITE_IOERR,
}
"""What sqlcipher_export says: whatever goes wrong in it has the code SQLITE_ERROR."""


def connect(path: Path, key: str) -> sqlite3.Connection:
    """Connect without implicit transactions; with a key, to an encrypted file.

    SQLCipher encrypts each page of the file and of its log, and keeps what it sorts
    in memory. Whether the key is right shows at the first statement.
    """
    if key:
        return connect_cipher(path, key)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def connect_cipher(path: Path, key: str) -> sqlite3.Connection:
    """Connect through SQLCipher, which reads a plain file too, where the key is ''."""
    # Imported here: a directory without a key needs neither its time nor its memory.
    from sqlcipher3 import dbapi2  # noqa: PLC0415

    connection: sqlite3.Connection = dbapi2.connect(str(path), isolation_level=None)
    connection.row_factory = dbapi2.Row
    # It would write what is raised anyway to the error stream.
    connection.execute("PRAGMA cipher_log_level = NONE")
    if key:
        # A pragma takes no parameters. It is never sent through aiosqlite, which logs
        # every statement at DEBUG.
        connection.execute(f'PRAGMA key = "{pragma_key(key)}"')
    return connection


def pragma_key(key: str) -> str:
    """Write a key as SQLCipher takes one that need not be stretched; '' is plain."""
    return f"x'{database_key(key)}'" if key else ""


def is_plain(path: Path) -> bool:
    """Say whether this is a database that anybody may read."""
    try:
        with path.open("rb") as file:
            return file.read(len(PLAIN_HEADER)) == PLAIN_HEADER
    except OSError:  # opening it as a database says what is wrong
        return False


@contextmanager
def explained(path: Path, key: str) -> Iterator[None]:
    """Turn SQLite's errors that a person can act on into Myna's."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise StorageError(
            "That text holds half a character, which nothing can keep; type it anew."
        ) from error
    except Exception as error:
        match kind_of(error):
            case sqlite3.SQLITE_FULL:
                raise DiskFullError(
                    f"There is no room left for {path}: free some space and try "
                    "again; nothing that was stored is lost."
                ) from error
            case sqlite3.SQLITE_NOTADB:
                raise StorageError(_unreadable(path, key)) from error
            case sqlite3.SQLITE_CORRUPT:
                raise StorageError(damaged(path)) from error
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise StorageError(
                    f"Another program is using {path}: close it and try again."
                ) from error
            case (
                sqlite3.SQLITE_CANTOPEN
                | sqlite3.SQLITE_READONLY
                | sqlite3.SQLITE_PERM
                | sqlite3.SQLITE_IOERR
            ):
                raise DataDirectoryError(
                    f"Cannot read or write {path}: check the disk and who owns the "
                    "file."
                ) from error
            case _:
                raise


def kind_of(error: Exception) -> int:
    """Return SQLite's code of the kind of an error, 0 where it is not SQLite's."""
    # SQLCipher's exceptions are not those of sqlite3, but they carry the same codes.
    # The low byte is the kind of error, the rest a detail of it.
    kind: int = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind == sqlite3.SQLITE_ERROR:
        return next(
            (code for text, code in EXPORT_ERRORS.items() if text in str(error)), kind
        )
    return kind


def damaged(path: Path) -> str:
    """Say what to do with a file that is no database any more."""
    return (
        f"{path} is damaged: move it away, with the files beside it that end in -wal "
        "and -shm, and copy the newest file of the backups folder in its place."
    )


def _unreadable(path: Path, key: str) -> str:
    """Say what to do with a file of noise: nothing tells a wrong key from damage."""
    if is_plain(path):
        return damaged(path)
    if key:
        return (
            f"ENCRYPTION_KEY is not the key that {path} is encrypted with: set that "
            "one; without it nobody can read the data. If it is the right one, "
            f"{damaged(path)}"
        )
    return (
        f"{path} is encrypted: set ENCRYPTION_KEY to the key it was encrypted with; "
        "without it nobody can read the data. If it never was encrypted, "
        f"{damaged(path)}"
    )
