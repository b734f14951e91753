"""First approvals: who let a held lesson pass before a second moderator has to."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from learning.errors import ConflictError
from learning.lesson import LessonState
from storage import journal, lessons
from storage.database import Database
from storage.timestamps import to_text


@dataclass(frozen=True, slots=True)
class Approval:
    """One moderator's approval of a lesson that needs two."""

    lesson: int
    person: str
    name: str
    memory_only: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What an approval found: those of others, and whether it is new itself."""

    others: tuple[Approval, ...]
    is_new: bool


async def give(
    database: Database,
    server: str,
    lesson: int,
    *,
    by: str,
    by_name: str,
    at: datetime,
    memory_only: bool,
    seen: str | None = None,
) -> Given:
    """Record that a moderator approves; the same person never counts twice.

    Only if nobody else did before is it kept and journalled, as `approval.given`:
    otherwise whoever calls this approves the lesson in the same transaction. Raises
    ConflictError where the lesson waits no longer or was edited since it was seen,
    or NotFoundError.
    """
    async with database.transaction():
        found = (await lessons.get(database, server, lesson)).lesson
        if found.state is not LessonState.PENDING:
            raise ConflictError(f"Lesson {lesson} is {found.state} already.")
        if seen not in (None, found.digest):
            raise ConflictError(f"Lesson {lesson} was edited meanwhile: read it again.")
        given = await of_lesson(database, server, lesson)
        others = tuple(each for each in given if each.person != by)
        if others:
            return Given(others, is_new=True)
        row = await database.row(
            "INSERT INTO approvals (server, lesson, person, name, memory_only, at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING lesson",
            server,
            lesson,
            by,
            by_name,
            memory_only,
            to_text(at),
        )
        if row is not None:
            await journal.record(
                database,
                server,
                at=at,
                actor=by,
                action="approval.given",
                lesson=lesson,
                detail={"reason": "it is held: a second moderator has to approve it"},
            )
    return Given((), is_new=row is not None)


async def of_lesson(
    database: Database, server: str, lesson: int
) -> tuple[Approval, ...]:
    """Return who approved one waiting lesson, the first one first."""
    rows = await database.rows(
        "SELECT * FROM approvals WHERE server = ? AND lesson = ? ORDER BY at, person",
        server,
        lesson,
    )
    return tuple(map(_approval, rows))


async def all_of(database: Database, server: str) -> tuple[Approval, ...]:
    """Return the first approvals of all that waits."""
    rows = await database.rows(
        "SELECT * FROM approvals WHERE server = ? ORDER BY at, person", server
    )
    return tuple(map(_approval, rows))


async def moderators_since(
    database: Database, server: str, since: datetime
) -> frozenset[str]:
    """Return the ids of those who approved or rejected a lesson since then.

    Who had their data deleted has no id any more, but a hash that begins with ~.
    """
    rows = await database.rows(
        "SELECT DISTINCT actor FROM journal WHERE server = ? AND at >= ? "
        "AND actor NOT GLOB '~*' AND action IN ('lesson.approved', 'lesson.rejected', 'approval.given')",
        server,
        to_text(since),
    )
    return frozenset(row["actor"] for row in rows) - {journal.MYNA}


def _approval(row: sqlite3.Row) -> Approval:
    return Approval(row["lesson"], row["person"], row["name"], bool(row["memory_only"]))
