"""Whether answers helped: one thumb a person and answer, the last one counts."""

from datetime import datetime

from storage.answers import Answer
from storage.database import Database
from storage.timestamps import from_text, to_text


async def record(
    database: Database, answer: Answer, person: str, *, helpful: bool, at: datetime
) -> None:
    """Store or change a person's thumb on an answer."""
    await database.rows(
        "INSERT INTO feedback (server, answer, person, helpful, at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (answer, person) DO UPDATE "
        "SET helpful = excluded.helpful, at = excluded.at",
        answer.server,
        answer.id,
        person,
        helpful,
        to_text(at),
    )


async def of_person(
    database: Database, server: str, person: str
) -> list[tuple[int, bool, datetime]]:
    """Return a person's thumbs: on which answer, whether it helped, and when."""
    rows = await database.rows(
        "SELECT answer, helpful, at FROM feedback WHERE server = ? AND person = ? "
        "ORDER BY at, answer",
        server,
        person,
    )
    return [(row["answer"], bool(row["helpful"]), from_text(row["at"])) for row in rows]


async def erase_of_person(database: Database, server: str, person: str) -> int:
    """Delete all thumbs of a person on this server; count them."""
    rows = await database.rows(
        "DELETE FROM feedback WHERE server = ? AND person = ? RETURNING answer",
        server,
        person,
    )
    return len(rows)


async def counts(database: Database, answer: int) -> tuple[int, int]:
    """Count the thumbs up and down of one answer."""
    [row] = await database.rows(
        "SELECT coalesce(sum(helpful), 0) AS up, "
        "coalesce(sum(1 - helpful), 0) AS down FROM feedback WHERE answer = ?",
        answer,
    )
    return row["up"], row["down"]
