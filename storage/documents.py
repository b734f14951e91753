"""What was read as a whole: files and pages, their passages, where their cards hang."""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from learning.errors import NotFoundError
from moderation.provenance import Provenance
from storage import journal
from storage.database import Database
from storage.lessons import LessonRecord, record_from_row
from storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document; its passages are lessons."""

    server: str
    id: int
    """Counts from 1 within the server."""
    source: str
    """A link or a file's name; with its title and more, empty once it is forgotten."""
    title: str
    query: str
    """What was searched for, where it was found by searching."""
    provenance: Provenance
    text_digest: str
    """Empty where some of it was left out, so that it can be read again."""
    added_by: str
    added_by_name: str
    added_at: datetime
    supersedes: int | None = None
    """The document that this is a newer reading of."""
    gone: tuple[int, ...] = ()
    """Lessons whose passages the older one had, and this one has no more."""


@dataclass(frozen=True, slots=True)
class PostedDocument:
    """A message that shows one document to moderators."""

    document: int
    channel: str
    message: str


async def add(database: Database, draft: StoredDocument) -> StoredDocument:
    """Store a document; return it with the id it got: the draft's own is ignored."""
    [row] = await database.rows(
        "INSERT INTO documents (server, id, source, title, query, provenance, "
        "text_digest, supersedes, gone, added_by, added_by_name, added_at) "
        "SELECT ?1, coalesce(max(id), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 "
        "FROM documents WHERE server = ?1 RETURNING id",
        draft.server,
        draft.source,
        draft.title,
        draft.query,
        draft.provenance,
        draft.text_digest,
        draft.supersedes,
        json.dumps(draft.gone),
        draft.added_by,
        draft.added_by_name,
        to_text(draft.added_at),
    )
    return replace(draft, id=row["id"])


async def get(database: Database, server: str, document: int) -> StoredDocument:
    """Return one document, also a forgotten one, of which only the number is left.

    Raises NotFoundError.
    """
    row = await database.row(
        "SELECT * FROM documents WHERE server = ? AND id = ?", server, document
    )
    if row is None:
        raise NotFoundError(f"There is no document {document} here. (/documents)")
    return _from_row(row)


async def all_of(database: Database, server: str) -> list[StoredDocument]:
    """Return the server's documents, not forgotten ones, oldest first."""
    rows = await database.rows(
        "SELECT * FROM documents WHERE server = ? AND source <> '' ORDER BY id", server
    )
    return [_from_row(row) for row in rows]


async def of_person(
    database: Database, server: str, person: str
) -> list[StoredDocument]:
    """Return the documents that a person brought, oldest first."""
    rows = await database.rows(
        "SELECT * FROM documents WHERE server = ? AND added_by = ? ORDER BY id",
        server,
        person,
    )
    return [_from_row(row) for row in rows]


async def of_source(
    database: Database, server: str, source: str
) -> list[StoredDocument]:
    """Return what was read under this link or file name, newest first."""
    rows = await database.rows(
        "SELECT * FROM documents WHERE server = ? AND source = ? AND source <> '' "
        "ORDER BY id DESC",
        server,
        source,
    )
    return [_from_row(row) for row in rows]


async def passages(
    database: Database, server: str, document: int
) -> list[LessonRecord]:
    """Return a document's passages in their order, forgotten ones left out."""
    rows = await database.rows(
        "SELECT * FROM lessons WHERE server = ? AND document = ? "
        "AND state <> 'forgotten' ORDER BY position, id",
        server,
        document,
    )
    return [record_from_row(row) for row in rows]


async def passages_of_line(
    database: Database, server: str, document: int
) -> list[LessonRecord]:
    """Return the passages of a document and of all that it is a newer reading of."""
    rows = await database.rows(
        "WITH RECURSIVE line (id) AS (SELECT ?2 UNION"
        " SELECT documents.supersedes FROM documents JOIN line USING (id)"
        "  WHERE documents.server = ?1 AND documents.supersedes IS NOT NULL) "
        "SELECT * FROM lessons WHERE server = ?1 AND state <> 'forgotten' "
        "AND document IN (SELECT id FROM line) ORDER BY id",
        server,
        document,
    )
    return [record_from_row(row) for row in rows]


async def outdate(database: Database, server: str, lesson: int, *, at: datetime) -> int:
    """Let a waiting passage expire whose document says something else by now.

    Return how many did: none where it waits no longer.
    """
    async with database.transaction():
        row = await database.row(
            "UPDATE lessons SET state = 'expired' "
            "WHERE server = ? AND id = ? AND state = 'pending' RETURNING id",
            server,
            lesson,
        )
        if row is None:
            return 0
        await journal.record(
            database,
            server,
            at=at,
            actor=journal.MYNA,
            action="lesson.expired",
            lesson=lesson,
            detail={"reason": "its document says something else by now"},
        )
    return 1


async def erase_if_empty(database: Database, server: str, document: int) -> None:
    """Erase what is said of a document whose last passage is forgotten."""
    await database.rows(
        "UPDATE documents SET source = '', title = '', query = '', text_digest = '', "
        "gone = '[]', added_by = '', added_by_name = '' "
        "WHERE server = ?1 AND id = ?2 AND NOT EXISTS (SELECT 1 FROM lessons"
        " WHERE server = ?1 AND document = ?2 AND state <> 'forgotten')",
        server,
        document,
    )


async def add_card(database: Database, server: str, card: PostedDocument) -> None:
    """Remember a card; the same one twice is one."""
    await database.rows(
        "INSERT OR IGNORE INTO document_cards (server, document, channel, message) "
        "VALUES (?, ?, ?, ?)",
        server,
        card.document,
        card.channel,
        card.message,
    )


async def cards(database: Database, server: str, document: int) -> list[PostedDocument]:
    """Return the cards of a document."""
    rows = await database.rows(
        "SELECT document, channel, message FROM document_cards "
        "WHERE server = ? AND document = ? ORDER BY rowid",
        server,
        document,
    )
    return [PostedDocument(**dict(row)) for row in rows]


def _from_row(row: sqlite3.Row) -> StoredDocument:
    return StoredDocument(
        server=row["server"],
        id=row["id"],
        source=row["source"],
        title=row["title"],
        query=row["query"],
        provenance=Provenance(row["provenance"]),
        text_digest=row["text_digest"],
        added_by=row["added_by"],
        added_by_name=row["added_by_name"],
        added_at=from_text(row["added_at"]),
        supersedes=row["supersedes"],
        gone=tuple(json.loads(row["gone"])),
    )
