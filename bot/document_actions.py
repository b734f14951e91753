"""What the commands about documents do with the core, and how their results read."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import document_phrases, lesson_files, phrases
from bot import research_actions as web
from bot.messages import Collected, Refused, Ruling
from bot.outcome import Outcome, OutcomeKind, lesson_view, refused, views
from bot.reading import read_file
from moderation.policy import TERMINAL
from moderation.provenance import Provenance
from moderation.roles import Permission, may

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.chat import Chat
    from bot.messages import DecidedDocument, DocumentDigest
    from bot.vocabulary import ApproveDocument, Import, RejectDocument
    from learning.run import Progress


async def documents(chat: Chat) -> Outcome:
    """List what was read as a whole."""
    found = await chat.core.documents(chat.server, chat.actor)
    if isinstance(found, Refused):
        return refused(found)
    return Outcome(
        OutcomeKind.DOCUMENTS,
        document_phrases.documents(found),
        extra={"documents": document_views(found)},
    )


async def show(chat: Chat, document: int) -> Outcome:
    """Show one document with its passages."""
    found = await chat.core.document(chat.server, chat.actor, document)
    if isinstance(found, Refused):
        return refused(found)
    return Outcome(
        OutcomeKind.DOCUMENTS,
        document_phrases.digest(found),
        lessons=tuple(
            {**lesson_view(each.lesson), "findings": list(each.verdict.reasons)}
            for each in found.passages
        ),
        extra={"documents": document_views([found])},
    )


async def approve(chat: Chat, command: ApproveDocument) -> Outcome:
    """Approve a document, or parts of it."""
    ruling = Ruling.MEMORY_ONLY if command.memory_only else Ruling.APPROVE
    result = await chat.core.decide_document(
        chat.server, chat.actor, command.document, ruling, parts=command.parts
    )
    return _decided(result)


async def reject(chat: Chat, command: RejectDocument) -> Outcome:
    """Reject a document, or parts of it."""
    result = await chat.core.decide_document(
        chat.server,
        chat.actor,
        command.document,
        Ruling.REJECT,
        parts=command.parts,
        reason=command.reason,
    )
    return _decided(result)


async def forget(chat: Chat, document: int) -> Outcome:
    """Delete every passage of a document."""
    result = await chat.core.forget_document(chat.server, chat.actor, document)
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.FORGOTTEN,
        document_phrases.forgotten(result),
        extra={
            "document": document,
            "forgotten": list(result.lessons),
            "withdrawn": list(result.withdrawn),
            "fresh_run_due": result.fresh_run_due,
        },
    )


async def import_(
    chat: Chat,
    command: Import,
    on_progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Put lessons, documents or pages into review, and say what was left out."""
    if command.url:
        return await web.import_link(chat, command.url, on_progress)
    # Only whoever is trusted with this machine's files gets to name one.
    if not may(chat.actor.role, Permission.REVIEW):
        return refused(Refused(phrases.not_allowed(Permission.REVIEW)))
    path = chat.folder / command.path
    if await asyncio.to_thread(path.is_dir):
        return await web.import_folder(chat, path, on_progress)
    return await import_file(chat, path, str(command.path))


async def import_file(chat: Chat, content: Path | bytes, name: str) -> Outcome:
    """Put a file's lessons, or the passages of a document, into review.

    Raises ImportFileError or DocumentError.
    """
    if not may(chat.actor.role, Permission.TEACH):  # before its file is read
        return refused(Refused(phrases.not_allowed(Permission.TEACH)))
    if await asyncio.to_thread(lesson_files.holds_lessons, content, name):
        return await _import_lessons(chat, content, name)
    is_local = chat.actor.platform == TERMINAL
    own = Provenance.OPERATOR_FILE if is_local else Provenance.UPLOAD
    added = await chat.core.add_document(
        chat.server,
        chat.actor,
        await read_file(content, name, provenance=own),
        scope=chat.scope,
        channel=chat.channel,
    )
    if isinstance(added, Refused):
        return refused(added)
    return web.collected(Collected((added,)))


async def _import_lessons(chat: Chat, content: Path | bytes, name: str) -> Outcome:
    if not chat.scope.is_server_wide:
        return refused(Refused(phrases.import_is_for_everybody()))
    rows = await asyncio.to_thread(lesson_files.read_lessons, content, name)
    imported = await chat.core.import_lessons(chat.server, rows, chat.actor)
    if isinstance(imported, Refused):
        return refused(imported)
    return Outcome(
        OutcomeKind.IMPORTED,
        phrases.imported(imported),
        lessons=views([each.lesson for each in imported.waiting]),
        extra={"problems": [asdict(each) for each in imported.problems]},
    )


def document_views(of: Sequence[DocumentDigest]) -> list[dict[str, Any]]:
    """Show documents that a command was about."""
    return [
        {
            "id": each.id,
            "title": each.title,
            "source": each.source,
            "author": each.added_by_name,
            "passages": len(each.passages),
            "waiting": [passage.position for passage in each.waiting],
            "flagged": [passage.position for passage in each.flagged],
            "gone": [lesson.id for lesson in each.gone],
        }
        for each in of
    ]


def _decided(result: DecidedDocument | Refused) -> Outcome:
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.REVIEWED,
        document_phrases.decided(result),
        lessons=views(result.decided),
        extra={
            "documents": document_views([result.digest]),
            "held": [each.lesson.id for each in result.held],
        },
    )
