"""Which events were delivered already: platforms repeat what they think got lost."""

from datetime import datetime, timedelta

from storage.database import Database
from storage.timestamps import to_text

KEPT = timedelta(days=1)


async def is_first(
    database: Database, platform: str, event: str, *, at: datetime
) -> bool:
    """Say whether this event comes for the first time, and remember that it came."""
    async with database.transaction():
        rows = await database.rows(
            "INSERT OR IGNORE INTO deliveries (platform, id, at) VALUES (?, ?, ?) "
            "RETURNING id",
            platform,
            event,
            to_text(at),
        )
    return bool(rows)


async def prune(database: Database, *, now: datetime) -> None:
    """Drop what is too old to be delivered again."""
    await database.rows("DELETE FROM deliveries WHERE at < ?", to_text(now - KEPT))
