"""Two servers on one engine: each is answered as if it had the engine to itself."""

import asyncio
import random

import pytest

from bot.bench.data import general_questions
from learning.engine import Generation
from learning.engine_llama_cpp import LlamaCppEngine
from learning.model import bundled_gguf
from learning.prompt import build
from tests.fakes_adapters import random_adapter

pytestmark = [pytest.mark.model, pytest.mark.slow]

QUESTIONS = [each.question for each in general_questions(50)]


def make_engine():
    return LlamaCppEngine(bundled_gguf(), prompt_threads=1)


async def answer(engine, adapter, question):
    """Return the text and the first token's log-probabilities."""
    said = await engine.generate(
        Generation(
            messages=build(question),
            adapter=adapter,
            server=adapter.server,
            max_tokens=4,
            first_token_candidates=10,
        )
    )
    return said.text, said.first_token


async def alone(adapter):
    """Return every answer of an engine that never met another server."""
    engine = make_engine()
    await engine.start()
    try:
        return {text: await answer(engine, adapter, text) for text in QUESTIONS}
    finally:
        await engine.close()


async def test_two_servers_asking_at_once_get_the_answers_of_engines_of_their_own(
    tmp_path,
):
    adapters = [random_adapter(tmp_path, name, seed=ord(name)) for name in "ab"]
    clean = {adapter.name: await alone(adapter) for adapter in adapters}
    asked = [(adapter, text) for adapter in adapters for text in QUESTIONS]
    random.Random(0).shuffle(asked)  # noqa: S311
    engine = make_engine()
    await engine.start()

    try:
        said = await asyncio.gather(*(answer(engine, *each) for each in asked))
    finally:
        await engine.close()

    for (adapter, text), got in zip(asked, said, strict=True):
        assert got == clean[adapter.name][text]
    one, other = clean.values()
    assert all(one[text] != other[text] for text in QUESTIONS)
