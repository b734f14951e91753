"""What a server was taught: the lessons, and what screening found in them."""

import json
import sqlite3
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from learning.errors import NotFoundError
from learning.lesson import Consent, Lesson, LessonKind, LessonState
from moderation.provenance import Provenance, Scope
from moderation.verdict import Finding, Severity, Verdict
from storage import journal
from storage.database import Database
from storage.timestamps import (
    from_optional_text,
    from_text,
    to_optional_text,
    to_text,
)


@dataclass(frozen=True, slots=True)
class LessonRecord:
    """A lesson, what screening found in it and what was decided about it."""

    lesson: Lesson
    verdict: Verdict
    decided_by: str = ""
    """The id of the person who approved or rejected it; empty while it waits."""
    decided_by_name: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was rejected, in the moderator's words."""


async def add(
    database: Database, draft: Lesson, *, verdict: Verdict | None = None
) -> Lesson:
    """Store a new lesson as waiting for review; return it with the id it got.

    The draft's own id and state are ignored (write 0 and PENDING). Journals
    `lesson.taught`. Raises NotFoundError where it supersedes a lesson that this
    server does not have.
    """
    async with database.transaction():
        if draft.supersedes is not None:
            await get(database, draft.server, draft.supersedes)
        [row] = await database.rows(
            "INSERT INTO lessons (server, id, kind, question, answer, text, author, "
            "author_name, provenance, state, taught_at, channel, platform, source, "
            "expires_at, supersedes, findings, consent, consent_of, source_channel, "
            "source_message, examples, document, heading, position, place) "
            "SELECT ?1, coalesce(max(id), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
            "'pending', ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
            "?20, ?21, ?22, ?23, ?24 "
            "FROM lessons WHERE server = ?1 RETURNING id",
            draft.server,
            draft.kind,
            draft.question,
            draft.answer,
            draft.text,
            draft.author,
            draft.author_name,
            draft.provenance,
            to_text(draft.taught_at),
            draft.scope.channel,
            draft.platform,
            draft.source,
            to_optional_text(draft.expires_at),
            draft.supersedes,
            findings_to_text(verdict or Verdict()),
            draft.consent,
            draft.consent_of,
            draft.source_channel,
            draft.source_message,
            json.dumps(draft.examples),
            draft.document,
            draft.heading,
            draft.position,
            draft.place,
        )
        await journal.record(
            database,
            draft.server,
            at=draft.taught_at,
            actor=draft.author,
            action="lesson.taught",
            lesson=row["id"],
            detail={
                "provenance": draft.provenance,
                **({"document": draft.document} if draft.document else {}),
                **({"supersedes": draft.supersedes} if draft.supersedes else {}),
            },
        )
    return replace(draft, id=row["id"], state=LessonState.PENDING)


async def get(database: Database, server: str, lesson: int) -> LessonRecord:
    """Return one lesson in whatever state. Raises NotFoundError."""
    row = await database.row(
        "SELECT * FROM lessons WHERE server = ? AND id = ?", server, lesson
    )
    if row is None:
        raise NotFoundError(f"There is no lesson {lesson} here.")
    return record_from_row(row)


async def in_state(
    database: Database, server: str, state: LessonState
) -> list[LessonRecord]:
    """Return the server's lessons in this state, oldest first."""
    rows = await database.rows(
        "SELECT * FROM lessons WHERE server = ? AND state = ? ORDER BY id",
        server,
        state,
    )
    return [record_from_row(row) for row in rows]


async def approved(database: Database, server: str) -> list[Lesson]:
    """Return all that this server may be answered from, in the order of ids."""
    records = await in_state(database, server, LessonState.APPROVED)
    return [record.lesson for record in records]


async def untrained(database: Database, server: str) -> list[Lesson]:
    """Return approved lessons that no adapter of the current line was trained on.

    The line is the adapter in service and its parents. Whether policy lets weights
    learn a lesson is for the caller to say.
    """
    rows = await database.rows(
        "WITH RECURSIVE line (version) AS ("
        " SELECT version FROM promotions WHERE id ="
        "  (SELECT max(id) FROM promotions WHERE server = ?1)"
        " UNION"
        " SELECT adapters.parent FROM adapters JOIN line USING (version)"
        "  WHERE adapters.server = ?1) "
        "SELECT * FROM lessons WHERE server = ?1 AND state = 'approved' "
        "AND id NOT IN (SELECT lesson FROM adapter_lessons WHERE server = ?1"
        " AND version IN (SELECT version FROM line)) ORDER BY id",
        server,
    )
    return [record_from_row(row).lesson for row in rows]


