"""The one directory that Myna keeps everything in, owned by one process at a time."""

import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from learning.errors import (
    DataDirectoryError,
    DataDirectoryLockedError,
    DiskFullError,
)

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
READABLE_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Where everything lies under the root.

    ```
    myna.db  myna.sock  myna.lock
    runs/<id>/  adapters/<server>/<version>/  models/  backups/
    ```
    """

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "myna.db"

    @property
    def socket(self) -> Path:
        return self.root / "myna.sock"

    @property
    def lock(self) -> Path:
        return self.root / "myna.lock"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def adapters(self) -> Path:
        return self.root / "adapters"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    def run(self, run: str) -> Path:
        """Return a run's directory."""
        return self.runs / run

    def adapter(self, server: str, version: int) -> Path:
        """Return the directory of one version of a server's adapter."""
        return self.root / adapter_path(server, version)


def prepare(root: Path) -> DataDirectory:
    """Make the directory and its folders, readable by their owner only.

    Raises DataDirectoryError or DiskFullError.
    """
    directory = DataDirectory(root.expanduser().absolute())
    folders = (
        directory.root,
        directory.runs,
        directory.adapters,
        directory.models,
        directory.backups,
    )
    with explained(directory):
        directory.root.parent.mkdir(parents=True, exist_ok=True)
        for folder in folders:
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return directory


@contextmanager
def locked(directory: DataDirectory) -> Iterator[None]:
    """Own the directory for the block; the kernel frees it if the process dies.

    Raises DataDirectoryLockedError naming the process that owns it. A second
    `locked` in the same process is not noticed.
    """
    with explained(directory):
        descriptor = os.open(directory.lock, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        with explained(directory):
            _take(descriptor, directory)
        yield
    finally:
        os.close(descriptor)


def folder_name(server: str) -> str:
    """Turn any server id into a folder name that is safe and that no other has.

    The readable part is for people; the hash alone tells two servers apart, also
    where the file system ignores case.
    """
    readable = re.sub(r"[^a-z0-9]+", "-", server.lower())[:READABLE_CHARACTERS]
    digest = hashlib.sha256(server.encode()).hexdigest()[:16]
    return f"{readable.strip('-')}-{digest}".lstrip("-")


def adapter_path(server: str, version: int) -> str:
    """Return an adapter's folder relative to the data directory's root."""
    return f"adapters/{folder_name(server)}/{version}"


@contextmanager
def explained(directory: DataDirectory) -> Iterator[None]:
    """Turn the system's errors into sentences that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(
                f"There is no room left for {directory.root}: free some space and "
                "try again."
            ) from error
        raise DataDirectoryError(
            f"Cannot use {directory.root}: {error.strerror}. Choose another directory "
            "with --data-dir or the setting DATA_DIR."
        ) from error


def _take(descriptor: int, directory: DataDirectory) -> None:
    # lockf, not flock: a forked child, an engine's for example, inherits a flock and
    # would keep the directory locked after its parent was killed.
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        owner = os.read(descriptor, 20).decode(errors="replace").strip()
        raise DataDirectoryLockedError(
            f"Another Myna (process {owner or 'unknown'}) is using {directory.root}: "
            "stop it, or choose another directory with --data-dir."
        ) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
