"""Moderators' decisions about waiting lessons; the first one to decide wins."""

import json
import sqlite3
from datetime import datetime

from learning.errors import ConflictError
from learning.lesson import Lesson, LessonState
from moderation.verdict import Verdict
from storage import journal, lessons
from storage.database import Database
from storage.timestamps import to_optional_text, to_text


async def approve(
    database: Database,
    server: str,
    lesson: int,
    *,
    by: str,
    by_name: str,
    at: datetime,
    supersedes: int | None = None,
    seen: str | None = None,
    memory_only: bool = False,
) -> Lesson:
    """Approve a waiting lesson; the approved one that it supersedes retires with it.

    One approved for memory only never reaches weights.

    `supersedes` replaces what the lesson itself says it supersedes. `seen` is the
    digest of the words that the moderator read. Journals `lesson.approved` and
    `lesson.superseded`. Raises ConflictError naming who decided first and what, or
    where the lesson was edited since it was seen, or NotFoundError.
    """
    async with database.transaction():
        if supersedes is not None:
            await lessons.get(database, server, supersedes)
        row = await database.row(
            "UPDATE lessons SET state = 'approved', decided_by = ?, "
            "decided_by_name = ?, decided_at = ?, "
            "supersedes = coalesce(?, supersedes), memory_only = ? "
            "WHERE server = ? AND id = ? AND state = 'pending' RETURNING *",
            by,
            by_name,
            to_text(at),
            supersedes,
            memory_only,
            server,
            lesson,
        )
        approved = await _decided(database, server, lesson, row)
        _compare(approved, seen)
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="lesson.approved",
            lesson=lesson,
        )
        if approved.supersedes is not None:
            await _supersede(database, approved, by=by, at=at)
    return approved


async def reject(
    database: Database,
    server: str,
    lesson: int,
    *,
    by: str,
    by_name: str,
    at: datetime,
    reason: str = "",
    seen: str | None = None,
) -> Lesson:
    """Reject a waiting lesson. Raises ConflictError or NotFoundError.

    `seen` is the digest of the words that the moderator read.
    """
    async with database.transaction():
        row = await database.row(
            "UPDATE lessons SET state = 'rejected', decided_by = ?, "
            "decided_by_name = ?, decided_at = ?, reason = ? "
            "WHERE server = ? AND id = ? AND state = 'pending' RETURNING *",
            by,
            by_name,
            to_text(at),
            reason,
            server,
            lesson,
        )
        rejected = await _decided(database, server, lesson, row)
        _compare(rejected, seen)
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="lesson.rejected",
            lesson=lesson,
        )
    return rejected


async def edit(
    database: Database,
    edited: Lesson,
    *,
    verdict: Verdict,
    by: str,
    at: datetime,
    seen: str | None = None,
    reason: str = "a reviewer corrected it before deciding",
) -> Lesson:
    """Replace a waiting lesson's words and what screening found in them.

    Kind, question, answer, text, examples, provenance, scope, source, expiry and
    supersedes are taken from `edited`; its author and time stay. `reason` is Myna's own words,
    for the journal. Raises ConflictError where it
    waits no longer or is not what was `seen`, or NotFoundError.
    """
    async with database.transaction():
        if edited.supersedes is not None:
            await lessons.get(database, edited.server, edited.supersedes)
        if seen is not None:
            before = await lessons.get(database, edited.server, edited.id)
            _compare(before.lesson, seen)
        row = await database.row(
            "UPDATE lessons SET kind = ?, question = ?, answer = ?, text = ?, "
            "examples = ?, provenance = ?, channel = ?, source = ?, expires_at = ?, "
            "supersedes = ?, findings = ? "
            "WHERE server = ? AND id = ? AND state = 'pending' RETURNING *",
            edited.kind,
            edited.question,
            edited.answer,
            edited.text,
            json.dumps(edited.examples),
            edited.provenance,
            edited.scope.channel,
            edited.source,
            to_optional_text(edited.expires_at),
            edited.supersedes,
            lessons.findings_to_text(verdict),
            edited.server,
            edited.id,
        )
        lesson = await _decided(database, edited.server, edited.id, row)
        await journal.record(
            database,
            edited.server,
            at=at,
            actor=by,
            action="lesson.edited",
            lesson=edited.id,
            detail={"reason": reason},
        )
    return lesson


async def _decided(
    database: Database, server: str, lesson: int, row: sqlite3.Row | None
) -> Lesson:
    """Read the row that was just changed, or say who was first."""
    if row is not None:
        return lessons.record_from_row(row).lesson
    first = await lessons.get(database, server, lesson)
    state = first.lesson.state
    if state in (LessonState.APPROVED, LessonState.REJECTED):
        name = first.decided_by_name or first.decided_by
        raise ConflictError(f"{name} has already {state} lesson {lesson}.")
    raise ConflictError(f"Lesson {lesson} is no longer waiting: it is {state}.")


def _compare(lesson: Lesson, seen: str | None) -> None:
    if seen not in (None, lesson.digest):
        raise ConflictError(f"Lesson {lesson.id} was edited meanwhile: read it again.")


async def _supersede(
    database: Database, successor: Lesson, *, by: str, at: datetime
) -> None:
    row = await database.row(
        "UPDATE lessons SET state = 'superseded' "
        "WHERE server = ? AND id = ? AND state = 'approved' RETURNING id",
        successor.server,
        successor.supersedes,
    )
    if row is not None:
        await journal.record(
            database,
            successor.server,
            at=at,
            actor=by,
            action="lesson.superseded",
            lesson=row["id"],
            detail={"by": successor.id},
        )
