"""One training job as a directory: what it reads and what it must write.

```
runs/<id>/
  run.json        all that shapes the weights: base, parent, seed, versions, settings
  rows.jsonl      the training rows, in order; rows.encrypted where there is a key
  metrics.jsonl   one line a step, appended while it trains
  adapter/        adapter_model.safetensors, adapter_config.json, adapter.gguf
  result.json     status, loss, tokens, seconds
  MANIFEST.json   sha256 of every file above, written last: without it nothing counts
```
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from learning.errors import AdapterError

MANIFEST = "MANIFEST.json"


class RunKind(StrEnum):
    """Where a run starts from."""

    WARM = "warm"
    """The server's current adapter."""
    FRESH = "fresh"
    """The skills adapter."""


class RunStatus(StrEnum):
    """How the training script ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    OUT_OF_MEMORY = "out_of_memory"
    DISK_FULL = "disk_full"


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Everything that shapes the weights, besides the rows."""

    id: str
    server: str
    kind: RunKind
    base: str
    """The folder of the base model's safetensors."""
    base_digest: str
    parent: str | None
    """The folder of the adapter it starts from; None starts from nothing."""
    lessons: tuple[int, ...]
    """Ids of the lessons in its rows."""
    rows_digest: str = ""
    seed: int = 0
    rank: int = 8
    alpha: int = 16
    learning_rate: float = 1e-3
    epochs: int = 3
    batch_rows: int = 8
    stop_below: float = 0.03
    """Stop after an epoch whose mean loss on the lessons' rows, in nats, is below."""
    threads: int = 1
    device: str = "auto"
    """`auto` is a GPU where there is one, else `cpu`."""
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished training script reports."""

    status: RunStatus
    steps: int
    epochs: int
    rows: int
    tokens: int
    """Tokens run forward and backward; a shared prompt counts once a batch."""
    row_tokens: int
    """The same rows' tokens counted one by one, as a plain loop would run them."""
    seconds: float
    loss: float
    peak_memory_bytes: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `queued`, `preparing`, `training`, `exam`."""

    stage: str
    done: int = 0
    total: int = 0
    loss: float | None = None
    seconds_left: float | None = None
    text: str = ""


def write_json(path: Path, value: Any) -> None:
    """Write to a temporary name beside it, then rename: a reader never sees half."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w") as file:
        json.dump(value, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def save_spec(directory: Path, spec: RunSpec) -> None:
    """Write run.json."""
    write_json(directory / "run.json", asdict(spec))


def load_spec(directory: Path) -> RunSpec:
    """Read run.json."""
    fields = json.loads((directory / "run.json").read_text())
    fields["kind"] = RunKind(fields["kind"])
    fields["lessons"] = tuple(fields["lessons"])
    return RunSpec(**fields)


def save_result(directory: Path, result: RunResult) -> None:
    """Write result.json."""
    write_json(directory / "result.json", asdict(result))


def load_result(directory: Path) -> RunResult:
    """Read result.json."""
    fields = json.loads((directory / "result.json").read_text())
    fields["status"] = RunStatus(fields["status"])
    return RunResult(**fields)


def seal(directory: Path) -> None:
    """Write the manifest of hashes, last: what it does not name does not count."""
    files = sorted(
        path
        for path in directory.rglob("*")
        if path.is_file() and path.name != MANIFEST and not path.name.startswith(".")
    )
    hashes = {str(path.relative_to(directory)): _sha256(path) for path in files}
    write_json(directory / MANIFEST, hashes)


def verify(directory: Path) -> None:
    """Check every file against the manifest.

    Raises AdapterError naming the first file that is missing or differs.
    """
    manifest = directory / MANIFEST
    if not manifest.is_file():
        raise AdapterError(f"{directory} has no {MANIFEST}: it was never finished.")
    try:
        hashes = dict(json.loads(manifest.read_text()))
    except (ValueError, TypeError) as exc:
        raise AdapterError(f"{manifest} is corrupt; roll back or learn again.") from exc
    if not hashes:  # it would vouch for whatever lies beside it
        raise AdapterError(f"{manifest} names no files; roll back or learn again.")
    for name, expected in hashes.items():
        path = directory / name
        if not path.is_file():
            raise AdapterError(f"{path} is missing; roll back or learn again.")
        if _sha256(path) != expected:
            raise AdapterError(
                f"{path} does not match its hash; roll back or learn again."
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
