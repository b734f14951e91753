"""Whose question is answered next: fair between servers, whoever asks most."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FairQueue:
    """Hands out turns server by server, and first come first served within one.

    Turns are held together only within one lane, at most `together` of them. The
    lane of a question is its adapter: llama.cpp never batches two adapters, and
    lets the lower slot starve the higher, so other lanes wait here, in order.
    """

    def __init__(self, together: int = 1) -> None:
        self._together = together
        self._waiting: dict[str, deque[tuple[str, asyncio.Future[None]]]] = {}
        self._holding: Counter[str] = Counter()
        """Turns held now, by lane; in truth there is one lane at a time."""

    @asynccontextmanager
    async def turn(self, server: str, *, lane: str = "") -> AsyncIterator[None]:
        """Wait for this server's turn and hold it; cancelling gives it up."""
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(server, deque()).append((lane, granted))
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._release(lane)  # it was granted in the same moment
            else:
                self._forget(server, lane, granted)
            raise
        try:
            yield
        finally:
            self._release(lane)

    def _grant(self) -> None:
        """Give out turns until the next server in the circle has to wait."""
        while self._waiting:
            server, queue = next(iter(self._waiting.items()))
            lane, granted = queue[0]
            if self._holding and (
                lane not in self._holding or self._holding[lane] >= self._together
            ):
                return
            queue.popleft()
            del self._waiting[server]
            if queue:
                self._waiting[server] = queue  # to the end of the circle
            if not granted.done():
                self._holding[lane] += 1
                granted.set_result(None)

    def _release(self, lane: str) -> None:
        self._holding[lane] -= 1
        if not self._holding[lane]:
            del self._holding[lane]
        self._grant()

    def _forget(self, server: str, lane: str, granted: asyncio.Future[None]) -> None:
        queue = self._waiting.get(server)
        if queue is not None and (lane, granted) in queue:
            queue.remove((lane, granted))
            if not queue:
                del self._waiting[server]
        self._grant()
