"""A document's digest: what reviewers see of it, gathered from its rows, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import DocumentDigest, DocumentPassage
from learning.errors import NotFoundError
from learning.lesson import LessonKind, LessonState
from storage import documents, lessons

if TYPE_CHECKING:
    from bot.parts import Parts
    from learning.lesson import Lesson
    from storage.lessons import LessonRecord

LIVING = frozenset({LessonState.PENDING, LessonState.APPROVED})


async def digest(parts: Parts, server: str, document: int) -> DocumentDigest:
    """Gather a document as it stands now. Raises NotFoundError."""
    stored = await documents.get(parts.database, server, document)
    records = await documents.passages(parts.database, server, document)
    gone = [await _lesson(parts, server, number) for number in stored.gone]
    return DocumentDigest(
        server=server,
        id=document,
        source=stored.source,
        title=stored.title,
        query=stored.query,
        added_by=stored.added_by,
        added_by_name=stored.added_by_name,
        added_at=stored.added_at,
        supersedes=stored.supersedes,
        passages=tuple([await _passage(parts, record) for record in records]),
        gone=tuple(each for each in gone if each and each.state in LIVING),
        gate=parts.gate(records[0].lesson) if records else None,
    )


async def announce(parts: Parts, server: str, document: int) -> None:
    """Show on a document's card how it stands, and whether anything of it waits."""
    of = await digest(parts, server, document)
    if of.waiting:
        await parts.announcer.document_waits(server, of)
    else:
        await parts.announcer.document_settled(server, of)


def document_of(lesson: Lesson) -> int | None:
    """Return the document on whose card a lesson is shown; None for its own card."""
    return lesson.document if lesson.kind is LessonKind.PASSAGE else None


async def _passage(parts: Parts, record: LessonRecord) -> DocumentPassage:
    lesson = record.lesson
    replaces = None
    if lesson.supersedes is not None:
        replaces = await _lesson(parts, lesson.server, lesson.supersedes)
    return DocumentPassage(
        lesson,
        record.verdict,
        decided_by=record.decided_by_name,
        reason=record.reason,
        replaces=replaces,
    )


async def _lesson(parts: Parts, server: str, number: int) -> Lesson | None:
    """Return a lesson that has words; None where it was forgotten."""
    try:
        found = (await lessons.get(parts.database, server, number)).lesson
    except NotFoundError:
        return None
    return None if found.state is LessonState.FORGOTTEN else found
