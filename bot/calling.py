"""Calling what a community taught: at once, or once the asker has confirmed it.

What waits for somebody (a call to be confirmed, a request that lacks a value) waits in
this process alone and for ten minutes: a restart forgets it, and so does whoever erases
what it is about.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import tool_phrases
from bot.messages import Refused, WaitingCall
from bot.tool_calls import LEFT, carry_out, note
from bot.tool_choice import Choosing
from bot.tool_completion import completes
from learning.tool import Call, missing_question
from learning.tool_request import host_of

if TYPE_CHECKING:
    from bot.messages import Actor, Question
    from bot.parts import Parts
    from bot.tool_choice import Chosen
    from learning.engine import AdapterRef

WAITS_SECONDS = 600
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Called:
    """What a request for a tool comes to."""

    chosen: Chosen
    text: str
    waiting: WaitingCall | None = None
    done: bool = False
    """Whether the tool was called and answered."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call that somebody has to confirm, or to complete."""

    chosen: Chosen
    question: Question
    since: float
    request: str = ""
    """What was asked so far, where something is missing."""
    missing: str = ""
    """The parameter that somebody was asked for."""


class Calling:
    """The use cases of tools."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._choosing = Choosing(parts)
        self._to_confirm: dict[str, _Waiting] = {}
        self._to_complete: dict[tuple[str, str | None, str], _Waiting] = {}

    async def answer(
        self, question: Question, adapter: AdapterRef | None
    ) -> Called | None:
        """Call what a question asks for; None where it asks for no tool.

        Raises EngineError or AdapterError, and then nothing was called.
        """
        self._expire()
        before = self._to_complete.pop(_place(question), None)
        is_reply = before is not None and completes(
            question.text, before.chosen.tool, before.missing
        )
        request = question.text
        if before is not None and is_reply:
            request = f"{before.request} {request}"
        chosen = await self._choosing.choose(
            question, request, adapter, is_reply=is_reply
        )
        if chosen is None:
            return None
        return await self._called(question, request, chosen)

    async def settle(
        self, server: str, actor: Actor, call: str, *, go: bool
    ) -> tuple[Question, Called] | Refused:
        """Make or leave a call that waits, for the person who asked for it, once."""
        self._expire()
        waiting = self._to_confirm.get(call)
        if waiting is None or waiting.question.server != server:
            return Refused(tool_phrases.no_such_call())
        if waiting.question.actor.id != actor.id:
            return Refused(tool_phrases.not_your_call())
        if go and not self._parts.calls.has_turn(server, actor.id):
            return Refused(tool_phrases.too_many_calls_now(), waits=True)
        del self._to_confirm[call]  # before anything is awaited: a double click is one
        chosen = waiting.chosen
        if not go:
            await note(self._parts, actor, chosen.lesson, chosen.tool, LEFT)
            return waiting.question, Called(chosen, tool_phrases.left())
        answered = await carry_out(
            self._parts, actor, chosen.lesson, chosen.tool, chosen.call
        )
        return waiting.question, Called(chosen, answered.text, done=answered.done)

    def drop(
        self, server: str, *, person: str | None = None, lesson: int | None = None
    ) -> None:
        """Forget what waits on a server: all of it, one person's, or one tool's."""

        def stays(waiting: _Waiting) -> bool:
            asked = waiting.question
            return (
                asked.server != server
                or (person is not None and asked.actor.id != person)
                or (lesson is not None and waiting.chosen.lesson.id != lesson)
            )

        self._keep({n: w for n, w in self._to_confirm.items() if stays(w)})
        self._to_complete = {p: w for p, w in self._to_complete.items() if stays(w)}

    async def _called(self, question: Question, request: str, chosen: Chosen) -> Called:
        """Ask for what is missing or for leave, or make the call."""
        tool, call = chosen.tool, chosen.call
        missing = tool.missing(call.arguments)
        now = self._parts.clock.monotonic()
        if missing:
            waits = _Waiting(chosen, question, now, request, missing[0])
            self._to_complete[_place(question)] = waits
            self._expire_later()
            return Called(chosen, missing_question(tool, missing[0]))
        if chosen.problems:
            return Called(chosen, tool_phrases.wrong_arguments(tool, chosen.problems))
        if tool.asks_first:
            name = secrets.token_hex(8)
            self._keep({**self._to_confirm, name: _Waiting(chosen, question, now)})
            self._expire_later()
            text = tool_phrases.asks_first(tool, call, host_of(tool))
            return Called(chosen, text, _shown(name, chosen))
        answered = await carry_out(
            self._parts, question.actor, chosen.lesson, tool, call
        )
        return Called(chosen, answered.text, done=answered.done)

    def _keep(self, waiting: dict[str, _Waiting]) -> None:
        """Let these wait; of too many, the newest."""
        self._to_confirm = dict(list(waiting.items())[-MOST_WAITING:])

    def _expire(self) -> None:
        oldest = self._parts.clock.monotonic() - WAITS_SECONDS
        self._keep({n: w for n, w in self._to_confirm.items() if w.since > oldest})
        self._to_complete = {
            place: w for place, w in self._to_complete.items() if w.since > oldest
        }

    def _expire_later(self) -> None:
        """Keep nobody's words longer than that, even where nobody asks any more."""
        asyncio.get_running_loop().call_later(WAITS_SECONDS + 1, self._expire)


def _place(question: Question) -> tuple[str, str | None, str]:
    return question.server, question.channel, question.actor.id


def _shown(name: str, chosen: Chosen) -> WaitingCall:
    return WaitingCall(
        id=name,
        lesson=chosen.lesson.id,
        tool=chosen.tool.name,
        host=host_of(chosen.tool),
        method=chosen.tool.endpoint.method,
        arguments=_said(chosen.call),
    )


def _said(call: Call) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in call.arguments.items())
