"""The server's pointer to an adapter: every move of it is one more row."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from learning.errors import ConflictError
from storage import adapters, journal, runs
from storage.adapters import AdapterState
from storage.database import Database
from storage.timestamps import from_text, to_text

OBSTACLES = {
    AdapterState.CANDIDATE: "has not passed its exam",
    AdapterState.PROMOTED: "has already been promoted",
    AdapterState.REFUSED: "did not pass its exam",
    AdapterState.TAINTED: "was trained on a lesson that has since left",
    AdapterState.DELETED: "has been deleted",
}


class PromotionKind(StrEnum):
    """Why the pointer moved."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Promotion:
    """One move of the pointer."""

    id: int
    server: str
    version: int | None
    """None: no adapter of its own, the skills adapter serves."""
    kind: PromotionKind
    at: datetime
    by: str
    reason: str


async def promote(
    database: Database, server: str, version: int, *, by: str, at: datetime, reason: str
) -> Promotion:
    """Put a candidate into service and end its run as promoted.

    Raises ConflictError where it is no candidate, for example tainted meanwhile,
    or where its run ended, or NotFoundError.
    """
    async with database.transaction():
        candidate = await adapters.get(database, server, version)
        if candidate.state is not AdapterState.CANDIDATE:
            raise ConflictError(_obstacle(version, candidate.state))
        await database.rows(
            "UPDATE adapters SET state = 'promoted' WHERE server = ? AND version = ?",
            server,
            version,
        )
        await runs.end(
            database,
            candidate.run,
            runs.RunState.PROMOTED,
            by=by,
            at=at,
            reason=reason,
        )
        return await _point(
            database,
            server,
            version,
            PromotionKind.PROMOTE,
            by=by,
            at=at,
            reason=reason,
        )


async def refuse(
    database: Database, server: str, version: int, *, by: str, at: datetime, reason: str
) -> None:
    """Refuse a candidate and end its run as refused; the pointer stays.

    A candidate that was tainted meanwhile stays tainted. Raises ConflictError or
    NotFoundError.
    """
    async with database.transaction():
        candidate = await adapters.get(database, server, version)
        if candidate.state not in (AdapterState.CANDIDATE, AdapterState.TAINTED):
            raise ConflictError(_obstacle(version, candidate.state))
        await database.rows(
            "UPDATE adapters SET state = 'refused' "
            "WHERE server = ? AND version = ? AND state = 'candidate'",
            server,
            version,
        )
        await runs.end(
            database, candidate.run, runs.RunState.REFUSED, by=by, at=at, reason=reason
        )


async def roll_back(
    database: Database,
    server: str,
    *,
    to: int | None,
    by: str,
    at: datetime,
    reason: str,
) -> Promotion:
    """Point back to an adapter that served before, or with None to the skills one.

    Raises ConflictError where it is tainted, refused, deleted, never promoted or
    already in service, or NotFoundError.
    """
    async with database.transaction():
        if to is not None:
            target = await adapters.get(database, server, to)
            if target.state is not AdapterState.PROMOTED:
                raise ConflictError(_obstacle(to, target.state))
        if to == await current_version(database, server):
            name = "The skills adapter" if to is None else f"Adapter {to}"
            raise ConflictError(f"{name} is already in service.")
        return await _point(
            database, server, to, PromotionKind.ROLLBACK, by=by, at=at, reason=reason
        )


async def withdraw(
    database: Database, server: str, *, by: str, at: datetime, reason: str
) -> Promotion | None:
    """Take the adapter out of service; the skills adapter serves from now on.

    Returns None, and writes nothing, where none is in service.
    """
    async with database.transaction():
        if await current_version(database, server) is None:
            return None
        return await _point(
            database, server, None, PromotionKind.WITHDRAW, by=by, at=at, reason=reason
        )


async def current_version(database: Database, server: str) -> int | None:
    """Return the version in service; None where the skills adapter serves."""
    row = await database.row(
        "SELECT version FROM promotions WHERE server = ? ORDER BY id DESC LIMIT 1",
        server,
    )
    return None if row is None else row["version"]


async def history(
    database: Database, server: str, *, limit: int = 50
) -> list[Promotion]:
    """Return the moves of the server's pointer, newest first."""
    rows = await database.rows(
        "SELECT * FROM promotions WHERE server = ? ORDER BY id DESC LIMIT ?",
        server,
        limit,
    )
    return [_promotion(row) for row in rows]


async def _point(
    database: Database,
    server: str,
    version: int | None,
    kind: PromotionKind,
    *,
    by: str,
    at: datetime,
    reason: str,
) -> Promotion:
    left = await current_version(database, server)
    [row] = await database.rows(
        "INSERT INTO promotions (server, version, kind, at, actor, reason) "
        "VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        server,
        version,
        kind,
        to_text(at),
        by,
        reason,
    )
    action = {
        PromotionKind.PROMOTE: "adapter.promoted",
        PromotionKind.ROLLBACK: "adapter.rolled_back",
        PromotionKind.WITHDRAW: "adapter.withdrawn",
    }[kind]
    await journal.record(
        database,
        server,
        at=at,
        actor=by,
        action=action,
        adapter=left if version is None else version,
    )
    return _promotion(row)


def _obstacle(version: int, state: AdapterState) -> str:
    return f"Adapter {version} {OBSTACLES[state]}."


def _promotion(row: sqlite3.Row) -> Promotion:
    return Promotion(
        id=row["id"],
        server=row["server"],
        version=row["version"],
        kind=PromotionKind(row["kind"]),
        at=from_text(row["at"]),
        by=row["actor"],
        reason=row["reason"],
    )
