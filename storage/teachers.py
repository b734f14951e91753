"""Teachers: since when somebody teaches, how much, and whom a server trusts."""

from datetime import datetime

from learning.lesson import LessonState
from storage.database import Database
from storage.timestamps import from_text, to_text


async def first_taught(database: Database, server: str) -> dict[str, datetime]:
    """Return when each author whose lessons are kept taught the first of them."""
    rows = await database.rows(
        "SELECT author, min(taught_at) AS first FROM lessons "
        "WHERE server = ? AND author <> '' GROUP BY author",
        server,
    )
    return {row["author"]: from_text(row["first"]) for row in rows}


async def taught_since(
    database: Database, server: str, author: str, since: datetime
) -> int:
    """Count what somebody taught since then, whatever became of it.

    A document counts as one: it is reviewed as one.
    """
    [row] = await database.rows(
        "SELECT count(DISTINCT coalesce(-document, id)) AS lessons FROM lessons "
        "WHERE server = ? AND author = ? AND taught_at > ?",
        server,
        author,
        to_text(since),
    )
    return int(row["lessons"])


async def approved_by_origin(database: Database, server: str) -> list[tuple[str, str]]:
    """Return the author and the source of each approved lesson."""
    rows = await database.rows(
        "SELECT author, source FROM lessons WHERE server = ? AND state = ?",
        server,
        LessonState.APPROVED,
    )
    return [(row["author"], row["source"]) for row in rows]


async def trust(database: Database, server: str, person: str) -> None:
    """Remember that somebody taught as a trusted teacher."""
    await database.rows(
        "INSERT INTO trusted_teachers (server, person) VALUES (?, ?) "
        "ON CONFLICT DO NOTHING",
        server,
        person,
    )


async def distrust(database: Database, server: str, person: str) -> None:
    """Remember that somebody taught as one who is not trusted, or no longer."""
    await database.rows(
        "DELETE FROM trusted_teachers WHERE server = ? AND person = ?", server, person
    )


async def trusted(database: Database, server: str) -> frozenset[str]:
    """Return the ids of those who were trusted when they last taught."""
    rows = await database.rows(
        "SELECT person FROM trusted_teachers WHERE server = ?", server
    )
    return frozenset(row["person"] for row in rows)


async def cited_since(
    database: Database, server: str, lesson: int, since: datetime
) -> int:
    """Count the answers since then that came from a lesson."""
    [row] = await database.rows(
        "SELECT count(*) AS answers FROM answers WHERE server = ?1 AND at >= ?3 "
        "AND EXISTS (SELECT 1 FROM json_each(lessons) WHERE value = ?2)",
        server,
        lesson,
        to_text(since),
    )
    return int(row["answers"])
