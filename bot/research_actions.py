"""What reading pages of the web does with the core, and how its results read."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import phrases
from bot.chat import Chat
from bot.messages import AddedDocument, Collected, Refused, Researched
from bot.outcome import Outcome, OutcomeKind, refused, views
from bot.vocabulary import PickResults, Watch
from learning.run import Progress
from moderation.policy import TERMINAL

OnProgress = Callable[[Progress], None] | None


async def research(chat: Chat, topic: str) -> Outcome:
    """Search the web, and list what can be picked."""
    found = await chat.core.research(
        chat.server, chat.actor, topic, channel=chat.channel
    )
    if isinstance(found, Refused):
        return refused(found)
    return researched(found)


async def pick(chat: Chat, command: PickResults, on_progress: OnProgress) -> Outcome:
    """Read pages that were found."""
    return collected(
        await chat.core.pick_results(
            chat.server,
            chat.actor,
            command.numbers,
            research=command.research,
            scope=chat.scope,
            channel=chat.channel,
            on_progress=on_progress,
        )
    )


async def import_link(chat: Chat, url: str, on_progress: OnProgress) -> Outcome:
    """Read a page, or those that a sitemap lists."""
    return collected(
        await chat.core.import_link(
            chat.server,
            chat.actor,
            url,
            scope=chat.scope,
            channel=chat.channel,
            on_progress=on_progress,
        )
    )


async def import_folder(chat: Chat, folder: Path, on_progress: OnProgress) -> Outcome:
    """Read the documents in a folder of this machine."""
    if chat.actor.platform != TERMINAL:
        return refused(Refused(phrases.only_in_terminal()))
    return collected(
        await chat.core.import_folder(
            chat.server, chat.actor, folder, on_progress=on_progress
        )
    )


async def watch(chat: Chat, command: Watch) -> Outcome:
    """Read a page again by itself from now on."""
    result = await chat.core.watch(
        chat.server,
        chat.actor,
        command.url,
        every_hours=command.every_hours,
        scope=chat.scope,
        channel=chat.channel,
    )
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.WATCHES,
        phrases.watched(result),
        extra={"watches": [_plain(asdict(result.watch))]},
    )


async def unwatch(chat: Chat, url: str) -> Outcome:
    """Watch a page no longer."""
    result = await chat.core.unwatch(chat.server, chat.actor, url)
    if isinstance(result, Refused):
        return refused(result)
    told = phrases.unwatched(url, was_watched=result)
    return Outcome(
        OutcomeKind.WATCHES,
        told,
        ok=result,
        error=None if result else told,
        extra={"watches": []},
    )


async def watches(chat: Chat) -> Outcome:
    """List the pages that are watched."""
    found = await chat.core.watches(chat.server, chat.actor)
    if isinstance(found, Refused):
        return refused(found)
    return Outcome(
        OutcomeKind.WATCHES,
        phrases.watches(found),
        extra={"watches": [_plain(asdict(each)) for each in found]},
    )


def researched(of: Researched) -> Outcome:
    """Show what a search found."""
    return Outcome(
        OutcomeKind.RESEARCHED,
        phrases.researched(of),
        extra={
            "research": of.id,
            "results": [asdict(each) for each in of.results],
            "troubles": list(of.troubles),
        },
    )


def collected(result: Collected | Refused) -> Outcome:
    """Show what became of several pages or files; it fails where none was read."""
    if isinstance(result, Refused):
        return refused(result)
    told = phrases.collected(result)
    failed = bool(result.problems) and not result.documents
    waiting = [each.lesson for added in result.documents for each in added.waiting]
    return Outcome(
        OutcomeKind.ERROR if failed else OutcomeKind.IMPORTED,
        told,
        ok=not failed,
        error=told if failed else None,
        lessons=views(waiting),
        extra={
            "documents": [_document(each) for each in result.documents],
            "problems": [asdict(each) for each in result.problems],
            "left_out": result.left_out,
        },
    )


def _document(of: AddedDocument) -> dict[str, Any]:
    return {
        "document": of.document,
        "source": of.source,
        "title": of.title,
        "waiting": len(of.waiting),
        "unchanged": of.unchanged,
    }


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    at = fields["checked_at"]
    return {**fields, "checked_at": at.isoformat() if at else None}
