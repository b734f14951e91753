"""Serves a model in this process through transformers and PEFT.

For GPUs and for models that have no GGUF; llama.cpp decodes five times faster on a
CPU. Which adapter is active is a state of the whole model, so every touch of it runs
on one thread, and a generation keeps that thread to its end.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from learning.engine import AdapterRef, Completion, Generation
from learning.errors import AdapterError, EngineCancelledError, EngineError
from learning.peft_decoder import PeftDecoder
from learning.turns import Turns

Result = TypeVar("Result")


class TransformersEngine:
    """An Engine that answers one question at a time, each with its own adapter."""

    constrains = False

    def __init__(
        self,
        folder: Path,
        *,
        device: str = "cpu",
        threads: int = 1,
        context_tokens: int = 2048,
        resident_adapters: int = 8,
    ) -> None:
        self._decoder = PeftDecoder(folder, device, context_tokens, resident_adapters)
        self._threads = threads
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="transformers")
        self._turns = Turns()
        self._retired: set[str] = set()
        self._running: set[threading.Event] = set()
        self._serving = False

    async def start(self) -> None:
        """Load the base. Raises ModelError."""
        await self._run(self._decoder.load, self._threads)
        self._serving = True

    async def generate(self, generation: Generation) -> Completion:
        """Answer; cancelling the task stops the generation within one token.

        Raises AdapterError, PromptTooLongError or EngineError; also whatever
        `on_text` raises, which stops the generation too.
        """
        self._check(generation.adapter)
        async with self._turns.of(generation.server):
            self._check(generation.adapter)
            return await self._generate(generation)

    async def ensure(self, adapter: AdapterRef) -> None:
        """Load an adapter. Raises AdapterError where its files are not as sealed."""
        await self._run(self._decoder.activate, adapter)
        self._retired.discard(adapter.name)

    async def retire(self, adapter: AdapterRef) -> None:
        """Refuse an adapter from now on; an answer under way may finish."""
        self._retired.add(adapter.name)
        await self._run(self._decoder.drop, adapter.name)

    async def close(self) -> None:
        """Stop all answers and free the model."""
        self._serving = False
        for stop in self._running:
            stop.set()
        await self._run(self._decoder.unload)
        self._thread.shutdown(wait=False)

    async def _generate(self, generation: Generation) -> Completion:
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        failures: list[Exception] = []

        def deliver(text: str) -> None:
            if stop.is_set() or generation.on_text is None:
                return
            try:
                generation.on_text(text)
            except Exception as exc:  # noqa: BLE001 - raised again below
                failures.append(exc)
                stop.set()

        def emit(text: str) -> None:
            loop.call_soon_threadsafe(deliver, text)

        self._running.add(stop)
        try:
            completion = await self._run(
                self._decoder.decode, generation, emit, stop.is_set
            )
        finally:
            stop.set()  # where the task was cancelled, the thread still decodes
            self._running.discard(stop)
        if failures:
            raise failures[0]
        if completion is None:
            raise EngineCancelledError("The answer was stopped.")
        return completion

    def _check(self, adapter: AdapterRef | None) -> None:
        if not self._serving:
            raise EngineError("The model is not running; start it first.")
        if adapter is not None and adapter.name in self._retired:
            raise AdapterError(f"{adapter.name} was retired and is served no more.")

    async def _run(self, work: Callable[..., Result], *args: Any) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, *args)
