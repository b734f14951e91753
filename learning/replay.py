"""Asks the bare base model the general prompts, and keeps its answers for replay.

Part of `make skills`: a model's own answers, gone over again in every run, keep it
what it was (docs/LOG.md).
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from learning.dataset import REPLAY
from learning.engine import Engine, Generation
from learning.prompt import build

PROMPTS = Path(__file__).with_name("general_prompts.jsonl")
MOST_TOKENS = 64
MOST_WORDS = 40


def write_replay(engine: Engine, path: Path = REPLAY) -> int:
    """Write replay.jsonl and return how many answers were kept.

    An answer that was cut off, or is long, would teach rambling.
    """
    lines = [json.loads(line) for line in PROMPTS.read_text().splitlines()]
    prompts = [line["prompt"] for line in lines]
    answers = asyncio.run(_ask_all(engine, prompts))
    kept = [
        json.dumps({"prompt": prompt, "answer": answer}) + "\n"
        for prompt, answer in zip(prompts, answers, strict=True)
        if answer and answer[-1] in ".!?\"')" and len(answer.split()) <= MOST_WORDS
    ]
    path.write_text("".join(kept))
    return len(kept)


async def _ask_all(engine: Engine, prompts: Sequence[str]) -> list[str]:
    await engine.start()
    try:
        return await asyncio.gather(*(_ask(engine, prompt) for prompt in prompts))
    finally:
        await engine.close()


async def _ask(engine: Engine, prompt: str) -> str:
    completion = await engine.generate(
        Generation(
            messages=build(prompt),
            adapter=None,
            server="replay",
            max_tokens=MOST_TOKENS,
        )
    )
    return completion.text.strip()
