"""Speed, side by side in one run: our training beside a plain loop, llama.cpp beside
transformers.

The library under test runs in children of this process, one after another, with the
same number of threads.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from learning.engine import AdapterRef, Engine, Generation
from learning.errors import RunError
from learning.prompt import build

PROMPTS = (
    "Write three sentences about the sea.",
    "Explain in a few sentences how bread is made.",
    "Tell a short story about a lost dog.",
)
TOKENS = 64
REPEATS = 3


async def training(run: Path, *, threads: int, batches: int) -> dict[str, float]:
    """Train the same rows both ways; tokens count alike, as the rows have them."""
    ours = await _child("ours", run, threads=threads, batches=batches)
    plain = await _child("plain", run, threads=threads, batches=batches)
    rates = {
        "training tokens/s": ours["tokens_per_second"],
        "plain fp32 loop tokens/s": plain["tokens_per_second"],
    }
    return {
        **rates,
        "training speed-up": ours["tokens_per_second"] / plain["tokens_per_second"],
        "plain loop peak memory MB": plain["peak_memory_bytes"] / 1e6,
    }


async def serving(
    engine: Engine, folder: Path, adapter: AdapterRef | None, *, threads: int
) -> dict[str, float]:
    """Decode the same prompts on llama.cpp and with transformers' generate.

    The base model on both sides, with as many threads; and ours with an adapter.
    """
    ours = await _decode(engine, None)
    with_adapter = await _decode(engine, adapter)
    theirs = await _child("generate", folder, threads=threads, batches=TOKENS)
    return {
        "decoding threads": threads,
        "decoding tokens/s (Q4, base)": ours,
        "decoding tokens/s (Q4, adapter)": with_adapter,
        "transformers generate tokens/s (float32, base)": theirs["tokens_per_second"],
        "decoding speed-up": ours / theirs["tokens_per_second"],
        "decoding speed-up with an adapter": with_adapter / theirs["tokens_per_second"],
    }


async def _decode(engine: Engine, adapter: AdapterRef | None) -> float:
    """Return the median tokens a second of the prompts' answers, after the first."""
    rates = []
    for prompt in PROMPTS * REPEATS:
        answer = await engine.generate(
            Generation(
                messages=build(prompt),
                adapter=adapter,
                server="bench",
                max_tokens=TOKENS,
            )
        )
        spent = answer.seconds - answer.seconds_to_first_token
        rates.append((answer.tokens - 1) / max(spent, 1e-9))
    return median(rates)


async def _child(what: str, path: Path, *, threads: int, batches: int) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "learning.loops",
        what,
        str(path),
        str(threads),
        str(batches),
        *(PROMPTS if what == "generate" else ()),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode:
        raise RunError(f"The {what} loop failed: {_last(err.decode().splitlines())}")
    return json.loads(_last(out.decode().splitlines()))


def _last(lines: Sequence[str]) -> str:
    return lines[-1] if lines else ""
