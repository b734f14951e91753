"""Hands one resource round between servers: a busy one cannot starve the others."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """One turn at a time; servers that wait take turns in a circle."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def of(self, server: str) -> AsyncIterator[None]:
        """Wait for this server's turn and hold it."""
        if self._taken:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(server, deque()).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # it came in the same moment: pass it on
                    self._next()
                raise
        self._taken = True
        try:
            yield
        finally:
            self._next()

    def _next(self) -> None:
        while self._waiting:
            server = next(iter(self._waiting))
            queue = self._waiting.pop(server)
            turn = queue.popleft()
            if queue:
                self._waiting[server] = queue  # to the end of the circle
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False
