"""What each server has set for itself, and when its last nightly run was."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from moderation.review import OwnLessons, ReviewRules, TwoPersons
from moderation.roles import RoleMap
from storage import journal
from storage.database import Database
from storage.timestamps import from_optional_text, to_optional_text, to_text

NO_ROLES = RoleMap()
NO_RULES = ReviewRules()


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
    set_up_at: datetime | None = None
    """When an admin set it up; before that nothing is learned there."""
    review_channel: str = ""
    learning_channels: tuple[str, ...] = ()
    """Where people may teach; empty stands for everywhere."""
    roles: RoleMap = NO_ROLES
    follow_threads: bool = False
    """Whether a thread that Myna answered in needs no new mention."""
    persona: str = ""
    """A sentence or two on how Myna should sound here."""
    review: ReviewRules = NO_RULES


async def get(database: Database, server: str) -> ServerSettings:
    """Return a server's settings; all None where it has set nothing."""
    row = await database.row("SELECT * FROM servers WHERE server = ?", server)
    return ServerSettings(server) if row is None else _settings(row)


async def save(
    database: Database, settings: ServerSettings, *, by: str, at: datetime
) -> None:
    """Store a server's settings; `last_nightly_at` is kept as it was."""
    values = {
        "nightly_hour": settings.nightly_hour,
        "time_zone": settings.time_zone,
        "minimum_new_lessons": settings.minimum_new_lessons,
        "set_up_at": to_optional_text(settings.set_up_at),
        "review_channel": settings.review_channel,
        "learning_channels": json.dumps(settings.learning_channels),
        "moderators": json.dumps(sorted(settings.roles.moderators)),
        "teachers": json.dumps(sorted(settings.roles.teachers)),
        "everyone_teaches": settings.roles.everyone_teaches,
        "follow_threads": settings.follow_threads,
        "persona": settings.persona,
        "two_person_review": settings.review.two_persons,
        "own_lessons": settings.review.own_lessons,
        "trusted": json.dumps(sorted(settings.roles.trusted)),
        "largest_share": settings.review.largest_share,
    }
    async with database.transaction():
        await database.rows(
            "INSERT INTO servers (server, nightly_hour, time_zone, "
            "minimum_new_lessons, set_up_at, review_channel, learning_channels, "
            "moderators, teachers, everyone_teaches, follow_threads, persona, "
            "two_person_review, own_lessons, trusted, largest_share) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (server) DO UPDATE SET nightly_hour = excluded.nightly_hour, "
            "time_zone = excluded.time_zone, "
            "minimum_new_lessons = excluded.minimum_new_lessons, "
            "set_up_at = excluded.set_up_at, "
            "review_channel = excluded.review_channel, "
            "learning_channels = excluded.learning_channels, "
            "moderators = excluded.moderators, teachers = excluded.teachers, "
            "everyone_teaches = excluded.everyone_teaches, "
            "follow_threads = excluded.follow_threads, persona = excluded.persona, "
            "two_person_review = excluded.two_person_review, "
            "own_lessons = excluded.own_lessons, trusted = excluded.trusted, "
            "largest_share = excluded.largest_share",
            settings.server,
            *values.values(),
        )
        persona = values.pop("persona")  # somebody's words stay out of the journal
        await journal.record(
            database,
            settings.server,
            at=at,
            actor=by,
            action="settings.changed",
            detail={**values, "has_persona": bool(persona)},
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


def _settings(row: sqlite3.Row) -> ServerSettings:
    return ServerSettings(
        server=row["server"],
        nightly_hour=row["nightly_hour"],
        time_zone=row["time_zone"],
        minimum_new_lessons=row["minimum_new_lessons"],
        last_nightly_at=from_optional_text(row["last_nightly_at"]),
        set_up_at=from_optional_text(row["set_up_at"]),
        review_channel=row["review_channel"],
        learning_channels=tuple(json.loads(row["learning_channels"])),
        roles=RoleMap(
            moderators=frozenset(json.loads(row["moderators"])),
            teachers=frozenset(json.loads(row["teachers"])),
            everyone_teaches=bool(row["everyone_teaches"]),
            trusted=frozenset(json.loads(row["trusted"])),
        ),
        follow_threads=bool(row["follow_threads"]),
        persona=row["persona"],
        review=ReviewRules(
            two_persons=TwoPersons(row["two_person_review"]),
            own_lessons=OwnLessons(row["own_lessons"]),
            largest_share=row["largest_share"],
        ),
    )
