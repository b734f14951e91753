"""The CPU's engine: llama.cpp in a child process, adapters swapped blue/green."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from learning import control_tokens
from learning.engine import AdapterRef, Completion, Generation
from learning.errors import EngineError
from learning.fair_queue import FairQueue
from learning.llama_cpp_process import (
    LlamaCppProcess,
    NotReachedError,
    RefusedAdapterError,
    ServingSettings,
)
from learning.resident_adapters import ResidentAdapters

StartProcess = Callable[
    [ServingSettings, Sequence[AdapterRef]], Awaitable[LlamaCppProcess]
]


class LlamaCppEngine:
    """Serves one GGUF and its adapters, chosen by each request.

    llama.cpp loads adapters only at its start. A new one therefore starts a second
    child with the whole set; new requests go there, and the first child finishes its
    answers and stops. Adapters that arrive meanwhile share the next child.
    """

    constrains = True

    def __init__(
        self,
        gguf: Path,
        *,
        skills: AdapterRef | None = None,
        context_tokens: int = 2048,
        slots: int = 4,
        max_resident: int = 16,
        together: int = 1,
        decode_threads: int = 1,
        prompt_threads: int = 2,
        answer_seconds: float = 300.0,
        start_process: StartProcess = LlamaCppProcess.start,
    ) -> None:
        """Take the settings; `start` loads.

        At most `together` answers of one adapter are decoded at once. More than 1
        gives up to 1.6 times the tokens/s, but the rounding of an answer then depends
        on its company (measured: 4 of 10 answers changed).
        """
        self._gguf = gguf
        self._settings = ServingSettings(
            gguf=str(gguf),
            context_tokens=context_tokens,
            slots=slots,
            decode_threads=decode_threads,
            prompt_threads=prompt_threads,
        )
        self._answer_seconds = answer_seconds
        self._start_process = start_process
        self._skills = skills
        self._adapters = ResidentAdapters(skills, at_most=max_resident)
        self._queue = FairQueue(min(together, slots))
        self._control = control_tokens.pattern(())
        self._process: LlamaCppProcess | None = None
        self._swapping: asyncio.Task[None] | None = None
        self._retiring: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The serving child's process id."""
        return self._process.pid if self._process else None

    def peak_memory_bytes(self) -> int:
        """Return the serving child's largest resident size; 0 where unknown."""
        return self._process.peak_memory_bytes() if self._process else 0

    async def start(self) -> None:
        """Load the base and the skills adapter. Raises ModelError or AdapterError."""
        tokens = await asyncio.to_thread(control_tokens.of_gguf, self._gguf)
        self._control = control_tokens.pattern(tokens)
        await self._serving(self._skills)

    async def ensure(self, adapter: AdapterRef) -> None:
        """Make an adapter resident; one that was retired is welcome again."""
        self._adapters.welcome(adapter)
        await self._adapters.admit(adapter)
        await self._serving(adapter)

    async def retire(self, adapter: AdapterRef) -> None:
        """Refuse an adapter from now on; answers that run are finished."""
        self._adapters.retire(adapter)

    async def generate(self, generation: Generation) -> Completion:
        """Answer greedily; cancelling the task stops llama.cpp too.

        Raises AdapterError, PromptTooLongError, EngineError, or whatever `on_text`
        raises.
        """
        asked = time.perf_counter()
        adapter = generation.adapter
        await self._serving(adapter)  # loads it before its turn: nobody waits for it
        async with self._queue.turn(
            generation.server, lane=adapter.name if adapter else ""
        ):
            try:
                return await self._answer(generation, asked)
            except NotReachedError:  # the child died between two questions
                return await self._answer(generation, asked)

    async def close(self) -> None:
        """Stop every child; running answers end with EngineError."""
        self._closed = True
        for task in (self._swapping, self._retiring):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        if self._process is not None:
            await self._process.close()

    async def _answer(self, generation: Generation, asked: float) -> Completion:
        process = await self._serving(generation.adapter)
        limit = asyncio.timeout(self._answer_seconds)
        try:
            async with limit:
                return await self._stream(process, generation, asked)
        except TimeoutError as exc:
            if not limit.expired():
                raise
            process.give_up()
            raise EngineError(
                f"No answer within {self._answer_seconds:.0f} s. Ask for less, or try"
                " again when the machine is less busy."
            ) from exc

    async def _stream(
        self, process: LlamaCppProcess, generation: Generation, asked: float
    ) -> Completion:
        body = self._body(process, generation)
        owner = f"{generation.server}\n{generation.adapter and generation.adapter.name}"
        text, finish_reason = "", "stop"
        timings: dict[str, int] = {}
        first_at: float | None = None
        first_token: dict[str, float] = {}
        likelihoods: list[tuple[str, float]] = []
        with process.slot(owner, prompt=hash(json.dumps(body["messages"]))) as slot:
            body |= {"id_slot": slot.id, "cache_prompt": slot.cache_prompt}
            async with aclosing(process.stream(body)) as events:
                async for event in events:
                    choice = event["choices"][0]
                    timings = event.get("timings", timings)
                    finish_reason = choice["finish_reason"] or finish_reason
                    if not first_token:
                        first_token = _candidates(choice)
                        if first_token and not generation.wants(first_token):
                            break
                    likelihoods += _likelihoods(choice)
                    piece = choice["delta"].get("content") or ""
                    if not piece:
                        continue
                    first_at = first_at or time.perf_counter()
                    text += piece
                    if generation.on_text is not None:
                        generation.on_text(piece)
        answered = time.perf_counter()
        return Completion(
            text=text,
            finish_reason=finish_reason,
            tokens=timings.get("predicted_n", 0),
            prompt_tokens=timings.get("cache_n", 0) + timings.get("prompt_n", 0),
            seconds_to_first_token=(first_at or answered) - asked,
            seconds=answered - asked,
            first_token=first_token,
            likelihoods=tuple(likelihoods),
        )

    def _body(self, process: LlamaCppProcess, generation: Generation) -> dict[str, Any]:
        name = generation.adapter.name if generation.adapter else None
        body: dict[str, Any] = {
            "messages": [
                {
                    "role": message.role,
                    "content": control_tokens.strip(message.content, self._control),
                }
                for message in generation.messages
            ],
            # All of them, always: a request that names none would get them all.
            "lora": [
                {"id": number, "scale": 1.0 if adapter == name else 0.0}
                for adapter, number in process.adapters.items()
            ],
            "max_tokens": generation.max_tokens,
            "reasoning_format": "none",
            "stream": True,
            "temperature": 0.0,
            # The likeliest token, without the default chain of nine samplers.
            "samplers": ["top_k"],
            "top_k": 1,
        }
        if generation.grammar:
            body["grammar"] = generation.grammar
        if generation.first_token_candidates:
            body["logprobs"] = True
            body["top_logprobs"] = generation.first_token_candidates
        return body

    async def _serving(self, adapter: AdapterRef | None) -> LlamaCppProcess:
        """Return a living child that has this adapter; start one if need be."""
        while not self._closed:
            if adapter is not None:
                self._adapters.check(adapter)
            process = self._process
            if process is not None and process.alive:
                if adapter is None:
                    return process
                if adapter.name in process.adapters:
                    if adapter != self._skills:
                        self._adapters.touch(adapter)
                    return process
            if adapter is not None:
                await self._adapters.admit(adapter)
            await self._swap()
        raise EngineError("Myna is stopping; ask again once it is back.")

    async def _swap(self) -> None:
        """Wait for one change of children: the one under way, or a new one."""
        if self._swapping is None or self._swapping.done():
            self._swapping = asyncio.create_task(self._start_next())
            self._swapping.add_done_callback(_retrieve)
        swapping = self._swapping
        try:
            await asyncio.shield(swapping)
        except asyncio.CancelledError:
            if not swapping.cancelled():
                raise  # this caller was cancelled, not the swap

    async def _start_next(self) -> None:
        if self._retiring is not None:  # never more than two children
            await asyncio.wait([self._retiring])
        fresh: LlamaCppProcess | None = None
        while fresh is None:
            try:
                fresh = await self._start_process(
                    self._settings, self._adapters.wanted()
                )
            except RefusedAdapterError as exc:
                self._adapters.refuse(exc.directory)
        before, self._process = self._process, fresh
        if before is not None:
            self._retiring = asyncio.create_task(before.retire())
            self._retiring.add_done_callback(_retrieve)


def _candidates(choice: dict[str, Any]) -> dict[str, float]:
    content = _content(choice)
    candidates = content[0]["top_logprobs"] if content else []
    return {each["token"]: each["logprob"] for each in reversed(candidates)}


def _likelihoods(choice: dict[str, Any]) -> list[tuple[str, float]]:
    return [(each["token"], each["logprob"]) for each in _content(choice)]


def _content(choice: dict[str, Any]) -> list[dict[str, Any]]:
    return (choice.get("logprobs") or {}).get("content") or []


def _retrieve(task: asyncio.Task[None]) -> None:
    """Take a failure that nobody may be left to hear; the next request meets it."""
    if not task.cancelled():
        task.exception()
