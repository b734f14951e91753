"""Paced text: an answer shown while it is written, edited no faster than allowed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog

log = structlog.get_logger(__name__)

Show = Callable[[str], Awaitable[None]]
"""Puts all of the text so far where people see it."""


class PacedText:
    """Shows a growing text at most once an interval, and whatever came meanwhile.

    Used as `async with PacedText(show, interval_seconds=1.2) as text:` around the
    call that feeds it; on leaving, the edit in progress is awaited, so that the last
    words are the caller's to show.
    """

    def __init__(self, show: Show, *, interval_seconds: float) -> None:
        self._show = show
        self._interval_seconds = interval_seconds
        self._text = ""
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def feed(self, piece: str) -> None:
        """Take the next piece of text."""
        self._text += piece
        self._news.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_showing())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep_showing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            # Shielded: an edit that was sent arrives, and must not overtake the last.
            shown = asyncio.ensure_future(self._try_to_show())
            try:
                await asyncio.shield(shown)
            except asyncio.CancelledError:
                await shown
                raise
            await asyncio.sleep(self._interval_seconds)

    async def _try_to_show(self) -> None:
        """Show it, or let it be: what the work comes to is shown at its end."""
        try:
            await self._show(self._text)
        except Exception as exc:  # noqa: BLE001 - a platform's library raises anything
            log.info("edit.failed", error=type(exc).__name__)
