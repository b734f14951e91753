"""Certificates: once nothing of a deletion is left, the journal says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.run_plan import in_service
from storage import deletions, runs
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from pathlib import Path

    from bot.parts import Parts

log = structlog.get_logger(__name__)


async def certify(parts: Parts, server: str) -> None:
    """Certify the server's deletions, once no weights or runs of them are left.

    Whether that is so is looked up on the disk, never concluded.
    """
    waiting = await deletions.uncertified(parts.database, server)
    if not waiting or not await _is_over(parts, server):
        return
    clean = await in_service(parts, server)
    for deletion in waiting:
        learned = await deletions.trained_on(parts.database, server, deletion.lessons)
        await deletions.certify(
            parts.database,
            deletion,
            clean=clean.version if clean else None,
            gone=learned,
            at=parts.clock.now(),
        )
        log.info("privacy.certified", server=server, deletion=deletion.id)


async def _is_over(parts: Parts, server: str) -> bool:
    """Say whether nothing is left of any lesson that was ever forgotten here.

    A deletion lists only what it erased itself. What its person had forgotten one by
    one before, also in a deletion that a crash cut short, names nobody any more: so
    all that was forgotten counts.
    """
    forgotten = await deletions.forgotten_lessons(parts.database, server)
    active = await runs.active(parts.database, server)
    if active and not forgotten.isdisjoint(active.lessons):
        return False  # it has their rows; its adapter will be born tainted
    learned = await deletions.trained_on(parts.database, server, forgotten)
    if any(adapter.state is not AdapterState.DELETED for adapter in learned):
        return False
    directory = parts.directory
    folders = [directory.root / adapter.path for adapter in learned]
    folders += [directory.run(adapter.run) for adapter in learned]
    return not await asyncio.to_thread(_any_exists, folders)


def _any_exists(folders: list[Path]) -> bool:
    return any(folder.exists() for folder in folders)
