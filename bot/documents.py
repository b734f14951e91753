"""Documents: what was read is put up for review as a whole, or what is new of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot import limit_phrases, phrases
from bot.document_digest import LIVING, announce
from bot.document_sorting import Sorting
from bot.messages import AddedDocument, Refused, Teaching, Waiting
from bot.parts import SYSTEM, refusal
from bot.reading import is_link
from bot.screening import sees
from learning.errors import StorageError
from learning.lesson import Lesson, LessonKind, LessonState
from moderation.policy import TERMINAL
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from moderation.roles import Permission
from storage import documents, lessons
from storage.documents import StoredDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.document_sorting import Sorted
    from bot.messages import Actor
    from bot.parts import Parts
    from bot.proposing import Proposing
    from bot.reading import Reading

log = structlog.get_logger(__name__)


class Documents:
    """The use case of whoever brings a document."""

    def __init__(self, parts: Parts, proposing: Proposing) -> None:
        self._parts = parts
        self._proposing = proposing
        self._sorting = Sorting(parts)

    async def add(
        self,
        server: str,
        actor: Actor,
        reading: Reading,
        *,
        scope: Scope = SERVER_WIDE,
        supersedes: int | None = None,
        channel: str | None = None,
        platform: str = "",
    ) -> AddedDocument | Refused:
        refused = await self._refused(server, actor, channel)
        return refused or await self.put_up(
            self.template(server, actor, reading, scope, platform), reading, supersedes
        )

    async def put_up(
        self, template: Lesson, reading: Reading, supersedes: int | None = None
    ) -> AddedDocument:
        """Store what is new of a reading, whoever may have brought it."""
        server = template.server
        purges = self._parts.purges.so_far(server)
        older = await self._older(template, supersedes)
        if older and _is_same(older, reading):
            return AddedDocument(
                older.id, reading.source, reading.title, unchanged=True
            )
        if supersedes is None and not is_link(reading.source):
            older = None  # another file may have that name
        line = await self._line(older)
        found = await self._sorting.sort(template, reading, line)
        if not found.drafts and not found.gone:
            return _added(None, reading, found, ())
        async with self._parts.database.transaction():
            if self._parts.purges.so_far(server) != purges:
                raise StorageError(phrases.purged_meanwhile())
            draft = _document(template, reading, found, older)
            stored = await documents.add(self._parts.database, draft)
            waiting = await self._store(stored, found)
        log.info("document.added", server=server, document=stored.id)
        outdated = {*found.replaced, *found.gone}
        touched = {
            each.document or 0
            for each in line
            if each.id in outdated and each.state is LessonState.PENDING
        }
        for number in (stored.id, *sorted(touched)):
            await announce(self._parts, server, number)
        return _added(stored.id, reading, found, waiting)

    async def _refused(
        self, server: str, actor: Actor, channel: str | None
    ) -> Refused | None:
        """Say why this person may not teach here now; a document is one teaching."""
        refused = refusal(actor, Permission.TEACH)
        if refused or actor.id == SYSTEM.id:
            return refused
        teaching = Teaching(server, actor, LessonKind.PASSAGE, channel=channel)
        refused = await self._proposing.refused_here(teaching)
        if refused:
            return refused
        await self._proposing.remember_trust(server, actor)
        turn = self._parts.teachings.take(server, actor.id)
        if not turn.granted:
            return Refused(limit_phrases.too_fast(turn))
        return None

    def template(
        self, server: str, actor: Actor, reading: Reading, scope: Scope, platform: str
    ) -> Lesson:
        """Return what all passages of a reading have in common."""
        provenance = reading.provenance
        if provenance is Provenance.OPERATOR_FILE and actor.platform != TERMINAL:
            provenance = Provenance.UPLOAD
        return Lesson(
            server=server,
            id=0,
            kind=LessonKind.PASSAGE,
            question="",
            answer="",
            text="",
            author=actor.id,
            author_name=actor.name,
            provenance=provenance,
            state=LessonState.PENDING,
            taught_at=self._parts.clock.now(),
            scope=scope,
            platform=platform or actor.platform,
            source=reading.source,
        )

    async def _older(
        self, template: Lesson, supersedes: int | None
    ) -> StoredDocument | None:
        """Return what was read before: as told, or from the same source.

        Where nothing of that is known or waits any more, whoever brings it again
        wants it reviewed again.
        """
        database, server = self._parts.database, template.server
        if supersedes is not None:
            return await documents.get(database, server, supersedes)
        for stored in await documents.of_source(database, server, template.source):
            if any(
                each.state in LIVING and sees(template, each)
                for each in await self._line(stored)
            ):
                return stored
        return None

    async def _line(self, document: StoredDocument | None) -> list[Lesson]:
        """Return the passages of a document and of its earlier readings."""
        if document is None:
            return []
        found = await documents.passages_of_line(
            self._parts.database, document.server, document.id
        )
        return [each.lesson for each in found]

    async def _store(self, stored: StoredDocument, found: Sorted) -> list[Waiting]:
        """Store the new passages; what they outdate and still waits, expires."""
        database, waiting = self._parts.database, []
        for draft, verdict in found.drafts:
            passage = replace(draft, document=stored.id)
            lesson = await lessons.add(database, passage, verdict=verdict)
            waiting.append(Waiting(lesson, verdict, self._parts.gate(lesson)))
        for outdated in (*found.replaced, *found.gone):
            await documents.outdate(
                database, stored.server, outdated, at=stored.added_at
            )
        return waiting


def _is_same(older: StoredDocument, reading: Reading) -> bool:
    same_source = older.source == reading.source
    return same_source and older.text_digest == reading.text_digest


def _document(
    template: Lesson, reading: Reading, found: Sorted, older: StoredDocument | None
) -> StoredDocument:
    return StoredDocument(
        server=template.server,
        id=0,
        source=reading.source,
        title=reading.title,
        query=reading.query,
        provenance=template.provenance,
        # What was left out is put up when it is read again.
        text_digest="" if found.left_out else reading.text_digest,
        added_by=template.author,
        added_by_name=template.author_name,
        added_at=template.taught_at,
        supersedes=older.id if older else None,
        gone=found.gone,
    )


def _added(
    number: int | None, reading: Reading, found: Sorted, waiting: Sequence[Waiting]
) -> AddedDocument:
    return AddedDocument(
        document=number,
        source=reading.source,
        title=reading.title,
        waiting=tuple(waiting),
        problems=found.problems,
        repeats=found.repeats,
        left_out=found.left_out,
        gone=found.gone,
    )
