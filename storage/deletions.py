"""A person's deletion: what names them goes, and a certificate follows in the journal.

The lessons are forgotten one by one before (`storage.forgetting`). Adapters that had
learned them are deleted once clean weights answer; only then is it all over, and the
certificate says so.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import answers, feedback, journal, watches
from storage.adapters import Adapter, adapter_from_row
from storage.database import Database
from storage.timestamps import to_text

DELETED = "person.deleted"
CERTIFIED = "privacy.certified"
_NEVER = "9999"
"""Later than every stored time."""
_KINDS = ("answers", "feedback", "reviews")


@dataclass(frozen=True, slots=True)
class Deletion:
    """A deletion of all that one person left on a server."""

    id: int
    """The journal's entry of it."""
    server: str
    person: str
    """A pseudonym."""
    lessons: tuple[int, ...]
    """The numbers of the lessons that are forgotten."""
    counts: dict[str, int]
    """How much of each other kind went."""


async def delete(
    database: Database,
    server: str,
    person: str,
    *,
    pseudonym: str,
    lessons: Sequence[int],
    at: datetime,
) -> Deletion:
    """Delete what is left of a person once their lessons are forgotten, in one go.

    Only a wish not to be learned from stays, under their own id: without it they
    would be learned from again. Journals `person.deleted`.
    """
    async with database.transaction():
        counts = {
            "answers": await answers.erase_of_actor(database, server, person),
            "feedback": await feedback.erase_of_person(database, server, person),
            "reviews": await _leave_reviews(database, server, person, pseudonym),
        }
        await _leave_documents(database, server, person)
        await watches.disown(database, server, person)
        for table in ("approvals", "trusted_teachers"):
            await database.rows(
                f"DELETE FROM {table} WHERE server = ? AND person = ?",  # noqa: S608
                server,
                person,
            )
        await database.rows(
            "UPDATE answers SET actor = ?, message = '' WHERE server = ? AND actor = ?",
            pseudonym,
            server,
            person,
        )
        # What moderators guard stays guarded, whoever of them wrote it.
        await database.rows(
            "UPDATE canaries SET by = ? WHERE server = ? AND by = ?",
            pseudonym,
            server,
            person,
        )
        # A community's tools go on working, whoever of its admins stored the key.
        await database.rows(
            "UPDATE tool_secrets SET set_by = ? WHERE server = ? AND set_by = ?",
            pseudonym,
            server,
            person,
        )
        await database.rows(
            "DELETE FROM people WHERE server = ? AND person = ? AND NOT opted_out",
            server,
            person,
        )
        await rename(database, server, person, pseudonym=pseudonym)
        detail = {"reason": "they asked for it", "lessons": list(lessons), **counts}
        await journal.record(
            database, server, at=at, actor=pseudonym, action=DELETED, detail=detail
        )
        entry = await journal.latest(database, server, DELETED)
    assert entry is not None  # noqa: S101 - it was just written
    await database.checkpoint()
    return _deletion(entry)


async def rename(
    database: Database,
    server: str,
    person: str,
    *,
    pseudonym: str,
    before: datetime | None = None,
) -> None:
    """Name a person by their pseudonym wherever it is kept who did what.

    `before` limits it to what is older than that.
    """
    end = _NEVER if before is None else to_text(before)
    for statement in (
        "UPDATE journal SET actor = ?1 WHERE server = ?2 AND actor = ?3 AND at < ?4",
        (
            "UPDATE journal SET detail = json_set(detail, '$.person', ?1) "
            "WHERE server = ?2 AND json_extract(detail, '$.person') = ?3 AND at < ?4"
        ),
        # Settings that were changed list ids as a text of JSON: within JSON, \"u1\".
        (
            "UPDATE journal SET detail = replace(detail,"
            " '\\\"' || ?3 || '\\\"', '\\\"' || ?1 || '\\\"') "
            "WHERE server = ?2 AND action = 'settings.changed' AND at < ?4"
            " AND instr(detail, '\\\"' || ?3 || '\\\"')"
        ),
        (
            "UPDATE promotions SET reason = '' WHERE server = ?2 AND actor = ?3 "
            "AND kind = 'rollback' AND at < ?4"
        ),
        "UPDATE promotions SET actor = ?1 WHERE server = ?2 AND actor = ?3 AND at < ?4",
        (
            "UPDATE runs SET requested_by = ?1 WHERE server = ?2 AND requested_by = ?3 "
            "AND created_at < ?4"
        ),
    ):
        await database.rows(statement, pseudonym, server, person, end)


