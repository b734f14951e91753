"""Finished cells of `myna bench tools` on disk, each a file that is never half."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.bench.learning.cells import owned, write_cell
from bot.bench.learning.statistics import Count
from bot.bench.tools.methods import Answer, Shown

MARK = "bench-tools.json"
NAME_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Key:
    """What tells a cell from all others."""

    task: str
    method: str
    examples: int | None
    seed: int
    material: str
    """Digest of what is taught and tested."""
    settings: str
    """Digest of the method's settings."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A finished cell: what was shown, and how long all of it took."""

    shown: Shown
    wall_seconds: float


class Cells:
    """The cells of one work folder.

    ```
    bench-tools.json   says what the folder is
    cells/<task>/<method>/<examples>-s<seed>-<material>-<settings>.json
    trained/           what was trained, for all methods that need it
    ```
    """

    def __init__(self, work: Path) -> None:
        self.work = work

    @property
    def trained(self) -> Path:
        """Where trained weights are kept, under names that tell what made them."""
        return self.work / "trained"

    def find(self, key: Key) -> Cell | None:
        """Return a finished cell; None where there is none, or it is damaged."""
        try:
            fields = json.loads(self._path(key).read_text())
            if fields["key"] != asdict(key):  # a file's name has parts of digests only
                return None
            shown = fields["shown"]
            for name in ("answers", "ordinary"):
                shown[name] = [Answer(**each) for each in shown[name]]
            if shown["general"] is not None:
                shown["general"] = Count(**shown["general"])
            return Cell(Shown(**shown), fields["wall_seconds"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

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

    def forget(self, methods: Sequence[str]) -> None:
        """Delete the cells of these methods; what was trained is told by its rows."""
        for name in methods:
            for folder in (self.work / "cells").glob(f"*/{_slug(name)}"):
                shutil.rmtree(folder)

    def _path(self, key: Key) -> Path:
        examples = "all" if key.examples is None else key.examples
        digests = f"{key.material[:NAME_DIGITS]}-{key.settings[:NAME_DIGITS]}"
        folder = self.work / "cells" / key.task / _slug(key.method)
        return folder / f"{examples}-s{key.seed}-{digests}.json"


@contextmanager
def opened(work: Path) -> Iterator[Cells]:
    """Own a work folder for the block, and make it where it is missing.

    CommandError where the folder is another thing's, or another bench is using it.
    """
    with owned(work, MARK, "cells of `myna bench tools`"):
        yield Cells(work)


def digest(value: Any) -> str:
    """Name a JSON-ready value by its content."""
    written = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
