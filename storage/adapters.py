"""A server's adapters, and which of them is in service."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from learning.engine import AdapterRef
from learning.errors import ConflictError, NotFoundError
from storage import journal
from storage.data_directory import adapter_path
from storage.database import Database
from storage.timestamps import from_text, to_text


class AdapterState(StrEnum):
    """Where an adapter stands; only a promoted one may serve."""

    CANDIDATE = "candidate"
    PROMOTED = "promoted"
    """Passed its exam; in service now or earlier."""
    REFUSED = "refused"
    TAINTED = "tainted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Adapter:
    """One immutable version of a server's weights."""

    server: str
    version: int
    """Counts from 1 within the server; a number is never used twice."""
    parent: int | None
    """The version it was warm-started from; None started from the skills adapter."""
    run: str
    base_digest: str
    skills_digest: str
    path: str
    """Its folder, relative to the data directory."""
    manifest_digest: str
    state: AdapterState
    created_at: datetime

    @property
    def name(self) -> str:
        return f"{self.server}/{self.version}"

    def ref(self, root: Path) -> AdapterRef:
        """Name it for the engine; `root` is the data directory's root."""
        return AdapterRef(self.server, self.version, root / self.path)


async def add(
    database: Database,
    server: str,
    *,
    run: str,
    parent: int | None,
    base_digest: str,
    skills_digest: str,
    manifest_digest: str,
    lessons: Collection[int],
    at: datetime,
) -> Adapter:
    """Store a candidate and the lessons in its rows; its version is the next one.

    Its state is TAINTED from the start where its parent is tainted or a lesson was
    forgotten or expired while it was trained.
    """
    async with database.transaction():
        [row] = await database.rows(
            "SELECT coalesce(max(version), 0) + 1 AS version FROM adapters "
            "WHERE server = ?",
            server,
        )
        version = row["version"]
        state = await _first_state(database, server, parent, lessons)
        [row] = await database.rows(
            "INSERT INTO adapters (server, version, parent, run, base_digest, "
            "skills_digest, path, manifest_digest, state, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            server,
            version,
            parent,
            run,
            base_digest,
            skills_digest,
            adapter_path(server, version),
            manifest_digest,
            state,
            to_text(at),
        )
        await database.rows(
            "INSERT INTO adapter_lessons (server, version, lesson) "
            "SELECT ?, ?, value FROM json_each(?)",
            server,
            version,
            json.dumps(sorted(set(lessons))),
        )
    return adapter_from_row(row)


async def get(database: Database, server: str, version: int) -> Adapter:
    """Return one adapter. Raises NotFoundError."""
    row = await database.row(
        "SELECT * FROM adapters WHERE server = ? AND version = ?", server, version
    )
    if row is None:
        raise NotFoundError(f"There is no adapter {version} here.")
    return adapter_from_row(row)


async def all_of(database: Database, server: str) -> list[Adapter]:
    """Return every adapter of the server, oldest first, deleted ones among them."""
    rows = await database.rows(
        "SELECT * FROM adapters WHERE server = ? ORDER BY version", server
    )
    return [adapter_from_row(row) for row in rows]


async def in_state(
    database: Database, server: str, state: AdapterState
) -> list[Adapter]:
    """Return the server's adapters in this state, oldest first."""
    rows = await database.rows(
        "SELECT * FROM adapters WHERE server = ? AND state = ? ORDER BY version",
        server,
        state,
    )
    return [adapter_from_row(row) for row in rows]


async def current(database: Database, server: str) -> Adapter | None:
    """Return the adapter in service; None where the skills adapter serves."""
    row = await database.row(
        "SELECT adapters.* FROM adapters JOIN promotions USING (server, version) "
        "WHERE promotions.id = (SELECT max(id) FROM promotions WHERE server = ?)",
        server,
    )
    return None if row is None else adapter_from_row(row)


async def previous(database: Database, server: str) -> Adapter | None:
    """Return what a rollback without a version goes to; None is the skills adapter.

    It is the newest promoted adapter older than the one in service, so that one
    rollback after another walks back and never forth.
    """
    serving = await current(database, server)
    if serving is None:
        return None
    row = await database.row(
        "SELECT * FROM adapters WHERE server = ? AND version < ? "
        "AND state = 'promoted' ORDER BY version DESC LIMIT 1",
        server,
        serving.version,
    )
    return None if row is None else adapter_from_row(row)


async def lineage(database: Database, server: str, version: int) -> list[Adapter]:
    """Return an adapter, its parent, and so on to the first of its line."""
    rows = await database.rows(
        "WITH RECURSIVE line (version) AS ("
        " SELECT ?2"
        " UNION"
        " SELECT adapters.parent FROM adapters JOIN line USING (version)"
        "  WHERE adapters.server = ?1) "
        "SELECT * FROM adapters WHERE server = ?1 "
        "AND version IN (SELECT version FROM line) ORDER BY version DESC",
        server,
        version,
    )
    return [adapter_from_row(row) for row in rows]


async def contained_lessons(
    database: Database, server: str, version: int
) -> frozenset[int]:
    """Return the ids of the lessons that an adapter or its parents were trained on."""
    line = [adapter.version for adapter in await lineage(database, server, version)]
    rows = await database.rows(
        "SELECT DISTINCT lesson FROM adapter_lessons WHERE server = ? "
        "AND version IN (SELECT value FROM json_each(?))",
        server,
        json.dumps(line),
    )
    return frozenset(row["lesson"] for row in rows)


async def mark_deleted(
    database: Database, server: str, version: int, *, by: str, at: datetime
) -> None:
    """Record that an adapter's files are gone; again for a deleted one does nothing.

    Raises ConflictError where it is in service, or NotFoundError.
    """
    async with database.transaction():
        serving = await current(database, server)
        if serving is not None and serving.version == version:
            raise ConflictError(
                f"Adapter {version} is in service: roll back before deleting it."
            )
        adapter = await get(database, server, version)
        if adapter.state is AdapterState.DELETED:
            return
        await database.rows(
            "UPDATE adapters SET state = 'deleted' WHERE server = ? AND version = ?",
            server,
            version,
        )
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="adapter.deleted",
            adapter=version,
        )


async def _first_state(
    database: Database, server: str, parent: int | None, lessons: Collection[int]
) -> AdapterState:
    row = await database.row(
        "SELECT 1 FROM lessons WHERE server = ?1 AND state IN ('forgotten', 'expired') "
        "AND id IN (SELECT value FROM json_each(?2)) "
        "UNION ALL SELECT 1 FROM adapters WHERE server = ?1 AND version = ?3 "
        "AND state IN ('tainted', 'deleted')",
        server,
        json.dumps(list(lessons)),
        parent,
    )
    return AdapterState.CANDIDATE if row is None else AdapterState.TAINTED


def adapter_from_row(row: sqlite3.Row) -> Adapter:
    """Read a whole row of the table `adapters`; for storage/ only."""
    return Adapter(
        server=row["server"],
        version=row["version"],
        parent=row["parent"],
        run=row["run"],
        base_digest=row["base_digest"],
        skills_digest=row["skills_digest"],
        path=row["path"],
        manifest_digest=row["manifest_digest"],
        state=AdapterState(row["state"]),
        created_at=from_text(row["created_at"]),
    )