async def uncertified(database: Database, server: str) -> list[Deletion]:
    """Return the deletions that no certificate names yet, oldest first."""
    rows = await database.rows(
        "SELECT deletion.id FROM journal AS deletion WHERE deletion.action = ?1 "
        "AND deletion.server = ?2 AND NOT EXISTS (SELECT 1 FROM journal"
        " WHERE action = ?3 AND server = ?2"
        " AND json_extract(detail, '$.deletion') = deletion.id) "
        "ORDER BY deletion.id",
        DELETED,
        server,
        CERTIFIED,
    )
    wanted = {row["id"] for row in rows}
    if not wanted:
        return []
    entries = await journal.everything(database, server)
    return [_deletion(entry) for entry in entries if entry.id in wanted]


async def forgotten_lessons(database: Database, server: str) -> frozenset[int]:
    """Return the numbers of all that was ever forgotten; nothing else is left of it."""
    rows = await database.rows(
        "SELECT id FROM lessons WHERE server = ? AND state = 'forgotten'", server
    )
    return frozenset(row["id"] for row in rows)


async def trained_on(
    database: Database, server: str, lessons: Collection[int]
) -> list[Adapter]:
    """Return every adapter that learned one of these lessons, or descends from one."""
    rows: list[sqlite3.Row] = await database.rows(
        "WITH RECURSIVE touched (version) AS ("
        " SELECT version FROM adapter_lessons WHERE server = ?1"
        "  AND lesson IN (SELECT value FROM json_each(?2))"
        " UNION"
        " SELECT adapters.version FROM adapters"
        "  JOIN touched ON adapters.parent = touched.version"
        "  WHERE adapters.server = ?1) "
        "SELECT * FROM adapters WHERE server = ?1 "
        "AND version IN (SELECT version FROM touched) ORDER BY version",
        server,
        json.dumps(list(lessons)),
    )
    return [adapter_from_row(row) for row in rows]


async def certify(
    database: Database,
    deletion: Deletion,
    *,
    clean: int | None,
    gone: Sequence[Adapter],
    at: datetime,
) -> None:
    """Journal that nothing of a deletion is left: neither rows nor weights nor runs.

    `clean` is the version that answers now; None is the skills adapter.
    """
    detail: dict[str, Any] = {
        "reason": "nothing of it is left outside the backups",
        "deletion": deletion.id,
        "person": deletion.person,
        "lessons": len(deletion.lessons),
        **deletion.counts,
        "adapters": [adapter.version for adapter in gone],
        "runs": [adapter.run for adapter in gone],
    }
    await journal.record(
        database,
        deletion.server,
        at=at,
        actor=journal.MYNA,
        action=CERTIFIED,
        adapter=clean,
        detail=detail,
    )


async def _leave_documents(database: Database, server: str, person: str) -> None:
    """Forget who brought a person's documents; what is empty is erased whole."""
    # Passages that others own keep the page or file that they are cited from.
    rows = await database.rows(
        "UPDATE documents SET added_by = '', added_by_name = '', query = '' "
        "WHERE server = ? AND added_by = ? RETURNING id",
        server,
        person,
    )
    for row in rows:
        await database.rows(
            "UPDATE documents SET source = '', title = '', text_digest = '', "
            "gone = '[]' WHERE server = ?1 AND id = ?2 AND NOT EXISTS ("
            "SELECT 1 FROM lessons WHERE server = ?1 AND document = ?2"
            " AND state <> 'forgotten')",
            server,
            row["id"],
        )


async def _leave_reviews(
    database: Database, server: str, person: str, pseudonym: str
) -> int:
    """Name a reviewer by their pseudonym, and erase the reasons that they wrote."""
    rows = await database.rows(
        "UPDATE lessons SET decided_by = ?, decided_by_name = '', reason = '' "
        "WHERE server = ? AND decided_by = ? RETURNING id",
        pseudonym,
        server,
        person,
    )
    return len(rows)


def _deletion(entry: journal.Entry) -> Deletion:
    return Deletion(
        id=entry.id,
        server=entry.server,
        person=entry.actor,
        lessons=tuple(entry.detail["lessons"]),
        counts={kind: entry.detail[kind] for kind in _KINDS},
    )
