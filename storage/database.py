"""The one connection to SQLite that everything is stored through."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

from learning.errors import StorageError
from storage.connection import connect, damaged, explained
from storage.data_directory import PRIVATE_FILE

MIGRATIONS = Path(__file__).parent / "migrations"

# NORMAL survives the death of the process, not a power cut, which may take the last
# transactions with it but never the file (sqlite.org/pragma.html#pragma_synchronous).
# secure_delete overwrites what is erased: a forgotten lesson leaves no bytes behind.
PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
CHUNK_ROWS = 64
"""What aiosqlite reads at once where rows are iterated over, its own default."""


class Database:
    """The connection, its lock and its transactions.

    Storage functions take it as their first argument; each of them is one
    transaction by itself, or part of the one that the calling task is in.
    """

    def __init__(
        self, connection: aiosqlite.Connection, path: Path, key: str = ""
    ) -> None:
        self._connection = connection
        self._path = path
        self._key = key
        # Protects the connection's transaction: other tasks neither write into it
        # nor read what it has not committed.
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """All that the task writes in this block is stored, or nothing of it.

        A transaction inside another is a savepoint of it. Tasks started inside wait
        for its end, so never await one of them in it. Raises DiskFullError or
        StorageError.
        """
        if self._is_mine():
            async with self._savepoint():
                yield
            return
        async with self._lock:
            self._owner = asyncio.current_task()
            try:
                # IMMEDIATE: a deferred transaction that turns into a writer ignores
                # the busy timeout.
                await self._run("BEGIN IMMEDIATE")
                yield
                await self._run("COMMIT")
            except BaseException:
                # Also after a cancelled COMMIT, where there may be nothing left to
                # roll back: then this does nothing.
                await self._connection.rollback()
                raise
            finally:
                self._owner = None

    async def rows(self, sql: str, *parameters: Any) -> list[sqlite3.Row]:
        """Run one statement and return all its rows; for storage/ only."""
        if self._is_mine():
            return await self._run(sql, *parameters)
        async with self._lock:
            return await self._run(sql, *parameters)

    async def row(self, sql: str, *parameters: Any) -> sqlite3.Row | None:
        """Run one statement and return its first row; for storage/ only."""
        rows = await self.rows(sql, *parameters)
        return rows[0] if rows else None

    async def check(self) -> None:
        """Raise StorageError where the file is damaged."""
        [found] = await self.rows("PRAGMA quick_check(1)")
        if found[0] != "ok":
            raise StorageError(damaged(self._path))
        if await self.rows("PRAGMA foreign_key_check"):
            raise StorageError(damaged(self._path))

    async def checkpoint(self) -> None:
        """Empty the write-ahead log into the file, so that neither keeps old bytes.

        Inside a transaction it does nothing.
        """
        if not self._is_mine():
            await self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _is_mine(self) -> bool:
        return self._owner is not None and self._owner is asyncio.current_task()

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[None]:
        await self._run("SAVEPOINT inner_block")
        try:
            yield
        except BaseException:
            # A full disk ends the whole transaction, its savepoints with it.
            if self._connection.in_transaction:
                await self._run("ROLLBACK TO inner_block")
                await self._run("RELEASE inner_block")
            raise
        await self._run("RELEASE inner_block")

    async def _run(self, sql: str, *parameters: Any) -> list[sqlite3.Row]:
        with explained(self._path, self._key):
            return list(await self._connection.execute_fetchall(sql, parameters))


@asynccontextmanager
async def open_database(
    path: Path, *, key: str = "", migrations: Path = MIGRATIONS
) -> AsyncIterator[Database]:
    """Open the file, making or upgrading it; close it at the end of the block.

    With the operator's key it is an encrypted one. Raises StorageError where the file
    is damaged, encrypted with another key or from a newer Myna, DataDirectoryError
    where it cannot be opened, DiskFullError.
    """
    with suppress(OSError):  # SQLite says it better
        # The files beside it get the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    with explained(path, key):
        # Tried first without a thread: aiosqlite's outlives a failure to open, and
        # reports to an event loop that may be closed by then.
        with closing(connect(path, key)):
            pass
        connection = await aiosqlite.Connection(partial(connect, path, key), CHUNK_ROWS)
    try:
        with explained(path, key):
            for pragma in PRAGMAS:
                await connection.execute_fetchall(pragma)
            # LIKE and lower() know ASCII only.
            await connection.create_function(
                "casefold", 1, str.casefold, deterministic=True
            )
            await _migrate(connection, path, _scripts(migrations))
        yield Database(connection, path, key)
    finally:
        await connection.close()


def _scripts(migrations: Path) -> list[str]:
    paths = sorted(migrations.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return [path.read_text() for path in paths]


async def _migrate(
    connection: aiosqlite.Connection, path: Path, scripts: list[str]
) -> None:
    """Apply what is missing, all of it or nothing, in one transaction."""
    [[version]] = await connection.execute_fetchall("PRAGMA user_version")
    if version > len(scripts):
        raise StorageError(
            f"{path} was written by a newer Myna: update Myna, or use another "
            "data directory."
        )
    if version == len(scripts):
        return
    missing = "\n".join(scripts[version:])
    # A table that others refer to can only be written anew while nobody looks
    # (https://sqlite.org/lang_altertable.html#otheralter).
    await connection.execute_fetchall("PRAGMA foreign_keys = OFF")
    try:
        await connection.executescript(
            f"BEGIN IMMEDIATE;\n{missing}\n"
            f"PRAGMA user_version = {len(scripts)};\nCOMMIT;"
        )
    except BaseException:
        await connection.rollback()
        raise
    finally:
        await connection.execute_fetchall("PRAGMA foreign_keys = ON")
