"""Retention: what was kept long enough is erased, day by day, and the journal says so."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import structlog

from bot import audit_phrases, certifying
from bot.parts import SYSTEM
from learning.errors import ConflictError
from learning.lesson import LessonState
from storage import retention, servers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from bot.parts import Parts
    from bot.withdrawing import Withdrawing
    from storage.retention import Retention

log = structlog.get_logger(__name__)


class Retaining:
    """The use case of what goes by itself; doing it twice does nothing more."""

    def __init__(self, parts: Parts, withdrawing: Withdrawing) -> None:
        self._parts = parts
        self._withdrawing = withdrawing

    async def enforce(self, keep: Retention) -> dict[str, int]:
        """Erase all that is past its time; return how much of each kind went."""
        parts, database = self._parts, self._parts.database
        now = parts.clock.now()
        counts: dict[str, int] = {}
        if since := _cutoff(now, keep.unreviewed):
            counts["unreviewed"] = await self._erase(LessonState.PENDING, before=since)
        if since := _cutoff(now, keep.rejected):
            counts["rejected"] = await self._erase(
                LessonState.REJECTED, LessonState.EXPIRED, before=since
            )
        if since := _cutoff(now, keep.answers):
            counts["answers"] = await retention.erase_answers(database, before=since)
        if since := _cutoff(now, keep.feedback):
            counts["feedback"] = await retention.delete_feedback(database, before=since)
        if since := _cutoff(now, keep.runs):
            ended = await retention.ended_runs(database, before=since)
            folders = [parts.directory.run(run) for run in ended]
            counts["runs"] = await asyncio.to_thread(_remove, folders)
        if since := _cutoff(now, keep.names):
            counts["people"] = await retention.pseudonymise(
                database, parts.pseudonyms, before=since
            )
        for server in await servers.all_known(database):
            await certifying.certify(parts, server)
        # Last: had it been stopped before, it would be done again.
        await retention.record(database, counts, at=now)
        await database.checkpoint()
        log.info("retention.enforced", **counts)
        return counts

    async def _erase(self, *states: LessonState, before: datetime) -> int:
        gone = 0
        database = self._parts.database
        for due in await retention.due_lessons(database, *states, before=before):
            try:
                await self._withdrawing.erase(
                    due.server,
                    due.lesson,
                    by=SYSTEM.id,
                    reason=audit_phrases.KEPT_LONG_ENOUGH,
                )
            except ConflictError:  # somebody forgot it a moment ago
                continue
            gone += 1
        return gone


def _cutoff(now: datetime, kept: timedelta | None) -> datetime | None:
    return None if kept is None else now - kept


def _remove(folders: Sequence[Path]) -> int:
    found = [folder for folder in folders if folder.exists()]
    for folder in found:
        shutil.rmtree(folder, ignore_errors=True)
    return len(found)
