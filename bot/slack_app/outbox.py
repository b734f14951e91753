"""The outbox: what nobody waits for is sent in order, at the pace Slack allows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import structlog
from slack_sdk.errors import SlackApiError

from bot.slack_app.failures import name_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

log = structlog.get_logger(__name__)

ATTEMPTS = 20
DRAIN_SECONDS = 2.0


class Outbox:
    """Sends one thing at a time for each workspace, so that cards keep their order.

    Two hundred lessons taught at once are two hundred cards in one channel, where
    Slack takes one a second: they wait here, and nobody who taught them does.
    """

    def __init__(self) -> None:
        self._queues: dict[str, asyncio.Queue[Callable[[], Awaitable[None]]]] = {}
        self._workers: list[asyncio.Task[None]] = []

    def put(self, team: str, send: Callable[[], Awaitable[None]]) -> None:
        """Have something sent after everything before it."""
        if team not in self._queues:
            queue = self._queues[team] = asyncio.Queue()
            self._workers.append(asyncio.create_task(_work(queue)))
        self._queues[team].put_nowait(send)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Send what can be sent in a moment; a start finds the lessons without cards."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                for queue in self._queues.values():
                    await queue.join()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)


async def _work(queue: asyncio.Queue[Callable[[], Awaitable[None]]]) -> None:
    while True:
        send = await queue.get()
        try:
            await _sent(send)
        except Exception as exc:  # noqa: BLE001 - a library raises anything
            log.warning("announcement.failed", error=name_of(exc))
        finally:
            queue.task_done()


async def _sent(send: Callable[[], Awaitable[None]]) -> None:
    for _ in range(ATTEMPTS):
        try:
            return await send()
        except SlackApiError as exc:
            if name_of(exc) != "ratelimited":
                raise
            await asyncio.sleep(int(exc.response.headers.get("Retry-After", 1)))
    return None
