"""`myna check`: is everything in place, and if not, what should somebody do?"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot import encryption_phrases
from bot.platforms import half_set_up
from bot.settings import Settings
from learning import embed, model
from learning.errors import DataDirectoryLockedError, MynaError
from learning.run import verify
from storage.connection import is_plain
from storage.data_directory import DataDirectory, locked, prepare
from storage.database import open_database


async def find_faults(
    settings: Settings, on_progress: Callable[[float, str], None]
) -> list[str]:
    """Return a sentence for each fault; the settings are known to be sound."""

    def base_model() -> None:
        model.prepare(
            directory.models,
            model=settings.model,
            gguf=settings.model_gguf,
            on_progress=on_progress,
        )

    def embedder() -> None:
        embed.Embedder()

    try:
        directory = prepare(settings.data_dir)
    except MynaError as exc:
        return [str(exc)]
    checks: list[Awaitable[None]] = [
        _database(directory, settings),
        *(asyncio.to_thread(verify, path) for path in _adapters(directory)),
        asyncio.to_thread(base_model),
        asyncio.to_thread(embedder),
    ]
    faults = [fault] if (fault := half_set_up(settings)) else []
    for each in checks:
        try:
            await each
        except MynaError as exc:
            faults.append(str(exc))
    return faults


def encryption(settings: Settings) -> str:
    """Say whether what lies in the data directory is encrypted."""
    if not settings.encryption_key:
        return encryption_phrases.not_encrypted()
    if is_plain(DataDirectory(settings.data_dir).database):
        return encryption_phrases.not_yet_encrypted()
    return encryption_phrases.encrypted()


async def _database(directory: DataDirectory, settings: Settings) -> None:
    path = directory.database
    # Checking changes nothing: what the next start will encrypt is read as it is.
    key = "" if is_plain(path) else settings.encryption_key
    try:
        with locked(directory):
            async with open_database(path, key=key) as database:
                await database.check()
    except DataDirectoryLockedError:
        # Whoever owns it opened it, and opening checks it.
        return


def _adapters(directory: DataDirectory) -> list[Path]:
    found = directory.adapters.glob("*/*")
    return sorted(path for path in found if not path.name.startswith("."))
