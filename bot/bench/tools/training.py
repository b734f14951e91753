"""Trains what `myna bench tools` compares, once for all methods that need it."""

import asyncio
import hashlib
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from math import prod
from pathlib import Path

from safetensors import safe_open

from bot.bench.adapters import Adapters
from bot.bench.tools.cells import digest
from bot.bench.tools.lessons import Batch, lay_out
from learning.child_environment import child_environment
from learning.engine import AdapterRef, Engine
from learning.errors import RunError
from learning.lexicon import Lexicon
from learning.run import MANIFEST, Progress, load_result, load_spec, save_spec

FULL_LEARNING_RATE = 5e-5
"""A usual one for all weights of a small model; it does not fall."""
NAME_DIGITS = 16
LAST_LINES = 3
SHOWN_STEPS = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What a training took, and what it left to be stored."""

    seconds: float = 0.0
    trained_parameters: int = 0
    stored_bytes: int = 0


@dataclass
class Workshop(Adapters):
    """Trains adapters and whole models, and keeps them under what made them."""

    lexicon: Lexicon
    keep: Path
    say: Callable[[str], None]
    threads: int = 1
    device: str = "cpu"

    @property
    def _caller(self) -> AdapterRef:
        if self.wired.caller is None:
            raise RunError("There is no caller adapter for this MODEL to start from.")
        return self.wired.caller

    @property
    def start(self) -> str:
        """Tell caller adapters apart, from which every training starts."""
        if self.wired.caller is None:
            return ""
        weights = self.wired.caller.directory / "adapter_model.safetensors"
        return hashlib.sha256(weights.read_bytes()).hexdigest()[:NAME_DIGITS]

    async def adapter(
        self, batches: Sequence[Batch], *, seed: int
    ) -> tuple[AdapterRef, Cost]:
        """Train the caller adapter on each batch; return the last, and what all cost.

        Raises RunError, or another MynaError of the trainer.
        """
        seconds, adapter = 0.0, self._caller
        for batch in batches:
            place = self._laid_out(batch, seed, learning_rate=None)
            adapter = self.numbered(place)
            if not (place / MANIFEST).is_file():
                await self.trained(place, self._tell)
            seconds += load_result(place).seconds
        files = [adapter.directory / n for n in ("adapter_model.safetensors",)]
        served = [*files, adapter.directory / "adapter.gguf"]
        return adapter, Cost(seconds, _parameters(files), _bytes(served))

    @asynccontextmanager
    async def whole_model(
        self, batch: Batch, *, seed: int
    ) -> AsyncIterator[tuple[Engine, Cost]]:
        """Train all weights on the rows that an adapter has, and serve them.

        The caller is added to them first, which adapters start from too. Raises
        RunError, or ModelError where what was trained cannot be loaded.
        """
        from learning.engine_transformers import (  # noqa: PLC0415 - brings torch
            TransformersEngine,
        )

        place = self._laid_out(batch, seed, learning_rate=FULL_LEARNING_RATE)
        if not (place / MANIFEST).is_file():
            await self._tune(place)
        folder = place / "model"
        files = sorted(folder.glob("*.safetensors"))
        cost = Cost(load_result(place).seconds, _parameters(files), _bytes(files))
        engine = TransformersEngine(folder, device=self.device, threads=self.threads)
        await engine.start()
        try:
            yield engine, cost
        finally:
            await engine.close()

    def _laid_out(
        self,
        batch: Batch,
        seed: int,
        *,
        learning_rate: float | None,
    ) -> Path:
        """Lay a run out in a folder named by all that shapes its weights."""
        new = self.keep / ".new"
        shutil.rmtree(new, ignore_errors=True)
        lay_out(
            new,
            batch,
            lexicon=self.lexicon,
            base=self.wired.base,
            parent=self._caller.directory,
            seed=seed,
            threads=self.threads,
            device=self.device,
        )
        if learning_rate is not None:
            spec = replace(load_spec(new), learning_rate=learning_rate)
            save_spec(new, spec)
        made_of = {**asdict(load_spec(new)), "start": self.start}
        place = self.keep / digest(made_of)[:NAME_DIGITS]
        if (place / MANIFEST).is_file():
            shutil.rmtree(new)
        else:
            shutil.rmtree(place, ignore_errors=True)
            new.rename(place)
        return place

    async def _tune(self, place: Path) -> None:
        """Train a whole model in a process of its own, which torch stays in."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "learning.full_tuning",
            str(place),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=child_environment(
                OMP_NUM_THREADS=str(self.threads),
                OMP_WAIT_POLICY="PASSIVE",
                HF_HUB_OFFLINE="1",
                TOKENIZERS_PARALLELISM="false",
            ),
        )
        assert process.stdout is not None  # noqa: S101
        said: list[str] = []
        try:
            async for line in process.stdout:
                text = line.decode(errors="replace").strip()
                progress = _progress(text)
                if progress is None:
                    said = [*said, text][-LAST_LINES:]
                else:
                    self._tell(progress)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code:
            raise RunError(f"Full fine-tuning failed with {code}: {' '.join(said)}")

    def _tell(self, progress: Progress) -> None:
        if progress.total and progress.done % SHOWN_STEPS == 0:
            loss = "" if progress.loss is None else f", loss {progress.loss:.3f}"
            self.say(f"  training {progress.done}/{progress.total}{loss}")


def _progress(line: str) -> Progress | None:
    try:
        said = json.loads(line)
        return Progress("training", said["step"], said["steps"], said["loss"])
    except (ValueError, KeyError, TypeError):  # a library printed something
        return None


def _parameters(files: Sequence[Path]) -> int:
    """Count the weights in files, each once: tied ones are stored once too."""
    count = 0
    for path in files:
        with safe_open(path, framework="numpy") as weights:
            count += sum(
                prod(weights.get_slice(name).get_shape())
                for name in weights.keys()  # noqa: SIM118 - it is no mapping
            )
    return count


def _bytes(files: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in files)
