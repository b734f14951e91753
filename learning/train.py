"""The training script: reads a run directory, trains its LoRA, writes the adapter.

`python -m learning.train runs/<id>` prints one JSON line a step (also appended to
metrics.jsonl) and ends with result.json and a manifest of hashes. Where the rows are
encrypted, their key comes as the first line of the standard input.
"""

import errno
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from learning.batching import Encoded, batches, encode
from learning.rows import Row, are_encrypted, load_rows
from learning.run import (
    RunResult,
    RunSpec,
    RunStatus,
    load_spec,
    save_result,
    seal,
)

WARMUP_FRACTION = 0.05
MAX_GRADIENT_NORM = 1.0


class CancelledRunError(Exception):
    """Somebody asked this run to stop."""


def main(argv: list[str]) -> int:
    """Train the run whose directory is named; the exit code is 0 when it is done."""
    directory = Path(argv[0])
    signal.signal(signal.SIGTERM, _cancel)
    spec = load_spec(directory)
    key = sys.stdin.readline().strip() if are_encrypted(directory) else ""
    try:
        result = train(directory, spec, load_rows(directory, key=key))
    except CancelledRunError:
        result = _unfinished(RunStatus.CANCELLED, "It was cancelled.")
    except MemoryError:
        result = _unfinished(RunStatus.OUT_OF_MEMORY, "It ran out of memory.")
    except RuntimeError as exc:
        if "out of memory" not in str(exc) and "can't allocate" not in str(exc):
            raise
        result = _unfinished(RunStatus.OUT_OF_MEMORY, "It ran out of memory.")
    except OSError as exc:
        if exc.errno != errno.ENOSPC:
            raise
        result = _unfinished(RunStatus.DISK_FULL, "The disk is full.")
    save_result(directory, result)
    if result.status is RunStatus.DONE:
        seal(directory)
        return 0
    return 3


def train(directory: Path, spec: RunSpec, rows: list[Row]) -> RunResult:
    """Train a LoRA on the rows and write it to `directory/adapter`."""
    import torch  # noqa: PLC0415
    from transformers import AutoTokenizer  # noqa: PLC0415

    from learning.lora import load_model, save_adapter  # noqa: PLC0415
    from learning.loss import batch_loss, teach_back  # noqa: PLC0415

    spec = replace(spec, device=_device(spec.device))
    parent = os.getppid()
    torch.set_num_threads(spec.threads)
    torch.manual_seed(spec.seed)
    tokenizer = AutoTokenizer.from_pretrained(spec.base)
    prefix, encoded = encode(tokenizer, rows)
    model = load_model(spec)
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=spec.learning_rate, weight_decay=0.0)
    epochs = [list(batches(encoded, spec, epoch)) for epoch in range(spec.epochs)]
    with (directory / "metrics.jsonl").open("a") as metrics:
        progress = _Progress(metrics, sum(map(len, epochs)))
        teachers = teach_back(model, prefix, encoded, spec)
        model.train()
        trained_epochs = 0
        for epoch in epochs:
            taught: list[float] = []
            for batch in epoch:
                if os.getppid() != parent:  # whoever wanted the adapter is gone
                    raise CancelledRunError
                for group in optimizer.param_groups:
                    share = _schedule(progress.step, progress.steps)
                    group["lr"] = spec.learning_rate * share
                loss, losses = batch_loss(model, prefix, batch, teachers)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(parameters, MAX_GRADIENT_NORM)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                progress.advance(prefix, batch, losses)
                taught += [
                    nll for e, nll in zip(batch, losses, strict=True) if e.row.lesson
                ]
            trained_epochs += 1
            if taught and sum(taught) / len(taught) < spec.stop_below:
                break
    save_adapter(model, tokenizer, directory / "adapter", spec)
    return RunResult(
        status=RunStatus.DONE,
        steps=progress.step,
        epochs=trained_epochs,
        rows=len(rows),
        tokens=progress.tokens,
        row_tokens=progress.row_tokens,
        seconds=progress.seconds,
        loss=progress.loss,
        peak_memory_bytes=peak_memory_bytes(),
    )


@dataclass
class _Progress:
    """How far training is, told line by line."""

    metrics: TextIO
    steps: int
    step: int = 0
    tokens: int = 0
    row_tokens: int = 0
    loss: float = math.nan
    started: float = 0.0

    def __post_init__(self) -> None:
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def advance(
        self, prefix: Sequence[int], batch: Sequence[Encoded], losses: Sequence[float]
    ) -> None:
        """Count one step and print its line."""
        body = sum(len(e.prompt) + len(e.answer) for e in batch)
        self.step += 1
        self.tokens += len(prefix) + body
        self.row_tokens += len(prefix) * len(batch) + body
        self.loss = sum(losses) / len(losses)
        left = self.seconds / self.step * (self.steps - self.step)
        line = json.dumps(
            {
                "step": self.step,
                "steps": self.steps,
                "loss": round(self.loss, 5),
                "tokens": self.tokens,
                "seconds": round(self.seconds, 2),
                "seconds_left": round(left, 1),
            }
        )
        self.metrics.write(line + "\n")
        self.metrics.flush()
        print(line, flush=True)  # noqa: T201


def peak_memory_bytes() -> int:
    """Return the most memory this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _schedule(step: int, total: int) -> float:
    """Warm up, then fall linearly to a tenth."""
    warmup = max(1, round(total * WARMUP_FRACTION))
    if step < warmup:
        return (step + 1) / warmup
    return 1.0 - 0.9 * (step - warmup) / max(1, total - warmup)


def _device(wanted: str) -> str:
    import torch  # noqa: PLC0415

    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


def _unfinished(status: RunStatus, message: str) -> RunResult:
    return RunResult(
        status=status,
        steps=0,
        epochs=0,
        rows=0,
        tokens=0,
        row_tokens=0,
        seconds=0.0,
        loss=math.nan,
        peak_memory_bytes=peak_memory_bytes(),
        message=message,
    )


def _cancel(_signum: int, _frame: object) -> None:
    raise CancelledRunError


if __name__ == "__main__":
    # Waiting threads of OpenMP must not spin: two spinning torch processes on two
    # cores slowed one of them 25 times (docs/LOG.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(main(sys.argv[1:]))
