"""Finished cells on disk: written whole the moment they are done, never done again."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.bench.learning.data import Document
from bot.bench.learning.methods import Step, Trained
from bot.bench.learning.statistics import Count
from learning.errors import CommandError, DataDirectoryLockedError, DiskFullError
from learning.run import write_json
from storage.data_directory import PRIVATE_FOLDER, DataDirectory, locked

MARK = "bench-learn.json"
NAME_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Key:
    """What tells a cell from all others."""

    method: str
    material: str
    """Digest of the document, or of the documents of a sequence."""
    seed: int
    settings: str
    """Digest of the method's settings."""
    step: int | None = None
    """Of a sequence."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A finished cell: what was shown, and how long all of it took."""

    shown: Trained | Step
    wall_seconds: float


class Cells:
    """The cells of one work folder.

    ```
    bench-learn.json   says what the folder is
    <method>/cells/<document or sequence>-<seed>-<settings>[-<step>].json
    <method>/runs/<the same>/   where a method works; deleted when its cell is kept
    shared/            what methods keep for each other
    ```
    """

    def __init__(self, work: Path) -> None:
        self.work = work

    @property
    def shared(self) -> Path:
        """Where methods keep what others can use, under names that tell settings."""
        return self.work / "shared"

    def find(self, key: Key) -> Cell | None:
        """Return a finished cell."""
        try:
            fields = json.loads(self._path(key).read_text())
        except (FileNotFoundError, ValueError):  # ValueError: damaged, so do it again
            return None
        if fields["key"] != asdict(key):  # the file's name has only parts of digests
            return None
        shown = fields["shown"]
        if shown["general"] is not None:
            shown["general"] = Count(**shown["general"])
        kind = Trained if key.step is None else Step
        return Cell(kind(**shown), fields["wall_seconds"])

    def keep(self, key: Key, cell: Cell, about: Mapping[str, Any]) -> None:
        """Write a cell; `about` is for people who read the file, and is never read.

        Raises DiskFullError.
        """
        write_cell(
            self._path(key),
            {
                "key": asdict(key),
                "shown": asdict(cell.shown),
                "wall_seconds": cell.wall_seconds,
                "about": about,
            },
        )

    def drop(self, key: Key) -> None:
        """Delete a cell, if it is there."""
        self._path(key).unlink(missing_ok=True)

    def folder(self, key: Key) -> Path:
        """Make the folder where a method works on this cell, or sequence of cells."""
        folder = self.work / _slug(key.method) / "runs" / _name(key)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def empty_folder(self, key: Key) -> Path:
        """Make that folder anew, without what a stopped run left in it."""
        shutil.rmtree(self.folder(key))
        return self.folder(key)

    def forget(self, methods: Sequence[str]) -> None:
        """Delete the cells of these methods, and what methods kept for each other."""
        for folder in (self.shared, *(self.work / _slug(name) for name in methods)):
            shutil.rmtree(folder, ignore_errors=True)

    def _path(self, key: Key) -> Path:
        step = "" if key.step is None else f"-{key.step}"
        return self.work / _slug(key.method) / "cells" / f"{_name(key)}{step}.json"


def write_cell(path: Path, fields: Mapping[str, Any]) -> None:
    """Write what a cell holds, all of it or nothing. Raises DiskFullError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, fields)
    except OSError as exc:
        raise DiskFullError(
            f"{path} cannot be written ({exc.strerror}): free some space, then "
            "start the bench again; finished cells are kept."
        ) from exc


@contextmanager
def opened(work: Path) -> Iterator[Cells]:
    """Own a work folder for the block, and make it where it is missing.

    CommandError where the folder is another thing's, or another bench is using it.
    """
    with owned(work, MARK, "cells of `myna bench learn`"):
        yield Cells(work)


@contextmanager
def owned(work: Path, mark: str, what: str) -> Iterator[None]:
    """Own a bench's work folder for the block; the file `mark` says what it is.

    CommandError as of `opened`.
    """
    try:
        work.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if not (work / mark).exists():
            if any(work.iterdir()):
                raise CommandError(
                    f"{work} has other things in it: name an empty folder with --work."
                )
            write_json(work / mark, {"what": what})
    except OSError as exc:
        raise CommandError(
            f"{work} cannot be used ({exc.strerror}): name another folder with --work."
        ) from exc
    with ExitStack() as held:
        try:
            held.enter_context(locked(DataDirectory(work)))
        except DataDirectoryLockedError as exc:
            raise CommandError(
                f"Another bench is using {work}: wait for it, or name another folder "
                "with --work."
            ) from exc
        yield


def material(documents: Sequence[Document]) -> str:
    """Name a document, or a sequence of them in its order."""
    return _digest([document.digest for document in documents])


def settings_digest(settings: Mapping[str, Any]) -> str:
    """Name a method's settings."""
    return _digest(settings)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _name(key: Key) -> str:
    return f"{key.material[:NAME_DIGITS]}-s{key.seed}-{key.settings[:NAME_DIGITS]}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
