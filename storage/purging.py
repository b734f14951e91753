"""Purging a server that removed Myna: every row that belongs to it goes."""

from datetime import datetime

from storage import journal
from storage.database import Database

_TABLES = (
    "feedback",
    "answers",
    "cards",
    "approvals",
    "trusted_teachers",
    "canaries",
    "people",
    "journal",
    "promotions",
    "adapter_lessons",
    "adapters",
    "runs",
    "expansions",
    "lessons",
    "document_cards",
    "documents",
    "watches",
    "tool_secrets",
    "servers",
)
"""Those that refer to others come first."""


async def purge(
    database: Database, server: str, *, pseudonym: str, at: datetime
) -> list[str]:
    """Delete all rows of a server; return the paths of its adapters' folders.

    That it was purged stays in the installation's own journal, by its pseudonym.
    """
    async with database.transaction():
        rows = await database.rows("SELECT path FROM adapters WHERE server = ?", server)
        await database.rows("PRAGMA defer_foreign_keys = ON")
        await database.rows("INSERT INTO purging (server) VALUES (?)", server)
        for table in _TABLES:
            await database.rows(
                f"DELETE FROM {table} WHERE server = ?",  # noqa: S608 - constants
                server,
            )
        await database.rows("DELETE FROM purging WHERE server = ?", server)
        await journal.record(
            database,
            journal.INSTALLATION,
            at=at,
            actor=journal.MYNA,
            action="server.purged",
            detail={"server": pseudonym, "adapters": len(rows)},
        )
    await database.checkpoint()
    return [row["path"] for row in rows]
