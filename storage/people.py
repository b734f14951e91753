"""What people decided about their own words: who opted out of being learned from."""

from datetime import datetime

from storage import journal
from storage.database import Database
from storage.timestamps import to_text


async def has_opted_out(database: Database, server: str, person: str) -> bool:
    """Say whether nothing that this person wrote may be learned."""
    row = await database.row(
        "SELECT opted_out FROM people WHERE server = ? AND person = ?", server, person
    )
    return row is not None and bool(row["opted_out"])


async def set_opted_out(
    database: Database, server: str, person: str, *, opted_out: bool, at: datetime
) -> None:
    """Store a person's choice. Journals `person.opted_out` or `person.opted_in`."""
    async with database.transaction():
        await database.rows(
            "INSERT INTO people (server, person, opted_out, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (server, person) DO UPDATE "
            "SET opted_out = excluded.opted_out, at = excluded.at",
            server,
            person,
            opted_out,
            to_text(at),
        )
        await journal.record(
            database,
            server,
            at=at,
            actor=person,
            action="person.opted_out" if opted_out else "person.opted_in",
        )
