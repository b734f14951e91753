"""Carrying out a call: guarded, journalled, and its answer put into words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot import tool_phrases
from learning.errors import LessonError, MynaError, ToolError
from learning.lesson import LessonState
from learning.mcp_tools import call_tool
from learning.tool_answer import worded
from learning.tool_client import is_public_address
from learning.tool_request import build, header_values, host_of
from storage import journal, lessons, tool_secrets

if TYPE_CHECKING:
    from bot.messages import Actor
    from bot.parts import Parts
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
    try:
        body = await _sent(parts, lesson.server, tool, call)
    except (LessonError, ToolError) as exc:
        await note(parts, actor, lesson, tool, FAILED)
        return Answered(tool_phrases.failed(tool, str(exc)), done=False)
    except MynaError as exc:
        await note(parts, actor, lesson, tool, REFUSED)
        return Answered(tool_phrases.not_called(tool, str(exc)), done=False)
    except asyncio.CancelledError:
        await note(parts, actor, lesson, tool, FAILED)
        raise
    seconds = parts.clock.monotonic() - started
    log.info("tool.called", server=lesson.server, lesson=lesson.id, seconds=seconds)
    await note(parts, actor, lesson, tool, DONE)
    said = worded(tool, call.arguments, body)
    return Answered(said or tool_phrases.nothing_answered(tool), done=True)


async def note(
    parts: Parts, actor: Actor, lesson: Lesson, tool: Tool, outcome: str
) -> None:
    """Journal a call: who, which tool, where, what came of it; never its arguments."""
    await journal.record(
        parts.database,
        lesson.server,
        at=parts.clock.now(),
        actor=actor.id,
        action="tool.called",
        lesson=lesson.id,
        detail={"host": host_of(tool), "outcome": outcome},
    )


async def _sent(parts: Parts, server: str, tool: Tool, call: Call) -> str:
    """Send a call and return what came back. Raises ToolError or LessonError."""
    secrets = await tool_secrets.get(parts.database, server)
    if tool.endpoint.is_mcp:
        is_private = host_of(tool) in parts.private_hosts
        return await call_tool(
            tool,
            call.arguments,
            permit=anywhere if is_private else is_public_address,
            headers=header_values(tool, secrets),
        )
    request = build(tool, call.arguments, secrets)
    if parts.tool_client is None:
        raise ToolError(tool_phrases.no_client())
    return (await parts.tool_client.send(request)).text


def anywhere(_address: str, _port: int) -> bool:
    """Permit every address: the operator named its host."""
    return True
