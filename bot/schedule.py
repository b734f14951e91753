"""What happens by itself: nightly learning, watched pages, expiry and backups."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from learning.errors import MynaError
from storage import backup, deliveries, lessons, retention, servers
from storage.retention import Retention

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core import Core
    from bot.ports import Clock
    from storage.database import Database
    from storage.servers import ServerSettings

log = structlog.get_logger(__name__)

MINUTES_BETWEEN_LOOKS = 5
FOR_EVER = Retention()


@dataclass(frozen=True, slots=True)
class Nights:
    """When nights are, for servers that have not set it for themselves."""

    hour: int
    time_zone: str
    minimum_new_lessons: int
    backups: Path
    keep_backups: timedelta
    keep: Retention = FOR_EVER


class Schedule:
    """Looks every few minutes which servers' nights have come.

    Whether one has come is decided by the Clock and the servers table alone, so a
    night missed while the process was down is caught up at the first look, and
    nothing of APScheduler's own need survive a restart.
    """

    def __init__(
        self, core: Core, *, database: Database, clock: Clock, nights: Nights
    ) -> None:
        self._core = core
        self._database = database
        self._clock = clock
        self._nights = nights
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": None,
                "max_instances": 1,
            },
            timezone=UTC,
        )

    async def start(self) -> None:
        """Catch up, and begin to look."""
        self._scheduler.add_job(
            self.look,
            CronTrigger(minute=f"*/{MINUTES_BETWEEN_LOOKS}", timezone=UTC),
            id="look",
        )
        self._scheduler.start()
        await self.look()

    async def close(self) -> None:
        """Stop looking; runs in progress are the core's to cancel."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def look(self) -> None:
        """Keep house, and start the nights that have come."""
        await self.keep_house()
        for server in await self.due():
            log.info("night.come", server=server)
            # A job of its own: one server's run keeps no other from its night.
            self._scheduler.add_job(self.night, args=[server], id=f"night {server}")
        # The same of pages: a slow one keeps nobody's night waiting.
        self._scheduler.add_job(self.read_watched, id="watches", replace_existing=True)

    async def read_watched(self) -> None:
        """Read the pages that are watched and due."""
        await self._core.check_watches()

    async def keep_house(self) -> None:
        """Retire what has expired, make the backup, and erase what is too old.

        In this order: what is about to go is in the backup for its days, so that no
        upgrade and no time that somebody set too short erases what nobody can get
        back. Yesterday's backup held it anyway.
        """
        await self._core.retire_expired()
        await deliveries.prune(self._database, now=self._clock.now())
        await self._back_up()
        await self._enforce_retention()

    async def due(self) -> list[str]:
        """List the servers whose night has come."""
        known = await servers.all_known(self._database)
        return [server for server in known if await self._has_come(server)]

    async def night(self, server: str) -> None:
        """Learn what is new; remembered first, so that a crash is not repeated."""
        settings = await servers.get(self._database, server)
        await servers.record_nightly(self._database, server, at=self._clock.now())
        minimum = settings.minimum_new_lessons or self._nights.minimum_new_lessons
        await self._core.nightly(server, minimum_new_lessons=minimum)

    async def _has_come(self, server: str) -> bool:
        settings = await servers.get(self._database, server)
        since = settings.last_nightly_at or await self._first_taught_at(server)
        return since is not None and self._is_due(since, settings)

    async def _first_taught_at(self, server: str) -> datetime | None:
        approved = await lessons.approved(self._database, server)
        return min((lesson.taught_at for lesson in approved), default=None)

    def _is_due(self, since: datetime, settings: ServerSettings | None = None) -> bool:
        nights = self._nights
        hour, zone = nights.hour, nights.time_zone
        if settings:
            hour = hour if settings.nightly_hour is None else settings.nightly_hour
            zone = settings.time_zone or zone
        return since < last_night(self._clock.now(), hour=hour, zone=ZoneInfo(zone))

    async def _enforce_retention(self) -> None:
        """Erase once a day; the journal remembers when, so a restart repeats nothing."""
        last = await retention.last_enforced(self._database)
        if last and not self._is_due(last):
            return
        try:
            await self._core.enforce_retention(self._nights.keep)
        except MynaError as exc:
            log.warning("retention.failed", error=type(exc).__name__)

    async def _back_up(self) -> None:
        nights, now = self._nights, self._clock.now()
        newest = await asyncio.to_thread(_newest_backup, nights.backups)
        if newest and not self._is_due(newest):
            return
        try:
            await backup.back_up(self._database, nights.backups, at=now)
        except MynaError as exc:
            log.warning("backup.failed", error=str(exc))
            return
        log.info("backup.made")
        await asyncio.to_thread(
            backup.prune, nights.backups, now=now, retention=nights.keep_backups
        )


def last_night(now: datetime, *, hour: int, zone: ZoneInfo) -> datetime:
    """Return the latest moment, not after `now`, when it was this hour in the zone."""
    local = now.astimezone(zone)
    night = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if night > local:
        night -= timedelta(days=1)
    return night.astimezone(UTC)


def _newest_backup(folder: Path) -> datetime | None:
    """Read from its name when the newest backup was made."""
    newest = None
    for path in sorted(folder.glob("myna-*.db")):
        with contextlib.suppress(ValueError):  # somebody else's file
            newest = datetime.strptime(path.name, backup.NAME_FORMAT).replace(
                tzinfo=UTC
            )
    return newest
