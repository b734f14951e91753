"""The append-only record of who did what; never the words of a lesson or message."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.database import Database
from storage.timestamps import from_text, to_text

MYNA = "myna"
"""The actor of what Myna does by itself: expiry, nightly runs, recovery."""
INSTALLATION = "(installation)"
"""In the place of a server: what was done to all of them, or to one that is gone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did."""

    id: int
    at: datetime
    server: str
    actor: str
    action: str
    """`noun.verb` in the past tense, for example `lesson.approved`."""
    lesson: int | None = None
    run: str | None = None
    adapter: int | None = None
    """The adapter's version."""
    detail: Mapping[str, Any] = field(default_factory=dict)


async def record(
    database: Database,
    server: str,
    *,
    at: datetime,
    actor: str,
    action: str,
    lesson: int | None = None,
    run: str | None = None,
    adapter: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry; it can never be changed, so `detail` holds no one's words."""
    async with database.transaction():
        await database.rows(
            "INSERT INTO journal (at, server, actor, action, lesson, run, adapter, "
            "detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            to_text(at),
            server,
            actor,
            action,
            lesson,
            run,
            adapter,
            json.dumps(dict(detail or {})),
        )


async def entries(
    database: Database, server: str, *, limit: int = 50, lesson: int | None = None
) -> list[Entry]:
    """Return the server's entries, newest first; all, or those about one lesson."""
    rows = await database.rows(
        "SELECT * FROM journal WHERE server = ?1 AND (?2 IS NULL OR lesson = ?2) "
        "ORDER BY id DESC LIMIT ?3",
        server,
        lesson,
        limit,
    )
    return [_entry(row) for row in rows]


async def everything(database: Database, server: str) -> list[Entry]:
    """Return all of the server's entries, oldest first."""
    return list(reversed(await entries(database, server, limit=-1)))


async def of_actor(database: Database, server: str, actor: str) -> list[Entry]:
    """Return what this person did on this server, oldest first."""
    rows = await database.rows(
        "SELECT * FROM journal WHERE server = ? AND actor = ? ORDER BY id",
        server,
        actor,
    )
    return [_entry(row) for row in rows]


async def latest(database: Database, server: str, action: str) -> Entry | None:
    """Return the last entry of this action."""
    row = await database.row(
        "SELECT * FROM journal WHERE action = ? AND server = ? "
        "ORDER BY id DESC LIMIT 1",
        action,
        server,
    )
    return None if row is None else _entry(row)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        at=from_text(row["at"]),
        server=row["server"],
        actor=row["actor"],
        action=row["action"],
        lesson=row["lesson"],
        run=row["run"],
        adapter=row["adapter"],
        detail=json.loads(row["detail"]),
    )
