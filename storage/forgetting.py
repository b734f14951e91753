"""How a lesson leaves: forgotten on request, or expired when its time is over."""

from dataclasses import dataclass
from datetime import datetime

from learning.errors import ConflictError
from storage import answers, documents, journal, lessons, promotions
from storage.database import Database
from storage.timestamps import to_text

ASKED = "somebody who may asked for it"


@dataclass(frozen=True, slots=True)
class Departure:
    """What followed when a lesson left."""

    server: str
    lesson: int
    tainted: tuple[int, ...]
    """Versions of the server's adapters that were trained on it, newly tainted."""
    withdrawn: int | None
    """The version that was in service and left it; the skills adapter serves now."""


async def forget(
    database: Database,
    server: str,
    lesson: int,
    *,
    by: str,
    at: datetime,
    reason: str = ASKED,
) -> Departure:
    """Erase a lesson; only its number remains. Adapters trained on it are tainted.

    The answers that came from it lose their text too, and a tainted adapter leaves
    service at once. `reason` is Myna's own words, for the journal. Raises NotFoundError, or ConflictError where it is already
    forgotten.
    """
    async with database.transaction():
        row = await database.row(
            "UPDATE lessons SET state = 'forgotten', question = '', answer = '', "
            "text = '', author = '', author_name = '', source = '', findings = '[]', "
            "decided_by = '', decided_by_name = '', reason = '', consent_of = '', "
            "source_channel = '', source_message = '', examples = '[]', heading = '', "
            "place = '' "
            "WHERE server = ? AND id = ? AND state <> 'forgotten' "
            "RETURNING id, document",
            server,
            lesson,
        )
        if row is None:
            await lessons.get(database, server, lesson)
            raise ConflictError(f"Lesson {lesson} is already forgotten.")
        await _erase_findings_about(database, server, lesson)
        await answers.erase_of_lesson(database, server, lesson)
        if row["document"] is not None:
            await documents.erase_if_empty(database, server, row["document"])
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="lesson.forgotten",
            lesson=lesson,
            detail={"reason": reason},
        )
        departure = await _taint(
            database, server, lesson, by=by, at=at, reason="was forgotten"
        )
    await database.checkpoint()
    return departure


async def expire_due(database: Database, *, now: datetime) -> list[Departure]:
    """Retire every server's waiting or approved lessons whose time is over.

    Adapters trained on them are tainted and leave service, as with `forget`.
    """
    departures = []
    async with database.transaction():
        rows = await database.rows(
            "UPDATE lessons SET state = 'expired' "
            "WHERE state IN ('pending', 'approved') AND expires_at <= ? "
            "RETURNING server, id",
            to_text(now),
        )
        for server, lesson in sorted((row["server"], row["id"]) for row in rows):
            await journal.record(
                database,
                server,
                at=now,
                actor=journal.MYNA,
                action="lesson.expired",
                lesson=lesson,
                detail={"reason": "its time was over"},
            )
            departures.append(
                await _taint(
                    database,
                    server,
                    lesson,
                    by=journal.MYNA,
                    at=now,
                    reason="expired",
                )
            )
    return departures


async def _erase_findings_about(database: Database, server: str, lesson: int) -> None:
    """Erase what screening said of it in other lessons: a conflict quotes its words."""
    await database.rows(
        "UPDATE lessons SET findings = (SELECT json_group_array(json(value))"
        " FROM json_each(findings) WHERE json_extract(value, '$.lesson') IS NOT ?2) "
        "WHERE server = ?1 AND EXISTS (SELECT 1 FROM json_each(findings)"
        " WHERE json_extract(value, '$.lesson') = ?2)",
        server,
        lesson,
    )


async def _taint(
    database: Database,
    server: str,
    lesson: int,
    *,
    by: str,
    at: datetime,
    reason: str,
) -> Departure:
    """Taint what was trained on the lesson, itself or through its parents."""
    rows = await database.rows(
        "WITH RECURSIVE touched (version) AS ("
        " SELECT version FROM adapter_lessons WHERE server = ?1 AND lesson = ?2"
        " UNION"
        " SELECT adapters.version FROM adapters"
        "  JOIN touched ON adapters.parent = touched.version"
        "  WHERE adapters.server = ?1) "
        "UPDATE adapters SET state = 'tainted' WHERE server = ?1 "
        "AND version IN (SELECT version FROM touched) "
        "AND state NOT IN ('tainted', 'deleted') RETURNING version",
        server,
        lesson,
    )
    tainted = tuple(sorted(row["version"] for row in rows))
    for version in tainted:
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="adapter.tainted",
            lesson=lesson,
            adapter=version,
            detail={"reason": f"lesson {lesson} {reason}"},
        )
    serving = await promotions.current_version(database, server)
    if serving not in tainted:
        return Departure(server, lesson, tainted, withdrawn=None)
    await promotions.withdraw(
        database, server, by=by, at=at, reason=f"lesson {lesson} {reason}"
    )
    return Departure(server, lesson, tainted, withdrawn=serving)
