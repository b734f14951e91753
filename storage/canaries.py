"""The canaries that a server's moderators set."""

import sqlite3
from datetime import datetime

from learning.canary import Canary
from learning.errors import NotFoundError
from storage import journal
from storage.database import Database
from storage.timestamps import to_text


async def add(
    database: Database,
    server: str,
    *,
    question: str,
    answer: str,
    by: str,
    at: datetime,
) -> Canary:
    """Store a canary, or another answer to the same question.

    Journals `canary.added`.
    """
    async with database.transaction():
        [row] = await database.rows(
            "INSERT INTO canaries (server, id, question, answer, by, at) "
            "SELECT ?1, coalesce(max(id), 0) + 1, ?2, ?3, ?4, ?5 "
            "FROM canaries WHERE server = ?1 "
            "ON CONFLICT (server, question) DO UPDATE SET answer = excluded.answer, "
            "by = excluded.by, at = excluded.at RETURNING *",
            server,
            question,
            answer,
            by,
            to_text(at),
        )
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="canary.added",
            detail={"canary": row["id"], "reason": "its answer may not change"},
        )
    return _canary(row)


async def all_of(database: Database, server: str) -> tuple[Canary, ...]:
    """Return a server's canaries, oldest first."""
    rows = await database.rows(
        "SELECT * FROM canaries WHERE server = ? ORDER BY id", server
    )
    return tuple(map(_canary, rows))


async def remove(
    database: Database, server: str, canary: int, *, by: str, at: datetime
) -> None:
    """Delete a canary. Journals `canary.removed`. Raises NotFoundError."""
    async with database.transaction():
        row = await database.row(
            "DELETE FROM canaries WHERE server = ? AND id = ? RETURNING id",
            server,
            canary,
        )
        if row is None:
            raise NotFoundError(f"There is no canary {canary} here. (/canary)")
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="canary.removed",
            detail={"canary": canary, "reason": "its answer may change again"},
        )


def _canary(row: sqlite3.Row) -> Canary:
    return Canary(row["id"], row["question"], row["answer"])
