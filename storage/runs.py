"""Training runs: at most one active on a server at any time."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from learning.errors import ConflictError, NotFoundError, RunBusyError
from learning.run import RunKind
from storage import adapters, journal
from storage.adapters import Adapter
from storage.database import Database
from storage.timestamps import from_optional_text, from_text, to_text

STOPPED = "Myna was stopped while it ran."


class RunState(StrEnum):
    """Where a run stands; the first three are active."""

    QUEUED = "queued"
    RUNNING = "running"
    EXAM = "exam"
    PROMOTED = "promoted"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Run:
    """One training job as the database knows it."""

    id: str
    server: str
    kind: RunKind
    state: RunState
    lessons: tuple[int, ...]
    """Ids of the lessons in its rows."""
    requested_by: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reason: str = ""
    """Why it ended as it did, a sentence."""
    scorecard_before: str | None = None
    """JSON text."""
    scorecard_after: str | None = None
    """JSON text."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a stopped process left behind: its directories may be removed."""

    runs: tuple[Run, ...]
    adapters: tuple[Adapter, ...]
    """Candidates that never finished their exam, marked deleted."""


async def claim(
    database: Database,
    run: str,
    *,
    server: str,
    kind: RunKind,
    lessons: Collection[int],
    requested_by: str,
    at: datetime,
    permissions: Mapping[str, str] | None = None,
) -> Run:
    """Queue a run of this id. Raises RunBusyError where the server has an active one.

    `permissions` are the references, by platform, that its lessons are trained under;
    the journal keeps them.
    """
    async with database.transaction():
        busy = await active(database, server)
        if busy is not None:
            raise RunBusyError(
                f"I am already learning here (run {busy.id}, {busy.state}): wait for "
                "it to end, or cancel it."
            )
        [row] = await database.rows(
            "INSERT INTO runs (id, server, kind, state, lessons, requested_by, "
            "created_at) VALUES (?, ?, ?, 'queued', ?, ?, ?) RETURNING *",
            run,
            server,
            kind,
            json.dumps(sorted(set(lessons))),
            requested_by,
            to_text(at),
        )
        await journal.record(
            database,
            server,
            at=at,
            actor=requested_by,
            action="run.queued",
            run=run,
            detail={"permissions": dict(permissions)} if permissions else None,
        )
    return _run(row)


async def start(database: Database, run: str, *, at: datetime) -> Run:
    """QUEUED becomes RUNNING. Raises ConflictError where it is not queued."""
    async with database.transaction():
        row = await database.row(
            "UPDATE runs SET state = 'running', started_at = ? "
            "WHERE id = ? AND state = 'queued' RETURNING *",
            to_text(at),
            run,
        )
        return await _moved(database, run, row)


async def begin_exam(database: Database, run: str) -> Run:
    """RUNNING becomes EXAM. Raises ConflictError where it is not running."""
    async with database.transaction():
        row = await database.row(
            "UPDATE runs SET state = 'exam' "
            "WHERE id = ? AND state = 'running' RETURNING *",
            run,
        )
        return await _moved(database, run, row)


async def record_scorecards(
    database: Database, run: str, *, before: str, after: str
) -> None:
    """Keep the exam's two scorecards, as JSON text; call it before the decision."""
    async with database.transaction():
        row = await database.row(
            "UPDATE runs SET scorecard_before = ?, scorecard_after = ? "
            "WHERE id = ? RETURNING *",
            before,
            after,
            run,
        )
        await _moved(database, run, row)


async def fail(database: Database, run: str, *, at: datetime, reason: str) -> Run:
    """End an active run as FAILED. Raises ConflictError where it already ended."""
    return await end(
        database, run, RunState.FAILED, by=journal.MYNA, at=at, reason=reason
    )


async def cancel(
    database: Database, run: str, *, by: str, at: datetime, reason: str
) -> Run:
    """End an active run as CANCELLED. Raises ConflictError where it already ended."""
    return await end(database, run, RunState.CANCELLED, by=by, at=at, reason=reason)


async def end(
    database: Database,
    run: str,
    state: RunState,
    *,
    by: str,
    at: datetime,
    reason: str,
) -> Run:
    """End an active run; outside storage/ call `fail`, `cancel`, `promote`, `refuse`.

    Raises ConflictError where it already ended, or NotFoundError.
    """
    async with database.transaction():
        row = await database.row(
            "UPDATE runs SET state = ?, finished_at = ?, reason = ? "
            "WHERE id = ? AND state IN ('queued', 'running', 'exam') RETURNING *",
            state,
            to_text(at),
            reason,
            run,
        )
        ended = await _moved(database, run, row)
        await journal.record(
            database,
            ended.server,
            at=at,
            actor=by,
            action=f"run.{state}",
            run=run,
        )
    return ended


async def get(database: Database, run: str) -> Run:
    """Return one run. Raises NotFoundError."""
    row = await database.row("SELECT * FROM runs WHERE id = ?", run)
    if row is None:
        raise NotFoundError(f"There is no run {run}.")
    return _run(row)


async def active(database: Database, server: str) -> Run | None:
    """Return the server's active run."""
    row = await database.row(
        "SELECT * FROM runs WHERE server = ? "
        "AND state IN ('queued', 'running', 'exam')",
        server,
    )
    return None if row is None else _run(row)


async def latest(database: Database, server: str, *, limit: int = 10) -> list[Run]:
    """Return the server's runs, newest first."""
    rows = await database.rows(
        "SELECT * FROM runs WHERE server = ? ORDER BY rowid DESC LIMIT ?",
        server,
        limit,
    )
    return [_run(row) for row in rows]


async def recover(database: Database, *, at: datetime) -> Recovered:
    """End every run that a stopped process left active; call it once at start.

    The runs become FAILED, "Myna was stopped while it ran"; their lessons stay
    approved.
    """
    async with database.transaction():
        abandoned = await database.rows(
            "SELECT id FROM runs WHERE state IN ('queued', 'running', 'exam') "
            "ORDER BY rowid"
        )
        runs = [
            await fail(database, row["id"], at=at, reason=STOPPED) for row in abandoned
        ]
        rows = await database.rows(
            "UPDATE adapters SET state = 'deleted' WHERE state = 'candidate' "
            "RETURNING *"
        )
    candidates = [adapters.adapter_from_row(row) for row in rows]
    return Recovered(runs=tuple(runs), adapters=tuple(candidates))


async def _moved(database: Database, run: str, row: sqlite3.Row | None) -> Run:
    """Read the row that was just changed, or say why none was."""
    if row is not None:
        return _run(row)
    unmoved = await get(database, run)
    raise ConflictError(f"Run {run} is already {unmoved.state}.")


def _run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        server=row["server"],
        kind=RunKind(row["kind"]),
        state=RunState(row["state"]),
        lessons=tuple(json.loads(row["lessons"])),
        requested_by=row["requested_by"],
        created_at=from_text(row["created_at"]),
        started_at=from_optional_text(row["started_at"]),
        finished_at=from_optional_text(row["finished_at"]),
        reason=row["reason"],
        scorecard_before=row["scorecard_before"],
        scorecard_after=row["scorecard_after"],
    )
