"""Pages that are read again from time to time, as somebody asked."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage import journal
from storage.database import Database
from storage.timestamps import from_optional_text, from_text, to_text


@dataclass(frozen=True, slots=True)
class Watch:
    """One page of one server, and how its last readings went."""

    server: str
    source: str
    """The page's address."""
    every_hours: int
    channel: str | None
    """What comes of it is known in this channel alone; None for the whole server."""
    platform: str
    added_by: str
    added_by_name: str
    added_at: datetime
    checked_at: datetime | None = None
    failures: int = 0
    """How often in a row it could not be read."""
    problem: str = ""
    """Why it could not be read the last time."""


async def save(database: Database, watch: Watch) -> None:
    """Store a watch, in place of another of the same page. Journals `watch.added`."""
    async with database.transaction():
        await database.rows(
            "INSERT INTO watches (server, source, every_hours, channel, platform, "
            "added_by, added_by_name, added_at, checked_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (server, source) DO UPDATE "
            "SET every_hours = excluded.every_hours, channel = excluded.channel, "
            "platform = excluded.platform, added_by = excluded.added_by, "
            "added_by_name = excluded.added_by_name, added_at = excluded.added_at, "
            "checked_at = excluded.checked_at, failures = 0, problem = ''",
            watch.server,
            watch.source,
            watch.every_hours,
            watch.channel,
            watch.platform,
            watch.added_by,
            watch.added_by_name,
            to_text(watch.added_at),
            None if watch.checked_at is None else to_text(watch.checked_at),
        )
        await journal.record(
            database,
            watch.server,
            at=watch.added_at,
            actor=watch.added_by,
            action="watch.added",
        )


async def remove(
    database: Database, server: str, source: str, *, by: str, at: datetime
) -> bool:
    """Delete a watch; say whether there was one. Journals `watch.stopped`."""
    async with database.transaction():
        rows = await database.rows(
            "DELETE FROM watches WHERE server = ? AND source = ? RETURNING source",
            server,
            source,
        )
        if rows:
            await journal.record(
                database, server, at=at, actor=by, action="watch.stopped"
            )
    return bool(rows)


async def of_server(database: Database, server: str) -> list[Watch]:
    """Return a server's watches, oldest first."""
    rows = await database.rows(
        "SELECT * FROM watches WHERE server = ? ORDER BY added_at, source", server
    )
    return [_watch(row) for row in rows]


async def get(database: Database, server: str, source: str) -> Watch | None:
    """Return the watch of a page, where there is one."""
    row = await database.row(
        "SELECT * FROM watches WHERE server = ? AND source = ?", server, source
    )
    return None if row is None else _watch(row)


async def active(database: Database, *, most_failures: int) -> list[Watch]:
    """Return all servers' watches that failed less often, the longest unread first."""
    rows = await database.rows(
        "SELECT * FROM watches WHERE failures < ? ORDER BY checked_at, server, source",
        most_failures,
    )
    return [_watch(row) for row in rows]


async def record_read(
    database: Database, server: str, source: str, *, at: datetime
) -> None:
    """Remember that a page was read."""
    await database.rows(
        "UPDATE watches SET checked_at = ?, failures = 0, problem = '' "
        "WHERE server = ? AND source = ?",
        to_text(at),
        server,
        source,
    )


async def record_failure(
    database: Database, server: str, source: str, *, at: datetime, problem: str
) -> int:
    """Remember that a page could not be read; return how often in a row.

    0 where nobody watches it any more.
    """
    rows = await database.rows(
        "UPDATE watches SET checked_at = ?, failures = failures + 1, problem = ? "
        "WHERE server = ? AND source = ? RETURNING failures",
        to_text(at),
        problem,
        server,
        source,
    )
    return int(rows[0]["failures"]) if rows else 0


async def of_person(database: Database, server: str, person: str) -> list[Watch]:
    """Return the watches that a person asked for, oldest first."""
    rows = await database.rows(
        "SELECT * FROM watches WHERE server = ? AND added_by = ? ORDER BY added_at",
        server,
        person,
    )
    return [_watch(row) for row in rows]


async def disown(database: Database, server: str, person: str) -> None:
    """Forget who asked for the watches of a person; the pages stay watched."""
    await database.rows(
        "UPDATE watches SET added_by = ?, added_by_name = 'Myna' "
        "WHERE server = ? AND added_by = ?",
        journal.MYNA,
        server,
        person,
    )


def _watch(row: sqlite3.Row) -> Watch:
    return Watch(
        server=row["server"],
        source=row["source"],
        every_hours=row["every_hours"],
        channel=row["channel"],
        platform=row["platform"],
        added_by=row["added_by"],
        added_by_name=row["added_by_name"],
        added_at=from_text(row["added_at"]),
        checked_at=from_optional_text(row["checked_at"]),
        failures=row["failures"],
        problem=row["problem"],
    )