async def of_message(
    database: Database, server: str, *, channel: str, message: str
) -> list[Lesson]:
    """Return the lessons, not forgotten ones, that came from a message."""
    rows = await database.rows(
        "SELECT * FROM lessons WHERE server = ? AND source_channel = ? "
        "AND source_message = ? AND state <> 'forgotten' ORDER BY id",
        server,
        channel,
        message,
    )
    return [record_from_row(row).lesson for row in rows]


async def of_person(database: Database, server: str, person: str) -> list[LessonRecord]:
    """Return the lessons that a person taught, or whose words they are."""
    rows = await database.rows(
        "SELECT * FROM lessons WHERE server = ?1 AND state <> 'forgotten' "
        "AND (author = ?2 OR consent_of = ?2) ORDER BY id",
        server,
        person,
    )
    return [record_from_row(row) for row in rows]


async def decided_by(
    database: Database, server: str, person: str
) -> list[LessonRecord]:
    """Return the lessons, not forgotten ones, that a person approved or rejected."""
    rows = await database.rows(
        "SELECT * FROM lessons WHERE server = ? AND decided_by = ? "
        "AND state <> 'forgotten' ORDER BY id",
        server,
        person,
    )
    return [record_from_row(row) for row in rows]


async def set_consent(
    database: Database, server: str, lesson: int, *, consent: Consent, at: datetime
) -> Lesson:
    """Record what the author of the message said. Raises NotFoundError."""
    async with database.transaction():
        before = await get(database, server, lesson)
        [row] = await database.rows(
            "UPDATE lessons SET consent = ? WHERE server = ? AND id = ? RETURNING *",
            consent,
            server,
            lesson,
        )
        await journal.record(
            database,
            server,
            at=at,
            actor=before.lesson.consent_of,
            action=f"consent.{consent}",
            lesson=lesson,
        )
    return record_from_row(row).lesson


async def search(database: Database, server: str, words: str) -> list[LessonRecord]:
    """Return lessons, not forgotten ones, that contain every one of these words."""
    rows = await database.rows(
        "SELECT * FROM lessons WHERE server = ? AND state <> 'forgotten' "
        "AND NOT EXISTS (SELECT 1 FROM json_each(?) WHERE NOT"
        " instr(casefold(question || ' ' || answer || ' ' || text), value)) "
        "ORDER BY id",
        server,
        json.dumps(words.casefold().split()),
    )
    return [record_from_row(row) for row in rows]


async def counts(database: Database, server: str) -> dict[LessonState, int]:
    """Count the server's lessons by state; states without any are left out."""
    rows = await database.rows(
        "SELECT state, count(*) AS lessons FROM lessons WHERE server = ? "
        "GROUP BY state",
        server,
    )
    return {LessonState(row["state"]): row["lessons"] for row in rows}


def findings_to_text(verdict: Verdict) -> str:
    """Write a verdict as the JSON of its findings."""
    return json.dumps([asdict(finding) for finding in verdict.findings])


def record_from_row(row: sqlite3.Row) -> LessonRecord:
    """Read a whole row of the table `lessons`; for storage/ only."""
    lesson = Lesson(
        server=row["server"],
        id=row["id"],
        kind=LessonKind(row["kind"]),
        question=row["question"],
        answer=row["answer"],
        text=row["text"],
        author=row["author"],
        author_name=row["author_name"],
        provenance=Provenance(row["provenance"]),
        state=LessonState(row["state"]),
        taught_at=from_text(row["taught_at"]),
        scope=Scope(row["channel"]),
        platform=row["platform"],
        source=row["source"],
        expires_at=from_optional_text(row["expires_at"]),
        supersedes=row["supersedes"],
        memory_only=bool(row["memory_only"]),
        consent=Consent(row["consent"]),
        consent_of=row["consent_of"],
        source_channel=row["source_channel"],
        source_message=row["source_message"],
        examples=tuple((said, reply) for said, reply in json.loads(row["examples"])),
        document=row["document"],
        heading=row["heading"],
        position=row["position"],
        place=row["place"],
    )
    findings = tuple(
        Finding(**{**fields, "severity": Severity(fields["severity"])})
        for fields in json.loads(row["findings"])
    )
    return LessonRecord(
        lesson=lesson,
        verdict=Verdict(findings),
        decided_by=row["decided_by"],
        decided_by_name=row["decided_by_name"],
        decided_at=from_optional_text(row["decided_at"]),
        reason=row["reason"],
    )
