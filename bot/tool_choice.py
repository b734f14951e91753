"""Whether a request is meant for a tool, and the call that it comes to.

A tool that weights have learned needs no manual in the prompt: the adapter is asked
whether it would begin a call, and then writes it within a grammar of the nearest
tools. One that they have not learned, or may not, is called by its nearest examples,
shown as a conversation that went before.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import tool_phrases
from learning import prompt
from learning.engine import Generation, Message
from learning.tool import Call, calls_of, missing_question, parse_call
from learning.tool_grammar import grammar_of
from learning.toolbox import MEANT, MOST_SHOWN, NEAR, leading
from storage import adapters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Question
    from bot.parts import Parts
    from learning.engine import AdapterRef, Completion
    from learning.lesson import Lesson
    from learning.tool import Tool
    from learning.toolbox import Candidate

CALL_TOKENS = 160
CANDIDATES = 5
"""Of the first token, by which the adapter shows whether it would call."""
WOULD_CALL = 0.15
"""From this probability of beginning a call on, it is asked to write one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A call that the model wrote, checked against its tool."""

    lesson: Lesson
    tool: Tool
    call: Call
    completion: Completion
    adapter: AdapterRef | None
    learned: bool
    """Whether weights wrote it; otherwise examples in the prompt did."""
    problems: tuple[str, ...] = ()
    """What is wrong with it still, a sentence each."""


class Choosing:
    """Finds the tool that a request is meant for."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def choose(
        self, question: Question, adapter: AdapterRef | None
    ) -> Chosen | None:
        """Return the call that a question asks for; None where it asks for none.

        Raises EngineError or AdapterError.
        """
        box, server = self._parts.memory.tools, question.server
        if not box.has_any(server):
            return None
        request, is_reply = self._request(question)
        near = await asyncio.to_thread(
            box.near, server, request, channel=question.channel
        )
        known = await self._learned(server, adapter)
        learned = leading(
            [each for each in near if each.lesson.id in known and each.score >= NEAR]
        )
        if learned and (is_reply or await self._would_call(question, request, adapter)):
            return await self._written(question, request, adapter, learned, shown=False)
        others = leading([each for each in near if each.lesson.id not in known])
        is_meant = bool(others) and (is_reply or others[0].score >= MEANT)
        if question.memory and is_meant and near[0] is others[0]:
            skills = self._parts.skills
            return await self._written(question, request, skills, others, shown=True)
        return None

    def _request(self, question: Question) -> tuple[str, bool]:
        """Put what was asked for before to a message that says what was missing."""
        said = [question.text]
        history = list(question.history)
        while len(history) > 1 and self._asked_for_more(question, history[-1]):
            history.pop()
            said.insert(0, history.pop().content)
        return " ".join(said), len(said) > 1

    def _asked_for_more(self, question: Question, message: Message) -> bool:
        if message.role != "assistant":
            return False
        return any(
            missing_question(tool, name) in message.content
            for tool in self._parts.memory.tools.every(
                question.server, channel=question.channel
            )
            for name in tool.required
        )

    async def _learned(self, server: str, adapter: AdapterRef | None) -> frozenset[int]:
        """Return the lessons that an adapter of this server was trained on."""
        if adapter is None or adapter.server != server:
            return frozenset()
        return frozenset(
            await adapters.contained_lessons(
                self._parts.database, server, adapter.version
            )
        )

    async def _would_call(
        self, question: Question, request: str, adapter: AdapterRef | None
    ) -> bool:
        """Ask the adapter for one token alone: does it begin a call?"""
        completion = await self._parts.engine.generate(
            Generation(
                messages=prompt.build(request),
                adapter=adapter,
                server=question.server,
                max_tokens=1,
                first_token_candidates=CANDIDATES,
            )
        )
        chances = completion.first_token
        if not chances:  # an engine that does not say
            return completion.text.lstrip().startswith("{")
        begun = (math.exp(chances[t]) for t in chances if t.lstrip().startswith("{"))
        return sum(begun) >= WOULD_CALL

    async def _written(
        self,
        question: Question,
        request: str,
        adapter: AdapterRef | None,
        candidates: Sequence[Candidate],
        *,
        shown: bool,
    ) -> Chosen | None:
        """Let the model write the call; where it does not fit, once more."""
        grammar = grammar_of(
            [(each.tool, calls_of(each.lesson)) for each in candidates], request
        )
        history = _examples(candidates) if shown else ()
        chosen: Chosen | None = None
        asked = request
        for _ in range(2):
            completion = await self._parts.engine.generate(
                Generation(
                    messages=prompt.build(asked, history=history),
                    adapter=adapter,
                    server=question.server,
                    max_tokens=CALL_TOKENS,
                    grammar=grammar,
                )
            )
            chosen = _checked(completion, candidates, adapter, learned=not shown)
            if chosen is None or not chosen.problems or _lacks(chosen):
                break
            history = (
                *history,
                Message("user", asked),
                Message("assistant", chosen.call.text),
            )
            asked = tool_phrases.does_not_fit(chosen.problems)
        return chosen


def _checked(
    completion: Completion,
    candidates: Sequence[Candidate],
    adapter: AdapterRef | None,
    *,
    learned: bool,
) -> Chosen | None:
    """Read a call and hold it against its tool; None where it is none."""
    call = parse_call(completion.text)
    found = [each for each in candidates if call and each.tool.name == call.name]
    if call is None or not found:
        return None
    return Chosen(
        found[0].lesson,
        found[0].tool,
        call,
        completion,
        adapter,
        learned,
        found[0].tool.problems(call.arguments),
    )


def _lacks(chosen: Chosen) -> bool:
    """Say whether a person has to be asked for something: no repair can invent it."""
    return bool(chosen.tool.missing(chosen.call.arguments))


def _examples(candidates: Sequence[Candidate]) -> tuple[Message, ...]:
    """Show the nearest examples as turns, those of the nearest tool last."""
    turns: list[Message] = []
    each_shown = max(1, MOST_SHOWN // len(candidates))
    for candidate in reversed(candidates):
        calls = calls_of(candidate.lesson)
        count = MOST_SHOWN if candidate is candidates[0] else each_shown
        for number in reversed(candidate.examples[:count]):
            request, call = calls[number]
            turns += [Message("user", request), Message("assistant", call.text)]
    return tuple(turns)
