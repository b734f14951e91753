"""What the commands about tools do with the core, and how their results read."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot import examples, phrases, tool_card_phrases
from bot.messages import Correction, Refused
from bot.outcome import Outcome, OutcomeKind, error, refused, views
from bot.vocabulary import Correct
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from bot.chat import Chat
    from bot.messages import Reply, SecretInfo, WaitingCall
    from bot.vocabulary import SetSecret


async def confirm(chat: Chat, call: str) -> Reply | Refused:
    """Make a call that Myna asked about."""
    return await chat.core.settle_call(chat.server, chat.actor, call, go=True)


async def cancel(chat: Chat, call: str) -> Reply | Refused:
    """Leave a call that Myna asked about."""
    return await chat.core.settle_call(chat.server, chat.actor, call, go=False)


async def secrets(chat: Chat) -> Outcome:
    """List the names of secrets and where they may go."""
    found = await chat.core.secrets(chat.server, chat.actor)
    if isinstance(found, Refused):
        return refused(found)
    return Outcome(
        OutcomeKind.SETTING,
        tool_card_phrases.secrets(found),
        extra={"secrets": [_secret_view(each) for each in found]},
    )


async def set_secret(chat: Chat, command: SetSecret) -> Outcome:
    """Store a secret; what is told of it never has its value."""
    if not command.value:
        return error(tool_card_phrases.no_value())
    told = await chat.core.set_secret(
        chat.server, chat.actor, command.name, command.host, command.value
    )
    return _told(told)


async def remove_secret(chat: Chat, name: str) -> Outcome:
    """Delete a secret."""
    return _told(await chat.core.remove_secret(chat.server, chat.actor, name))


async def import_mcp(chat: Chat, url: str) -> Outcome:
    """Put the tools of an MCP server into review, and say what was left out."""
    imported = await chat.core.import_mcp(chat.server, chat.actor, url, chat.channel)
    if isinstance(imported, Refused):
        return refused(imported)
    return Outcome(
        OutcomeKind.IMPORTED,
        phrases.imported(imported),
        lessons=views([each.lesson for each in imported.waiting]),
        extra={"problems": [asdict(each) for each in imported.problems]},
    )


async def as_typed(chat: Chat, command: Correct) -> Correct:
    """Return a correction; a tool's text is all that was typed, examples and all.

    Raises LessonError where it is no tool, and its examples are malformed.
    """
    label, colon, text = command.typed.partition(":")
    if not colon or label.strip().lower() != "text":
        return command
    number = command.correction.lesson
    detail = await chat.core.lesson(
        chat.server, number, channel=chat.channel, actor=chat.actor
    )
    if detail.lesson.kind is not LessonKind.TOOL:
        examples.split(command.typed)
        return command
    # The text is all of the tool: what it leaves out of the old examples is gone.
    return Correct(Correction(number, text=text.strip(), examples=()))


def call_view(call: WaitingCall | None) -> dict[str, Any] | None:
    """Show a call that waits to be confirmed; None where there is none."""
    if call is None:
        return None
    return {**asdict(call), "arguments": dict(call.arguments)}


def _told(result: str | Refused) -> Outcome:
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(OutcomeKind.SETTING, result)


def _secret_view(of: SecretInfo) -> dict[str, Any]:
    return {"name": of.name, "host": of.host, "set_at": of.set_at.isoformat()}
