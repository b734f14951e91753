"""Carrying out a call: guarded, journalled, and its answer put into words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot import tool_phrases
from bot.configuring import is_direct
from learning.errors import MynaError, ToolError
from learning.lesson import LessonState
from learning.mcp_tools import call_tool
from learning.tool_answer import worded
from learning.tool_client import is_public_address
from learning.tool_request import build, header_values, host_of
from moderation.text import clean
from storage import journal, lessons, tool_secrets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.messages import Actor
    from bot.parts import Parts
    from bot.purges import Begun
    from learning.guarded_session import Permit
    from learning.lesson import Lesson
    from learning.tool import Call, Tool

log = structlog.get_logger(__name__)

DONE, FAILED, REFUSED, LEFT = "done", "failed", "refused", "left"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call, in words."""

    text: str
    done: bool
    """Whether the tool did what it was asked."""


async def carry_out(
    parts: Parts, actor: Actor, lesson: Lesson, tool: Tool, call: Call
) -> Answered:
    """Make one call for somebody; whatever goes wrong is said, and journalled."""
    turn = parts.calls.take(lesson.server, actor.id)
    if not turn.granted:
        return Answered(tool_phrases.too_many_calls(turn), done=False)
    record = await lessons.get(parts.database, lesson.server, lesson.id)
    is_same = record.lesson.digest == lesson.digest  # a purge counts from 1 again
    if record.lesson.state is not LessonState.APPROVED or not is_same:
        return Answered(tool_phrases.forgotten_meanwhile(tool), done=False)
    started = parts.clock.monotonic()
    begun = parts.purges.begun(lesson.server, actor.id)
    noted = partial(note, parts, actor, lesson, tool, begun=begun)
    try:
        send = await ready(parts, lesson.server, tool, call)
    except MynaError as exc:
        await noted(REFUSED)
        return Answered(tool_phrases.not_called(tool, str(exc)), done=False)
    try:
        body = await send()
    except ToolError as exc:
        await noted(FAILED)
        said = tool_phrases.failed(tool, str(exc), clean(exc.detail))
        return Answered(said, done=False)
    except MynaError as exc:
        await noted(REFUSED)
        return Answered(tool_phrases.not_called(tool, str(exc)), done=False)
    except asyncio.CancelledError:
        await noted(FAILED)
        raise
    seconds = parts.clock.monotonic() - started
    log.info("tool.called", server=lesson.server, lesson=lesson.id, seconds=seconds)
    await noted(DONE)
    said = worded(tool, call.arguments, body)
    return Answered(said or tool_phrases.nothing_answered(tool), done=True)


async def note(
    parts: Parts,
    actor: Actor,
    lesson: Lesson,
    tool: Tool,
    outcome: str,
    *,
    begun: Begun | None = None,
) -> None:
    """Journal a call: who, which tool, where, what came of it; never its arguments.

    Of one that had `begun` before its server was purged nothing is kept, and whoever
    was erased meanwhile is a pseudonym.
    """
    if begun is not None and parts.purges.has_purged(begun):
        return
    is_gone = begun is not None and parts.purges.has_erased(begun)
    await journal.record(
        parts.database,
        lesson.server,
        at=parts.clock.now(),
        actor=parts.pseudonyms.of(actor.id) if is_gone else actor.id,
        action="tool.called",
        lesson=lesson.id,
        detail={"host": host_of(tool), "outcome": outcome},
    )


async def ready(
    parts: Parts, server: str, tool: Tool, call: Call
) -> Callable[[], Awaitable[str]]:
    """Build a call, and return what sends it and returns what comes back.

    Raises ToolError or LessonError where it may not be sent; so does the sending, once
    something may have been called.
    """
    secrets = await tool_secrets.get(parts.database, server)
    if tool.endpoint.is_mcp:
        return partial(
            call_tool,
            tool,
            call.arguments,
            permit=permit_of(parts, server, host_of(tool)),
            headers=header_values(tool, secrets),
        )
    request = build(tool, call.arguments, secrets)
    client = parts.tool_client
    if client is None:
        raise ToolError(tool_phrases.no_client())
    inside = not is_direct(server)
    client.check(request, inside=inside)

    async def send() -> str:
        return (await client.send(request, inside=inside)).text

    return send


def permit_of(parts: Parts, server: str, host: str) -> Permit:
    """Return which addresses a server may reach at a host of MCP tools.

    Those that the operator named may be private, for communities: whoever writes Myna
    a direct message is the admin of a server of their own there.
    """
    is_private = host in parts.private_hosts and not is_direct(server)
    return _anywhere if is_private else is_public_address


def _anywhere(_address: str, _port: int) -> bool:
    """Permit every address: the operator named its host."""
    return True
