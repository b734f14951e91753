"""How long a server's runs took: what its daily quota is measured by."""

from datetime import datetime

from storage.database import Database
from storage.timestamps import from_text, to_text


async def spans_since(
    database: Database, server: str, since: datetime, *, now: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when each run that was at work since then began and ended."""
    rows = await database.rows(
        "SELECT started_at, coalesce(finished_at, ?3) AS ended FROM runs "
        "WHERE server = ?1 AND started_at IS NOT NULL AND ended > ?2 "
        "ORDER BY started_at",
        server,
        to_text(since),
        to_text(now),
    )
    return [(from_text(row["started_at"]), from_text(row["ended"])) for row in rows]
