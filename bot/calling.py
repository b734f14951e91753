"""Calling what a community taught: at once, or once the asker has confirmed it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import tool_phrases
from bot.messages import Refused, WaitingCall
from bot.tool_calls import LEFT, carry_out, note
from bot.tool_choice import Choosing
from learning.tool import Call, missing_question
from learning.tool_request import host_of

if TYPE_CHECKING:
    from bot.messages import Actor, Question
    from bot.parts import Parts
    from bot.tool_choice import Chosen
    from learning.engine import AdapterRef

CONFIRMED_WITHIN_SECONDS = 600
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Called:
    """What a request for a tool comes to."""

    chosen: Chosen
    text: str
    waiting: WaitingCall | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call that somebody has to confirm, with the question it came from."""

    chosen: Chosen
    question: Question
    since: float


class Calling:
    """The use cases of tools."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._choosing = Choosing(parts)
        self._waiting: dict[str, _Waiting] = {}

    async def answer(
        self, question: Question, adapter: AdapterRef | None
    ) -> Called | None:
        """Call what a question asks for; None where it asks for no tool.

        Raises EngineError or AdapterError.
        """
        chosen = await self._choosing.choose(question, adapter)
        if chosen is None:
            return None
        tool, call = chosen.tool, chosen.call
        missing = tool.missing(call.arguments)
        if missing:
            return Called(chosen, missing_question(tool, missing[0]))
        if chosen.problems:
            return Called(chosen, tool_phrases.wrong_arguments(tool, chosen.problems))
        if tool.asks_first:
            waiting = self._wait(question, chosen)
            text = tool_phrases.asks_first(tool, call, waiting.host)
            return Called(chosen, text, waiting)
        answered = await carry_out(
            self._parts, question.actor, chosen.lesson, tool, call
        )
        return Called(chosen, answered.text)

    async def settle(
        self, server: str, actor: Actor, call: str, *, go: bool
    ) -> tuple[Question, Called] | Refused:
        """Make or leave a call that waits, for the person who asked for it, once."""
        self._expire()
        waiting = self._waiting.get(call)
        if waiting is None or waiting.question.server != server:
            return Refused(tool_phrases.no_such_call())
        if waiting.question.actor.id != actor.id:
            return Refused(tool_phrases.not_your_call())
        del self._waiting[call]  # before anything is awaited: a double click is one
        chosen = waiting.chosen
        if not go:
            await note(self._parts, actor, chosen.lesson, chosen.tool, LEFT)
            return waiting.question, Called(chosen, tool_phrases.left())
        answered = await carry_out(
            self._parts, actor, chosen.lesson, chosen.tool, chosen.call
        )
        return waiting.question, Called(chosen, answered.text)

    def _wait(self, question: Question, chosen: Chosen) -> WaitingCall:
        self._expire()
        name = secrets.token_hex(8)
        since = self._parts.clock.monotonic()
        self._waiting[name] = _Waiting(chosen, question, since)
        return WaitingCall(
            id=name,
            lesson=chosen.lesson.id,
            tool=chosen.tool.name,
            host=host_of(chosen.tool),
            method=chosen.tool.endpoint.method,
            arguments=_shown(chosen.call),
        )

    def _expire(self) -> None:
        """Forget what nobody confirmed in time; the oldest too where there are many."""
        oldest = self._parts.clock.monotonic() - CONFIRMED_WITHIN_SECONDS
        waiting = [(n, w) for n, w in self._waiting.items() if w.since > oldest]
        self._waiting = dict(waiting[-MOST_WAITING:])


def _shown(call: Call) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in call.arguments.items())
