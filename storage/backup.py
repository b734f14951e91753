"""Copies of the database, made while it is in use, and kept for a set time."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from learning.errors import DataDirectoryError
from storage.data_directory import PRIVATE_FILE
from storage.database import Database

NAME_FORMAT = "myna-%Y%m%dT%H%M%SZ.db"


async def back_up(database: Database, directory: Path, *, at: datetime) -> Path:
    """Write a complete copy named by the time into the directory; return its path.

    A damaged database is never copied. Raises DiskFullError, DataDirectoryError or
    StorageError, leaving nothing half-written behind.
    """
    path = directory / at.astimezone(UTC).strftime(NAME_FORMAT)
    temporary = path.with_suffix(".tmp")
    await database.check()
    _begin(temporary)
    try:
        # VACUUM INTO reads one snapshot, log included, and leaves erased bytes out.
        await database.rows("VACUUM INTO ?", str(temporary))
        await asyncio.to_thread(_flush, temporary)
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def prune(directory: Path, *, now: datetime, retention: timedelta) -> list[Path]:
    """Remove copies older than the retention; return what was removed.

    The age is read from the name, so copying a backup does not make it younger.
    Files with other names are left alone.
    """
    removed = []
    for path in sorted(directory.glob("myna-*.db")):
        try:
            made_at = datetime.strptime(path.name, NAME_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            continue
        if now - made_at > retention:
            path.unlink()
            removed.append(path)
    return removed


def _begin(temporary: Path) -> None:
    """Make the file empty and private: SQLite fills an empty one, and no other."""
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch(mode=PRIVATE_FILE)
    except OSError as error:
        raise DataDirectoryError(
            f"Cannot write a backup into {temporary.parent}: {error.strerror}."
        ) from error


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
