"""Watching: pages that moderators named are read again, and what changed is put up."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot import phrases
from bot.messages import Actor, Notice, Refused, Watched, WatchReport
from bot.parts import SYSTEM, refusal
from bot.reading import read_page
from learning.errors import DocumentError, FetchError, MynaError
from moderation.provenance import Scope
from moderation.roles import Permission, Role
from storage import documents, journal, watches
from storage.watches import Watch

if TYPE_CHECKING:
    from datetime import datetime

    from bot.documents import Documents
    from bot.messages import AddedDocument
    from bot.parts import Parts

log = structlog.get_logger(__name__)

MOST_WATCHES = 20
"""Of one server: each is a page fetched and a child process, again and again."""
PAUSED_AFTER = 5
"""Failures in a row after which a page is read no more."""
JITTER = 0.1
"""Of the time between readings: pages that were named together drift apart."""
PAUSED = "watch.paused"


class Watching:
    """The use cases of pages that change."""

    def __init__(self, parts: Parts, to_review: Documents) -> None:
        self._parts = parts
        self._documents = to_review
        # Pages are read one at a time, so that watches never crowd out people.
        self._reading = asyncio.Lock()

    async def watch(
        self,
        server: str,
        actor: Actor,
        url: str,
        *,
        every_hours: int,
        scope: Scope,
        channel: str | None,
    ) -> Watched | Refused:
        """Watch a page, after reading it; again with other words changes the watch.

        Raises FetchError or DocumentError, and then nothing is watched.
        """
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        database = self._parts.database
        others = {each.source for each in await watches.of_server(database, server)}
        if len(others - {url}) >= MOST_WATCHES:
            return Refused(phrases.too_many_watches(MOST_WATCHES))
        now = self._parts.clock.now()
        watch = Watch(
            server=server,
            source=url,
            every_hours=every_hours,
            channel=scope.channel,
            platform=actor.platform,
            added_by=actor.id,
            added_by_name=actor.name,
            added_at=now,
            checked_at=now,
        )
        added = await self._read(watch, actor, channel=channel)
        if isinstance(added, Refused):
            return added
        if not await documents.of_source(database, server, url):
            return Refused(phrases.nothing_to_watch(added))
        await watches.save(database, watch)
        return Watched(_report(watch), added)

    async def unwatch(self, server: str, actor: Actor, url: str) -> bool | Refused:
        """Watch a page no longer; say whether it was watched."""
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        now = self._parts.clock.now()
        return await watches.remove(
            self._parts.database, server, url, by=actor.id, at=now
        )

    async def watched(
        self, server: str, actor: Actor
    ) -> tuple[WatchReport, ...] | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        found = await watches.of_server(self._parts.database, server)
        return tuple(map(_report, found))

    async def check_due(self) -> int:
        """Read the pages whose time has come; return how many were tried."""
        async with self._reading:
            now = self._parts.clock.now()
            active = await watches.active(
                self._parts.database, most_failures=PAUSED_AFTER
            )
            due = [watch for watch in active if is_due(watch, now)]
            for watch in due:
                await self._check(watch)
            return len(due)

    async def _check(self, watch: Watch) -> None:
        database, server = self._parts.database, watch.server
        if not await documents.of_source(database, server, watch.source):
            # Its document was forgotten: reading it again would bring it back.
            now = self._parts.clock.now()
            await watches.remove(database, server, watch.source, by=SYSTEM.id, at=now)
            return
        actor = Actor(
            watch.added_by, watch.added_by_name, Role.MODERATOR, watch.platform
        )
        if not self._parts.teachings.has_turn(server, actor.id):
            return  # they teach a lot just now: it is due at the next look again
        try:
            added = await self._read(watch, actor, channel=watch.channel)
        except (FetchError, DocumentError) as exc:
            await self._failed(watch, str(exc))
            return
        except MynaError as exc:  # the server left meanwhile, or the disk is full
            log.warning("watch.not_read", server=server, error=type(exc).__name__)
            return
        if isinstance(added, Refused):
            await self._failed(watch, added.text)
            return
        now = self._parts.clock.now()
        await watches.record_read(database, server, watch.source, at=now)
        log.info("watch.read", server=server, changed=not added.unchanged)

    async def _read(
        self, watch: Watch, actor: Actor, *, channel: str | None
    ) -> AddedDocument | Refused:
        async with self._parts.fetcher() as fetcher:
            reading = await read_page(fetcher, watch.source)
        older = await documents.of_source(
            self._parts.database, watch.server, watch.source
        )
        return await self._documents.add(
            watch.server,
            actor,
            reading,
            scope=Scope(watch.channel),
            supersedes=older[0].id if older else None,
            channel=channel,
            platform=watch.platform,
        )

    async def _failed(self, watch: Watch, problem: str) -> None:
        """Count a failure; the one that pauses the watch is told to who asked for it."""
        database, server = self._parts.database, watch.server
        now = self._parts.clock.now()
        async with database.transaction():
            failures = await watches.record_failure(
                database, server, watch.source, at=now, problem=problem
            )
            if failures == PAUSED_AFTER:
                await journal.record(
                    database,
                    server,
                    at=now,
                    actor=SYSTEM.id,
                    action=PAUSED,
                    detail={"person": watch.added_by},
                )
        log.info("watch.failed", server=server, failures=failures)
        if failures == PAUSED_AFTER and watch.added_by != SYSTEM.id:
            told = phrases.watch_paused(PAUSED_AFTER)
            await self._parts.announcer.notify(Notice(server, watch.added_by, told))


def is_due(watch: Watch, now: datetime) -> bool:
    """Say whether a page is to be read again, a little after its time has come."""
    if watch.checked_at is None:
        return True
    every = timedelta(hours=watch.every_hours)
    return now - watch.checked_at >= every * (1 + JITTER * _share(watch))


def _share(watch: Watch) -> float:
    """Return a number from 0 to 1 that is a watch's own, and always the same."""
    name = f"{watch.server}\n{watch.source}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:4]) / 2**32


def _report(watch: Watch) -> WatchReport:
    return WatchReport(
        source=watch.source,
        every_hours=watch.every_hours,
        added_by=watch.added_by_name,
        checked_at=watch.checked_at,
        problem=watch.problem,
        paused=watch.failures >= PAUSED_AFTER,
    )
