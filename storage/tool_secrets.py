"""The secrets that tools are called with: stored encrypted, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from learning.errors import NotFoundError, SettingsError
from learning.tool_secret import ToolSecret, tool_secret
from storage import journal
from storage.database import Database
from storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """What people may know of a secret: everything but its value."""

    name: str
    host: str
    set_by: str
    set_at: datetime


class _Value(str):
    """A value on its way into the database: aiosqlite logs what it is given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(secret)"


async def put(
    database: Database,
    server: str,
    *,
    name: str,
    host: str,
    value: str,
    by: str,
    at: datetime,
) -> ToolSecret:
    """Store a secret for one host, in place of another of that name.

    Journals `secret.set`, without the value. Raises SettingsError where the database
    is not encrypted, CommandError where name, host or value have not the form.
    """
    secret = tool_secret(name, host, value)
    async with database.transaction():
        if not await _is_encrypted(database):
            raise SettingsError(
                "Secrets are stored encrypted only: whoever runs Myna has to set"
                " ENCRYPTION_KEY and start it again."
            )
        await database.rows(
            "INSERT INTO tool_secrets (server, name, host, value, set_by, set_at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (server, name) DO UPDATE SET "
            "host = excluded.host, value = excluded.value, set_by = excluded.set_by, "
            "set_at = excluded.set_at",
            server,
            secret.name,
            secret.host,
            _Value(secret.value),
            by,
            to_text(at),
        )
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="secret.set",
            detail={
                "secret": secret.name,
                "host": secret.host,
                "reason": "tools of this host are called with it",
            },
        )
    await database.checkpoint()  # the value before it stays in no log
    return secret


async def names(database: Database, server: str) -> list[StoredSecret]:
    """Return which secrets a server has, by name; never their values."""
    rows = await database.rows(
        "SELECT name, host, set_by, set_at FROM tool_secrets WHERE server = ? "
        "ORDER BY name",
        server,
    )
    return [
        StoredSecret(row["name"], row["host"], row["set_by"], from_text(row["set_at"]))
        for row in rows
    ]


async def get(database: Database, server: str) -> Mapping[str, ToolSecret]:
    """Return a server's secrets by their names, for building requests alone."""
    rows = await database.rows(
        "SELECT name, host, value FROM tool_secrets WHERE server = ?", server
    )
    return {
        row["name"]: ToolSecret(row["name"], row["host"], row["value"]) for row in rows
    }


async def remove(
    database: Database, server: str, name: str, *, by: str, at: datetime
) -> None:
    """Delete a secret. Journals `secret.removed`. Raises NotFoundError."""
    async with database.transaction():
        row = await database.row(
            "DELETE FROM tool_secrets WHERE server = ? AND name = ? RETURNING host",
            server,
            name,
        )
        if row is None:
            raise NotFoundError(f"There is no secret called {name} here.")
        await journal.record(
            database,
            server,
            at=at,
            actor=by,
            action="secret.removed",
            detail={
                "secret": name,
                "host": row["host"],
                "reason": "nothing is called with it any more",
            },
        )
    await database.checkpoint()


async def _is_encrypted(database: Database) -> bool:
    """Ask the very connection: SQLCipher answers 1, and plain SQLite nothing."""
    row = await database.row("PRAGMA cipher_status")
    return row is not None and str(row[0]) == "1"
