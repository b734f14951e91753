"""What was answered, and the adapter and notes that gave it."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from learning.errors import NotFoundError
from storage.database import Database
from storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was given."""

    id: int
    at: datetime
    server: str
    channel: str | None
    actor: str
    """The id of the person who asked."""
    question: str
    answer: str
    abstained: bool
    adapter: str | None
    """The adapter's name, `<server>/<version>` or `skills/<n>`; None is the base."""
    notes: tuple[int, ...]
    """Ids of the lessons that were shown to the model."""
    lessons: tuple[int, ...]
    """Ids of the lessons that the answer comes from."""
    message: str = ""
    """The id of the message that asked, where one did."""


async def record(
    database: Database,
    server: str,
    *,
    at: datetime,
    channel: str | None,
    actor: str,
    question: str,
    answer: str,
    abstained: bool,
    adapter: str | None,
    notes: Sequence[int] = (),
    lessons: Sequence[int] = (),
    message: str = "",
) -> Answer:
    """Store an answer; the schema refuses the name of another server's adapter."""
    async with database.transaction():
        [row] = await database.rows(
            "INSERT INTO answers (at, server, channel, actor, question, answer, "
            "abstained, adapter, notes, lessons, message) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "RETURNING *",
            to_text(at),
            server,
            channel,
            actor,
            question,
            answer,
            abstained,
            adapter,
            json.dumps(list(notes)),
            json.dumps(list(lessons)),
            message,
        )
    return _answer(row)


async def last(database: Database, server: str, actor: str) -> Answer | None:
    """Return the latest answer that this person got on this server."""
    row = await database.row(
        "SELECT * FROM answers WHERE server = ? AND actor = ? ORDER BY id DESC LIMIT 1",
        server,
        actor,
    )
    return None if row is None else _answer(row)


async def get(database: Database, server: str, answer: int) -> Answer:
    """Return one answer of this server. Raises NotFoundError."""
    row = await database.row(
        "SELECT * FROM answers WHERE server = ? AND id = ?", server, answer
    )
    if row is None:
        raise NotFoundError(f"There is no answer {answer} here.")
    return _answer(row)


async def of_actor(database: Database, server: str, actor: str) -> list[Answer]:
    """Return what a person asked, as far as it was not erased, oldest first."""
    rows = await database.rows(
        "SELECT * FROM answers WHERE server = ? AND actor = ? AND question <> '' "
        "ORDER BY id",
        server,
        actor,
    )
    return [_answer(row) for row in rows]


async def count_of_lesson(database: Database, server: str, lesson: int) -> int:
    """Count the answers that came from a lesson."""
    [row] = await database.rows(
        "SELECT count(*) AS answers FROM answers WHERE server = ?1 AND EXISTS"
        " (SELECT 1 FROM json_each(lessons) WHERE value = ?2)",
        server,
        lesson,
    )
    return int(row["answers"])


async def erase_of_actor(database: Database, server: str, actor: str) -> int:
    """Erase the words of all questions of a person and their answers; count them."""
    async with database.transaction():
        rows = await database.rows(
            "UPDATE answers SET question = '', answer = '' "
            "WHERE server = ? AND actor = ? RETURNING id",
            server,
            actor,
        )
    await database.checkpoint()
    return len(rows)


async def erase_of_lesson(database: Database, server: str, lesson: int) -> int:
    """Erase the words of all answers that a lesson had a part in; count them."""
    async with database.transaction():
        rows = await database.rows(
            "UPDATE answers SET question = '', answer = '' WHERE server = ?1 AND ("
            "EXISTS (SELECT 1 FROM json_each(notes) WHERE value = ?2) OR "
            "EXISTS (SELECT 1 FROM json_each(lessons) WHERE value = ?2)) RETURNING id",
            server,
            lesson,
        )
    await database.checkpoint()
    return len(rows)


def _answer(row: sqlite3.Row) -> Answer:
    return Answer(
        id=row["id"],
        at=from_text(row["at"]),
        server=row["server"],
        channel=row["channel"],
        actor=row["actor"],
        question=row["question"],
        answer=row["answer"],
        abstained=bool(row["abstained"]),
        adapter=row["adapter"],
        notes=tuple(json.loads(row["notes"])),
        lessons=tuple(json.loads(row["lessons"])),
        message=row["message"],
    )
