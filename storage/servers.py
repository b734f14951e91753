"""What each server has set for itself, and when its last nightly run was."""

from dataclasses import dataclass
from datetime import datetime

from storage import journal
from storage.database import Database
from storage.timestamps import from_optional_text, to_text


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """A server's own settings; None leaves it to the settings of the process."""

    server: str
    nightly_hour: int | None = None
    """0 to 23, in `time_zone`."""
    time_zone: str | None = None
    """An IANA name such as `Europe/Berlin`."""
    minimum_new_lessons: int | None = None
    last_nightly_at: datetime | None = None
    """When the nightly job last ran for it, whatever came of it."""


async def get(database: Database, server: str) -> ServerSettings:
    """Return a server's settings; all None where it has set nothing."""
    row = await database.row("SELECT * FROM servers WHERE server = ?", server)
    if row is None:
        return ServerSettings(server)
    return ServerSettings(
        server=row["server"],
        nightly_hour=row["nightly_hour"],
        time_zone=row["time_zone"],
        minimum_new_lessons=row["minimum_new_lessons"],
        last_nightly_at=from_optional_text(row["last_nightly_at"]),
    )


async def save(
    database: Database, settings: ServerSettings, *, by: str, at: datetime
) -> None:
    """Store a server's settings; `last_nightly_at` is kept as it was."""
    async with database.transaction():
        await database.rows(
            "INSERT INTO servers (server, nightly_hour, time_zone, "
            "minimum_new_lessons) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (server) DO UPDATE SET nightly_hour = excluded.nightly_hour, "
            "time_zone = excluded.time_zone, "
            "minimum_new_lessons = excluded.minimum_new_lessons",
            settings.server,
            settings.nightly_hour,
            settings.time_zone,
            settings.minimum_new_lessons,
        )
        await journal.record(
            database,
            settings.server,
            at=at,
            actor=by,
            action="settings.changed",
            detail={
                "nightly_hour": settings.nightly_hour,
                "time_zone": settings.time_zone,
                "minimum_new_lessons": settings.minimum_new_lessons,
            },
        )


async def record_nightly(database: Database, server: str, *, at: datetime) -> None:
    """Remember that the nightly job ran, so that a restart does not repeat it."""
    async with database.transaction():
        await database.rows(
            "INSERT INTO servers (server, last_nightly_at) VALUES (?, ?) "
            "ON CONFLICT (server) DO UPDATE "
            "SET last_nightly_at = excluded.last_nightly_at",
            server,
            to_text(at),
        )


async def all_known(database: Database) -> list[str]:
    """Return every server that was ever taught something or has settings."""
    rows = await database.rows(
        "SELECT server FROM lessons UNION SELECT server FROM servers ORDER BY server"
    )
    return [row["server"] for row in rows]
