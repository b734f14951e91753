"""Trains all weights on a run's rows: what `myna bench tools` holds adapters against.

`python -m learning.full_tuning RUN_DIR` reads what `learning.train` reads, prints one
JSON line a step, and writes a model folder to `RUN_DIR/model` with result.json and the
manifest of hashes. Nothing that serves people uses it.
"""

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from learning.batching import batches, encode
from learning.lora import training_dtype
from learning.loss import batch_loss, teach_back
from learning.rows import Row, load_rows
from learning.run import (
    RunResult,
    RunSpec,
    RunStatus,
    load_spec,
    save_result,
    seal,
)
from learning.train import MAX_GRADIENT_NORM, peak_memory_bytes

MODEL = "model"
LEARNING_RATE = 5e-5
"""The same in every step. An adapter's 1e-3 is for its few new weights alone."""


def main(argv: list[str]) -> int:
    """Train the run whose directory is named; the exit code is 0 when it is done."""
    directory = Path(argv[0])
    spec = load_spec(directory)
    result = train(directory, spec, load_rows(directory))
    save_result(directory, result)
    seal(directory)
    return 0


def train(directory: Path, spec: RunSpec, rows: list[Row]) -> RunResult:
    """Train every weight on the rows and write the model to `directory/model`.

    Rows, batches, losses, the adapter that it starts from and the early stop are those
    of `learning.train`. Weights are kept in float32 even where bfloat16 multiplies
    them: a step of 5e-5 is less than bfloat16 can add to most of them.
    """
    torch.set_num_threads(spec.threads)
    torch.manual_seed(spec.seed)
    tokenizer = AutoTokenizer.from_pretrained(spec.base)
    prefix, encoded = encode(tokenizer, rows)
    model = _Whole(_loaded(spec), training_dtype())
    started = time.monotonic()
    with model.autocast():
        teachers = teach_back(model, prefix, encoded, spec)
    if spec.parent is not None:
        model.take_in(spec.parent)
    weights = list(model.parameters())
    optimizer = torch.optim.AdamW(weights, lr=spec.learning_rate, weight_decay=0.0)
    epochs = [list(batches(encoded, spec, epoch)) for epoch in range(spec.epochs)]
    steps = sum(map(len, epochs))
    step = trained_epochs = tokens = row_tokens = 0
    last = math.nan
    model.train()
    for epoch in epochs:
        taught: list[float] = []
        for batch in epoch:
            with model.autocast():
                loss, losses = batch_loss(model, prefix, batch, teachers)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, MAX_GRADIENT_NORM)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            body = sum(len(e.prompt) + len(e.answer) for e in batch)
            tokens += len(prefix) + body
            row_tokens += len(prefix) * len(batch) + body
            step += 1
            last = sum(losses) / len(losses)
            _tell(step, steps, last, time.monotonic() - started)
            taught += [
                nll for e, nll in zip(batch, losses, strict=True) if e.row.lesson
            ]
        trained_epochs += 1
        if taught and sum(taught) / len(taught) < spec.stop_below:
            break
    seconds = time.monotonic() - started
    model.save(directory / MODEL, tokenizer)
    return RunResult(
        status=RunStatus.DONE,
        steps=step,
        epochs=trained_epochs,
        rows=len(rows),
        tokens=tokens,
        row_tokens=row_tokens,
        seconds=seconds,
        loss=last,
        peak_memory_bytes=peak_memory_bytes(),
    )


class _Whole:
    """A model that has no adapter, with what `learning.loss` asks of one that has."""

    def __init__(self, model: Any, dtype: torch.dtype) -> None:
        self._model = model
        self._dtype = dtype

    def get_base_model(self) -> Any:
        return self._model

    def parameters(self) -> Iterator[torch.nn.Parameter]:
        parameters: Iterator[torch.nn.Parameter] = self._model.parameters()
        return parameters

    def eval(self) -> None:
        self._model.eval()

    def train(self) -> None:
        self._model.train()

    @contextmanager
    def disable_adapter(self) -> Iterator[None]:
        """Be the bare base, as it is until it takes an adapter in: ask teachers then."""
        yield

    def take_in(self, adapter: str) -> None:
        """Add the adapter in this folder to the weights."""
        merged: Any = PeftModel.from_pretrained(self._model, adapter)
        self._model = merged.merge_and_unload().requires_grad_(requires_grad=True)

    def autocast(self) -> torch.autocast:
        return torch.autocast(
            next(self.parameters()).device.type,
            dtype=torch.bfloat16,
            enabled=self._dtype is torch.bfloat16,
        )

    def save(self, folder: Path, tokenizer: Any) -> None:
        """Write a model folder in float16, as adapters are."""
        self._model.to(torch.float16).save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def _loaded(spec: RunSpec) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(spec.base, dtype=torch.float32)
    device = spec.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.to(device)


def _tell(step: int, steps: int, loss: float, seconds: float) -> None:
    line = {
        "step": step,
        "steps": steps,
        "loss": round(loss, 5),
        "seconds_left": round(seconds / step * (steps - step), 1),
    }
    print(json.dumps(line), flush=True)  # noqa: T201


if __name__ == "__main__":
    # As in learning.train: waiting threads must not spin beside a server's.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(main(sys.argv[1:]))
