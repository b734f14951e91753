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
    from storage.adapters import Adapter
    from storage.deletions import Deletion

log = structlog.get_logger(__name__)


async def certify(parts: Parts, server: str) -> None:
    """Certify the server's deletions of which neither weights nor runs are left.

    Whether that is so is looked up on the disk, never concluded.
    """
    for deletion in await deletions.uncertified(parts.database, server):
        learned = await deletions.trained_on(parts.database, server, deletion.lessons)
        if not await _is_over(parts, deletion, learned):
            continue
        clean = await in_service(parts, server)
        await deletions.certify(
            parts.database,
            deletion,
            clean=clean.version if clean else None,
            gone=learned,
            at=parts.clock.now(),
        )
        log.info("privacy.certified", server=server, deletion=deletion.id)


async def _is_over(parts: Parts, deletion: Deletion, learned: list[Adapter]) -> bool:
    active = await runs.active(parts.database, deletion.server)
    if active and not set(active.lessons).isdisjoint(deletion.lessons):
        return False  # it has their rows; its adapter will be born tainted
    if any(adapter.state is not AdapterState.DELETED for adapter in learned):
        return False
    directory = parts.directory
    folders = [directory.root / adapter.path for adapter in learned]
    folders += [directory.run(adapter.run) for adapter in learned]
    return not await asyncio.to_thread(_any_exists, folders)


def _any_exists(folders: list[Path]) -> bool:
    return any(folder.exists() for folder in folders)
