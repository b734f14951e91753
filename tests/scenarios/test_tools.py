"""A tool on every platform: taught, learned, called in other words, forgotten.

Each platform is the real library on a simulated one, the tool is a server on this
machine, and the adapter that calls it was really trained and examined. A run is a
function of its rows, so what one platform has trained serves the others.
"""

import asyncio
import json
import shutil
import threading
from contextlib import asynccontextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.skills_adapter import install
from learning import dataset, exam, model
from learning.embed import Embedder
from learning.engine_llama_cpp import LlamaCppEngine
from learning.lexicon import Lexicon
from learning.memory import Memory
from learning.run import load_result, load_spec, seal
from learning.tool_client import ToolClient
from learning.trainer import LocalTrainer
from tests.platform_stages import LEAVE, discord, discord_online, slack, terminal

REQUEST = "any idea how crowded the harbour pool is right now"
FAR = "Who painted the Mona Lisa?"
EXAMPLES = (
    ("How many people are in the harbour pool?", "harbour"),
    ("Is the north pool full?", "north"),
    ("show me the visitors of the spring pool", "spring"),
    ("pool visitors harbour", "harbour"),
    ("Is there room in the north pool today?", "north"),
    ("How busy is the spring pool?", "spring"),
)


class Pools(ThreadingHTTPServer):
    """Says how many people are in a pool, and remembers which ones it was asked about."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked = []

    @property
    def host(self):
        return f"127.0.0.1:{self.server_port}"

    def tool(self):
        """What somebody types to teach it, by label."""
        return {
            "name": "pool_visitors",
            "description": "Says how many people are in a pool.",
            "parameters": "pool: harbour | north | spring",
            "call": f"GET http://{self.host}/pools/{{pool}}",
            "answer": "{visitors} people are in the {pool} pool.",
            "examples": [f"{said} -> pool={pool}" for said, pool in EXAMPLES],
        }


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        said = json.dumps({"visitors": 31}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


class OnceTrained:
    """Trains and examines as the real ones do, each set of rows once in this module."""

    def __init__(self, folder, lexicon):
        self._folder = folder
        self._trainer = LocalTrainer(timeout_seconds=1200)
        self._lexicon = lexicon
        self._cards = {}

    async def train(self, run, *, on_progress):
        kept = self._folder / load_spec(run).rows_digest
        if not kept.is_dir():
            result = await self._trainer.train(run, on_progress=on_progress)
            await asyncio.to_thread(shutil.copytree, run, kept)
            return result
        for each in ("adapter", "result.json", "metrics.jsonl"):
            copy = shutil.copytree if (kept / each).is_dir() else shutil.copy
            await asyncio.to_thread(copy, kept / each, run / each)
        seal(run)
        return load_result(run)

    async def examine(self, engine, *, adapter, **asked):
        weights = (adapter.directory / "adapter.gguf").read_bytes()
        if weights not in self._cards:
            self._cards[weights] = await exam.examine(
                engine, adapter=adapter, lexicon=self._lexicon, **asked
            )
        return self._cards[weights]


@pytest.fixture(scope="module")
def pools():
    server = Pools()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """What every platform's core has: the model, its skills, what was trained."""
    folder = tmp_path_factory.mktemp("shared")
    base = model.prepare(folder / "models", model="", gguf="", on_progress=_silent)
    skills = install(folder / "models", base)
    embedder = Embedder()
    lexicon = Lexicon(embedder)
    (folder / "trained").mkdir()
    yield base, skills, embedder, lexicon, OnceTrained(folder / "trained", lexicon)
    shutil.rmtree(folder)  # half a gigabyte of weights


def _silent(*_):
    pass


@asynccontextmanager
async def everything_real(shared, pools):
    """Give the changes of a core in which only the clock is a fake."""
    base, skills, embedder, lexicon, once = shared
    engine = LlamaCppEngine(base.gguf, skills=skills, prompt_threads=1)
    await engine.start()
    hosts = frozenset({pools.host})
    try:
        async with ToolClient(private_hosts=hosts) as client:
            yield {
                "base": base,
                "skills": skills,
                "engine": engine,
                "memory": Memory(embedder),
                "embed": embedder.encode,
                "trainer": once,
                "examine": once.examine,
                "prepare": partial(dataset.prepare, lexicon=lexicon),
                "tool_client": client,
                "private_hosts": hosts,
                "permissions": LEAVE,
            }
    finally:
        await engine.close()


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize(
    "platform",
    [terminal, discord_online, slack("socket")],
    ids=["terminal", "discord", "slack"],
)
async def test_it_is_taught_learned_called_in_other_words_and_forgotten(
    platform, tmp_path, shared, pools
):
    pools.asked.clear()
    async with (
        everything_real(shared, pools) as real,
        platform(tmp_path, **real) as stage,
    ):
        unknown = await stage.ask(REQUEST)
        taught = await stage.teach_tool(**pools.tool())
        waiting = await stage.ask(REQUEST)
        assert pools.asked == []
        approved = await stage.approve()
        learned = await stage.learn()
        pools.asked.clear()
        called = await stage.ask(REQUEST)
        assert pools.asked == ["/pools/harbour"]
        await stage.ask(FAR)
        forgotten = await stage.forget()
        gone = await stage.ask(REQUEST)

    assert "I don't know that yet" in unknown
    assert "Lesson 1 is waiting for review" in taught
    assert "I don't know that yet" in waiting
    assert "approved" in approved
    assert "Learned 1 lesson" in learned
    assert "31 people are in the harbour pool." in called
    assert "lesson 1, taught by" in called
    assert "Lesson 1 is forgotten" in forgotten
    assert "31 people" not in gone
    assert pools.asked == ["/pools/harbour"]


@pytest.mark.parametrize(
    "platform",
    [terminal, discord, slack("socket")],
    ids=["terminal", "discord", "slack"],
)
async def test_every_platform_teaches_calls_and_forgets_it(platform, tmp_path, pools):
    pools.asked.clear()
    hosts = frozenset({pools.host})
    async with (
        ToolClient(private_hosts=hosts) as client,
        platform(tmp_path, tool_client=client, private_hosts=hosts) as stage,
    ):
        taught = await stage.teach_tool(**pools.tool())
        approved = await stage.approve()
        learned = await stage.learn()
        called = await stage.ask("people in the harbour pool")
        forgotten = await stage.forget()
        gone = await stage.ask("people in the harbour pool")

    assert "Lesson 1 is waiting for review" in taught
    assert "approved" in approved
    assert "Learned 1 lesson" in learned
    assert "31 people are in the harbour pool." in called
    assert "Lesson 1 is forgotten" in forgotten
    assert "31 people" not in gone
    assert pools.asked == ["/pools/harbour"]
