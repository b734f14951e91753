"""The folders of adapters and runs: put in place whole, and removed when not needed."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import structlog

from bot import certifying
from learning.errors import ConflictError
from learning.run import verify
from storage import adapters, runs, servers
from storage.adapters import AdapterState

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from bot.parts import Parts
    from storage.adapters import Adapter

log = structlog.get_logger(__name__)

KEPT_RUNS = 5
"""How many of a server's promoted runs keep their directory, rows and all."""


def install(trained: Path, place: Path) -> None:
    """Check a trained adapter's hashes, and move it to its place whole or not at all.

    Raises AdapterError where a file does not match.
    """
    verify(trained)
    temporary = place.with_name(f"{place.name}.tmp")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.move(trained, temporary)
    temporary.rename(place)


async def discard(parts: Parts, adapter: Adapter, *, by: str) -> None:
    """Take an adapter out of the engine and delete its files and its run's."""
    root = parts.directory.root
    await parts.engine.retire(adapter.ref(root))
    try:
        await adapters.mark_deleted(
            parts.database, adapter.server, adapter.version, by=by, at=parts.clock.now()
        )
    except ConflictError:
        log.info("adapter.kept", adapter=adapter.name)
        return
    await remove(root / adapter.path, parts.directory.run(adapter.run))
    log.info("adapter.deleted", adapter=adapter.name)


async def discard_tainted(parts: Parts, server: str, *, by: str) -> None:
    """Delete what was trained on something since gone; a clean adapter has come."""
    active = await runs.active(parts.database, server)
    for adapter in await adapters.in_state(
        parts.database, server, AdapterState.TAINTED
    ):
        # The candidate of a run in progress is deleted by that run itself.
        if active is None or adapter.run != active.id:
            await discard(parts, adapter, by=by)
    await certifying.certify(parts, server)


async def prune_runs(parts: Parts, server: str) -> None:
    """Delete the directories of all but the last promoted runs."""
    promoted = await adapters.in_state(parts.database, server, AdapterState.PROMOTED)
    await remove(
        *(parts.directory.run(adapter.run) for adapter in promoted[:-KEPT_RUNS])
    )


async def sweep(parts: Parts) -> None:
    """Delete every folder that the database does not need; call it before any run."""
    kept_adapters: set[Path] = set()
    kept_runs: set[Path] = set()
    for server in await servers.all_known(parts.database):
        for adapter in await adapters.all_of(parts.database, server):
            if adapter.state in (AdapterState.PROMOTED, AdapterState.TAINTED):
                kept_adapters.add(parts.directory.root / adapter.path)
                kept_runs.add(parts.directory.run(adapter.run))
    directory = parts.directory
    await asyncio.to_thread(_keep_only, directory.adapters, "*/*", kept_adapters)
    await asyncio.to_thread(_keep_only, directory.runs, "*", kept_runs)


async def remove(*folders: Path) -> None:
    """Delete folders, those that are there."""
    for folder in folders:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _keep_only(folder: Path, pattern: str, kept: Collection[Path]) -> None:
    for path in list(folder.glob(pattern)):
        if path not in kept:
            log.info("folder.swept", folder=path.name)
            shutil.rmtree(path, ignore_errors=True)
