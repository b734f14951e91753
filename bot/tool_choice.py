"""Whether a request is meant for a tool, and the call that it comes to.

A tool that weights have learned needs no manual in the prompt: the adapter is asked
whether it would begin a call, and then writes it within a grammar of the nearest
tools. One that they have not learned, or may not, is called by its nearest examples,
shown to the caller adapter as a conversation that went before; it is asked in the same
way, and more is wanted of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import tool_phrases
from learning import prompt
from learning.engine import Generation, Message
from learning.errors import PromptTooLongError
from learning.tool import Call, calls_of, parse_call
from learning.tool_decision import Look, is_meant
from learning.tool_grammar import grammar_of, likely_of
from learning.toolbox import MOST_SHOWN, leading
from storage import adapters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.messages import Question
    from bot.parts import Parts
    from learning.engine import AdapterRef, Completion
    from learning.lesson import Lesson
    from learning.lexicon import Encoder
    from learning.tool import Tool
    from learning.toolbox import Candidate

CALL_TOKENS = 160
CANDIDATES = 5
"""Of the first token, by which the adapter shows whether it would call."""


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
        self,
        question: Question,
        request: str,
        adapter: AdapterRef | None,
        *,
        is_reply: bool,
    ) -> Chosen | None:
        """Return the call that a request comes to; None where it asks for none.

        A request that was completed by a reply was meant for a tool already. Raises
        EngineError or AdapterError.
        """
        box, server = self._parts.memory.tools, question.server
        if not box.has_any(server):
            return None
        near = await asyncio.to_thread(
            box.near, server, request, channel=question.channel
        )
        known = await self._learned(server, adapter)
        # Weights cannot write a tool that they have not learned, however near it is.
        if not near or near[0].lesson.id not in known:
            return await self._by_examples(question, request, near, known, is_reply)
        learned = leading([each for each in near if each.lesson.id in known])
        if is_reply:
            return await self._written(question, request, adapter, learned)
        return await self._meant(question, request, adapter, learned)

    async def _by_examples(
        self,
        question: Question,
        request: str,
        near: Sequence[Candidate],
        known: frozenset[int],
        is_reply: bool,  # noqa: FBT001
    ) -> Chosen | None:
        """Call what weights do not know, by its examples."""
        others = leading([each for each in near if each.lesson.id not in known])
        if not question.memory or not others:
            return None
        caller = self._parts.caller or self._parts.skills
        call = self._written if is_reply else self._meant
        try:
            return await call(question, request, caller, others, shown=True)
        except PromptTooLongError:  # its examples leave no room
            return None

    async def _learned(self, server: str, adapter: AdapterRef | None) -> frozenset[int]:
        """Return the lessons that an adapter of this server was trained on."""
        if adapter is None or adapter.server != server:
            return frozenset()
        return frozenset(
            await adapters.contained_lessons(
                self._parts.database, server, adapter.version
            )
        )

    async def _meant(
        self,
        question: Question,
        request: str,
        adapter: AdapterRef | None,
        candidates: Sequence[Candidate],
        *,
        shown: bool = False,
    ) -> Chosen | None:
        """Let the adapter write a call, if by itself it might begin one."""
        scores = {each.lesson.id: each.score for each in candidates}
        look = Look(nearest=max(scores.values()), shown=shown)
        if not look.may_mean():
            return None
        chosen = await self._written(
            question,
            request,
            adapter,
            candidates,
            shown=shown,
            goes_on=look.goes_on,
        )
        if chosen is None:
            return None
        score, lacks = scores[chosen.lesson.id], _lacks(chosen)
        meant = is_meant(look.likely, score, lacks=lacks, shown=shown)
        return chosen if meant else None

    async def _written(
        self,
        question: Question,
        request: str,
        adapter: AdapterRef | None,
        candidates: Sequence[Candidate],
        *,
        shown: bool = False,
        goes_on: Callable[[Mapping[str, float]], bool] | None = None,
    ) -> Chosen | None:
        """Let the model write the call; where it does not fit, once more."""
        encoder = self._parts.memory.tools.encoder
        grammar = await asyncio.to_thread(_grammar, candidates, request, encoder)
        history = examples_of(candidates) if shown else ()
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
                    first_token_candidates=CANDIDATES if goes_on else 0,
                    goes_on=goes_on,
                )
            )
            goes_on = None  # what has to be mended was meant
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


def examples_of(candidates: Sequence[Candidate]) -> tuple[Message, ...]:
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


def _grammar(candidates: Sequence[Candidate], request: str, encoder: Encoder) -> str:
    taught = [(each.tool, calls_of(each.lesson)) for each in candidates]
    likely = likely_of(taught, request, encoder=encoder)
    return grammar_of(likely, request, encoder=encoder)


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
