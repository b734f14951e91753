"""What is kept only for a time: what is past it, and how it is erased.

Lessons are only looked up here: they leave as every forgotten lesson does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from learning.lesson import LessonState
from storage import deletions, journal
from storage.database import Database
from storage.pseudonyms import Pseudonyms
from storage.timestamps import to_text

ENFORCED = "retention.enforced"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of data is kept; None is for ever."""

    answers: timedelta | None = None
    """Questions and answers, and who asked."""
    feedback: timedelta | None = None
    unreviewed: timedelta | None = None
    """The words of lessons that nobody decided about."""
    rejected: timedelta | None = None
    """The words of lessons that were rejected or have expired."""
    runs: timedelta | None = None
    """The directories of runs that ended, rows and all."""
    names: timedelta | None = None
    """Who did what, in the journal; then it has a pseudonym."""


@dataclass(frozen=True, slots=True)
class Due:
    """A lesson whose words were kept long enough."""

    server: str
    lesson: int


async def due_lessons(
    database: Database, *states: LessonState, before: datetime
) -> list[Due]:
    """Return lessons in these states to which nothing happened since then."""
    found: list[Due] = []
    for state in states:
        rows = await database.rows(
            "SELECT lessons.server, lessons.id FROM lessons JOIN journal"
            " ON journal.server = lessons.server AND journal.lesson = lessons.id"
            " AND journal.action GLOB 'lesson.*' "
            "WHERE lessons.state = ? GROUP BY lessons.server, lessons.id "
            "HAVING max(journal.at) < ? ORDER BY lessons.server, lessons.id",
            state,
            to_text(before),
        )
        found += [Due(row["server"], row["id"]) for row in rows]
    return found


async def erase_answers(database: Database, *, before: datetime) -> int:
    """Erase the words of older questions and answers, and who asked; count them."""
    rows = await database.rows(
        "UPDATE answers SET question = '', answer = '', actor = '', message = '', "
        "channel = NULL WHERE at < ? AND actor <> '' RETURNING id",
        to_text(before),
    )
    return len(rows)


async def delete_feedback(database: Database, *, before: datetime) -> int:
    """Delete older thumbs; count them."""
    rows = await database.rows(
        "DELETE FROM feedback WHERE at < ? RETURNING answer", to_text(before)
    )
    return len(rows)


async def ended_runs(database: Database, *, before: datetime) -> list[str]:
    """Return the ids of the runs that ended before then."""
    rows = await database.rows(
        "SELECT id FROM runs WHERE finished_at < ? ORDER BY rowid", to_text(before)
    )
    return [row["id"] for row in rows]


async def pseudonymise(
    database: Database, pseudonyms: Pseudonyms, *, before: datetime
) -> int:
    """Name people by their pseudonyms in what was done before then; count them.

    Changed settings list the ids of people and of roles alike: nothing here tells
    them apart, so roles go too.
    """
    rows = await database.rows(
        "SELECT server, actor FROM journal WHERE at < ?1 UNION "
        "SELECT server, json_extract(detail, '$.person') FROM journal"
        " WHERE at < ?1 AND json_extract(detail, '$.person') IS NOT NULL UNION "
        # The lists are kept as texts of JSON; older entries have not all of them.
        "SELECT journal.server, listed.value FROM journal,"
        ' json_each(\'["moderators", "teachers", "trusted"]\') AS kind,'
        " json_each(json_extract(journal.detail, '$.' || kind.value)) AS listed"
        " WHERE journal.at < ?1 AND journal.action = 'settings.changed' UNION "
        "SELECT server, requested_by FROM runs WHERE created_at < ?1",
        to_text(before),
    )
    named = 0
    for row in rows:
        pseudonym = pseudonyms.of(row["actor"])
        if pseudonym == row["actor"]:
            continue
        async with database.transaction():
            await deletions.rename(
                database,
                row["server"],
                row["actor"],
                pseudonym=pseudonym,
                before=before,
            )
        named += 1
    return named


async def record(database: Database, counts: dict[str, int], *, at: datetime) -> None:
    """Journal what was erased because its time was over; it also says when."""
    await journal.record(
        database,
        journal.INSTALLATION,
        at=at,
        actor=journal.MYNA,
        action=ENFORCED,
        detail={"reason": "once a day, by the settings KEEP_..._DAYS", **counts},
    )


async def last_enforced(database: Database) -> datetime | None:
    """Return when retention was enforced the last time."""
    entry = await journal.latest(database, journal.INSTALLATION, ENFORCED)
    return None if entry is None else entry.at
