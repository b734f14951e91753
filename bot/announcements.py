"""Announcements: what happened on a server, told by the platform it lives on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from bot.messages import DocumentDigest, Learned, Notice, Settled, Waiting
    from bot.ports import Announcer

log = structlog.get_logger(__name__)


class Announcements:
    """An Announcer that passes each announcement to its server's platform.

    A server's id begins with its platform's name and a colon. Without a platform
    nothing is announced: the journal keeps what people have not been told, and the
    terminal asks for it.
    """

    def __init__(self) -> None:
        self._platforms: dict[str, Announcer] = {}

    @contextmanager
    def platform(self, name: str, announcer: Announcer) -> Iterator[None]:
        """Let a platform announce for its servers during the block."""
        self._platforms[name] = announcer
        try:
            yield
        finally:
            del self._platforms[name]

    async def notify(self, notice: Notice) -> None:
        """Tell one person."""
        if announcer := self._of(notice.server):
            await _told(announcer.notify(notice))

    async def lesson_waits(self, waiting: Waiting) -> None:
        """Show moderators a lesson that waits."""
        if announcer := self._of(waiting.lesson.server):
            await _told(announcer.lesson_waits(waiting))

    async def lesson_settled(self, settled: Settled) -> None:
        """Say what became of a lesson."""
        if announcer := self._of(settled.lesson.server):
            await _told(announcer.lesson_settled(settled))

    async def document_waits(self, server: str, digest: DocumentDigest) -> None:
        """Show moderators a document that waits."""
        if announcer := self._of(server):
            await _told(announcer.document_waits(server, digest))

    async def document_settled(self, server: str, digest: DocumentDigest) -> None:
        """Say what became of a document."""
        if announcer := self._of(server):
            await _told(announcer.document_settled(server, digest))

    async def has_channel(self, server: str, channel: str) -> bool:
        """Say whether a channel belongs to a server; without a platform, any may."""
        announcer = self._of(server)
        return announcer is None or await announcer.has_channel(server, channel)

    async def run_ended(self, server: str, learned: Learned) -> None:
        """Tell moderators how a run ended."""
        if announcer := self._of(server):
            await _told(announcer.run_ended(server, learned))

    def _of(self, server: str) -> Announcer | None:
        platform, colon, _ = server.partition(":")
        return self._platforms.get(platform) if colon else None


async def _told(announcement: Awaitable[None]) -> None:
    """What was done stays done, whether or not somebody could be told."""
    try:
        await announcement
    except Exception as exc:  # noqa: BLE001 - a platform's library raises anything
        log.warning("announcement.failed", error=type(exc).__name__)
