"""A platform's tokens for the workspaces that installed Myna, as sealed bytes."""

from datetime import datetime

from storage.database import Database
from storage.timestamps import to_text


async def save(
    database: Database,
    platform: str,
    workspace: str,
    person: str,
    *,
    body: bytes,
    at: datetime,
) -> None:
    """Store an installation, or replace it; `person` is empty for the bot's own."""
    await database.rows(
        "INSERT INTO installations (platform, workspace, person, body, at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (platform, workspace, person) DO UPDATE "
        "SET body = excluded.body, at = excluded.at",
        platform,
        workspace,
        person,
        body,
        to_text(at),
    )


async def find(
    database: Database, platform: str, workspace: str, person: str = ""
) -> bytes | None:
    """Return an installation's sealed bytes."""
    row = await database.row(
        "SELECT body FROM installations WHERE platform = ? AND workspace = ? "
        "AND person = ?",
        platform,
        workspace,
        person,
    )
    return None if row is None else bytes(row["body"])


async def delete(
    database: Database, platform: str, workspace: str, person: str | None = None
) -> None:
    """Delete one person's installation, or with None all of a workspace."""
    await database.rows(
        "DELETE FROM installations WHERE platform = ?1 AND workspace = ?2 "
        "AND (?3 IS NULL OR person = ?3)",
        platform,
        workspace,
        person,
    )
    await database.checkpoint()
