"""What a model wrote about lessons: kept beside them, gone with them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from learning.lesson import Lesson
from storage.database import Database
from storage.timestamps import to_text


async def put(
    database: Database,
    lesson: Lesson,
    written: Sequence[tuple[str, str]],
    *,
    made_of: str,
    at: datetime,
) -> None:
    """Keep what was written about a lesson, in the place of what was before.

    Nothing is kept of a lesson that was forgotten meanwhile.
    """
    await database.rows(
        "INSERT OR REPLACE INTO expansions (server, lesson, made_of, pairs, at) "
        "SELECT server, id, ?3, ?4, ?5 FROM lessons "
        "WHERE server = ?1 AND id = ?2 AND state <> 'forgotten'",
        lesson.server,
        lesson.id,
        made_of,
        json.dumps(written),
        to_text(at),
    )


async def missing(
    database: Database, lessons: Iterable[Lesson], *, made_of: str
) -> list[Lesson]:
    """Return those of one server's lessons about which this way wrote nothing yet."""
    wanted = list(lessons)
    if not wanted:
        return []
    rows = await database.rows(
        "SELECT lesson FROM expansions WHERE server = ? AND made_of = ?",
        wanted[0].server,
        made_of,
    )
    done = {row["lesson"] for row in rows}
    return [lesson for lesson in wanted if lesson.id not in done]


async def filled_in(
    database: Database, lessons: Iterable[Lesson]
) -> tuple[Lesson, ...]:
    """Return one server's lessons with what was written about them."""
    wanted = list(lessons)
    if not wanted:
        return ()
    rows = await database.rows(
        "SELECT lesson, pairs FROM expansions WHERE server = ?", wanted[0].server
    )
    written = {
        row["lesson"]: tuple((q, s) for q, s in json.loads(row["pairs"]))
        for row in rows
    }
    return tuple(
        replace(lesson, written=written.get(lesson.id, ())) for lesson in wanted
    )
