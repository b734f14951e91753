"""Brings what lies in a data directory under the operator's key: at first, or anew."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from learning.encryption import decrypt, encrypt, rows_key
from learning.rows import ENCRYPTED_ROWS, ROWS
from storage import data_directory
from storage.connection import (
    connect_cipher,
    explained,
    is_plain,
    kind_of,
    pragma_key,
)
from storage.data_directory import PRIVATE_FILE, DataDirectory

log = structlog.get_logger(__name__)

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def bring_under(directory: DataDirectory, key: str, *, before: str = "") -> list[Path]:
    """Encrypt with `key` what is plain or encrypted with the key `before`.

    Each file is replaced by a complete one in a single step, so that a killed process
    goes on at the next start. Files of other keys are left alone; opening them says
    so, and so are damaged backups, which the log names. Without a key, what `before`
    opens becomes plain. The caller owns the directory. Returns the files that were
    written anew. Raises DiskFullError, DataDirectoryError or StorageError.
    """
    if not key and not before:
        return []
    databases = [directory.database, *sorted(directory.backups.glob("myna-*.db"))]
    written = []
    with data_directory.explained(directory):
        for path in databases:
            with explained(path, key):
                try:
                    held = _key_of(path, (key, before))
                    if held is None or held == key:
                        continue
                    _write_anew(path, held, key, before)
                except Exception as exc:
                    if path == directory.database or kind_of(exc) not in DAMAGE:
                        raise
                    # Nothing depends on it, and it goes when its days are over.
                    log.warning(
                        "backup.damaged", backup=path.name, encrypted_anew=False
                    )
                    continue
            written.append(path)
        for half in directory.backups.glob("myna-*.tmp"):  # a backup was cut short
            half.unlink()
        if key:
            written += _encrypt_rows(directory, key, before)
    return written


def _key_of(path: Path, keys: tuple[str, ...]) -> str | None:
    """Return which of the keys opens a database, '' where it is plain."""
    if is_plain(path):
        return ""
    if not path.is_file() or not path.stat().st_size:
        return None
    for key in filter(None, keys):
        try:
            with closing(connect_cipher(path, key)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_schema")
        except Exception as exc:
            if kind_of(exc) != sqlite3.SQLITE_NOTADB:
                raise
        else:
            return key
    return None


def _write_anew(path: Path, held: str, key: str, before: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        temporary.touch(mode=PRIVATE_FILE)
        with closing(connect_cipher(path, held)) as connection:
            # Empties the log into the file, and deletes it.
            connection.execute("PRAGMA journal_mode = DELETE")
            [version] = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(
                "ATTACH ? AS anew KEY ?", (str(temporary), pragma_key(key))
            )
            connection.execute("SELECT sqlcipher_export('anew')")
            connection.execute(f"PRAGMA anew.user_version = {int(version)}")
            if key and before:
                _reseal_tokens(connection, key, before)
            if not key:
                _leave_secrets_out(connection)
            connection.execute("DETACH anew")
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.rename(path)
    finally:  # a full disk needs its room back
        temporary.unlink(missing_ok=True)


def _reseal_tokens(connection: sqlite3.Connection, key: str, before: str) -> None:
    """Write the workspaces' tokens anew, which the key seals once more."""

    def reseal(body: bytes) -> bytes:
        try:
            return encrypt(decrypt(body, before), key)
        except ValueError:  # of a third key: using it says so
            return body

    connection.create_function("reseal", 1, reseal)
    tables = connection.execute("SELECT name FROM anew.sqlite_schema")
    if "installations" in {name for (name,) in tables}:
        connection.execute("UPDATE anew.installations SET body = reseal(body)")


def _leave_secrets_out(connection: sqlite3.Connection) -> None:
    """Keep tools' secrets out of what becomes plain: admins store them again."""
    tables = connection.execute("SELECT name FROM anew.sqlite_schema")
    if "tool_secrets" in {name for (name,) in tables}:
        connection.execute("PRAGMA anew.secure_delete = ON")
        connection.execute("DELETE FROM anew.tool_secrets")


def _encrypt_rows(directory: DataDirectory, key: str, before: str) -> list[Path]:
    written = []
    for plain in sorted(directory.runs.glob(f"*/{ROWS}")):
        path = plain.with_name(ENCRYPTED_ROWS)
        _replace(path, encrypt(plain.read_bytes(), rows_key(key)))
        plain.unlink()
        written.append(path)
    if before:
        for path in sorted(directory.runs.glob(f"*/{ENCRYPTED_ROWS}")):
            try:
                body = decrypt(path.read_bytes(), rows_key(before))
            except ValueError:  # it is of the new key already
                continue
            _replace(path, encrypt(body, rows_key(key)))
            written.append(path)
    return written


def _replace(path: Path, body: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.touch(mode=PRIVATE_FILE)
        with temporary.open("wb") as file:
            file.write(body)
            os.fsync(file.fileno())
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
