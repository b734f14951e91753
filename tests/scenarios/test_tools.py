"""A tool on every platform, with the bundled model: taught, learned, called, forgotten.

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

from bot.announcements import Announcements
from bot.chat import Chat
from bot.messages import Actor
from bot.session import LocalSession
from bot.skills_adapter import install
from learning import dataset, exam, model
from learning.embed import Embedder
from learning.engine_llama_cpp import LlamaCppEngine
from learning.lexicon import Lexicon
from learning.memory import Memory
from learning.run import load_result, load_spec, seal
from learning.tool_client import ToolClient
from learning.trainer import LocalTrainer
from moderation.roles import Role
from tests.core_steps import open_home
from tests.discord_steps import open_scene, reply_of, text_of
from tests.fake_slack_text import shown
from tests.slack_steps import Work, new_slack, options_for, populate, serving

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.torch]

REQUEST = "any idea how crowded the harbour pool is right now"
FAR = "Who painted the Mona Lisa?"
LEAVE = {"slack": "the letter of a test"}
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
        """The tool as somebody types it, on one line."""
        examples = " ".join(f"example: {said} -> pool={p}" for said, p in EXAMPLES)
        return (
            "name: pool_visitors description: Says how many people are in a pool."
            " parameters: pool: harbour | north | spring"
            f" call: GET http://{self.host}/pools/{{pool}}"
            f" answer: {{visitors}} people are in the {{pool}} pool. {examples}"
        )


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


class Terminal:
    """A line in, an outcome out."""

    def __init__(self, session):
        self._session = session

    async def ask(self, text):
        outcome = await self._session.execute(text)
        return f"{outcome.text} {outcome.source}"

    async def teach(self, tool):
        return (await self._session.execute(f"/teach tool: {tool}")).text

    async def approve(self):
        return (await self._session.execute("/approve 1")).text

    async def learn(self):
        return (await self._session.execute("/learn")).text

    async def forget(self):
        return (await self._session.execute("/forget 1")).text


class Discord:
    """Mentions, a form, and the buttons of a card."""

    def __init__(self, scene):
        self._scene = scene

    async def ask(self, text):
        return text_of(await self._scene.ask(text))

    async def teach(self, tool):
        people = self._scene.people
        form = await people.member.slash(people.general, "teach tool")
        named, _, rest = tool.partition(" description: ")
        told, _, rest = rest.partition(" parameters: ")
        parameters, _, rest = rest.partition(" call: ")
        call, _, rest = rest.partition(" answer: ")
        answer, *examples = rest.split(" example: ")
        typed = {
            "tool": f"{named.removeprefix('name: ')}\n{told}",
            "parameters": parameters,
            "call": call,
            "answer": answer,
            "examples": "\n".join(examples),
        }
        return reply_of(await people.member.submit_modal(form, typed))

    async def approve(self):
        await self._scene.people.moderator.click(self._scene.card(), label="Approve")
        return text_of(self._scene.card())

    async def learn(self):
        people = self._scene.people
        await people.moderator.slash(people.general, "myna learn")
        return "\n".join(map(text_of, self._scene.discord.shown(people.general)))

    async def forget(self):
        people = self._scene.people
        told = await people.moderator.slash(people.general, "myna forget", number=1)
        return reply_of(told)


class Slack:
    """Mentions, commands and the buttons of a card."""

    def __init__(self, work):
        self._work = work

    async def ask(self, text):
        work = self._work
        return shown(await work.ask(work.cleo, work.general, text))

    async def teach(self, tool):
        self._card = await self._work.teach(self._work.cleo, f"tool: {tool}")
        return shown(await self._work.told(self._work.cleo, "waiting"))

    async def approve(self):
        await self._work.click(self._work.mona, self._card, "approve")
        await self._work.slack.until(lambda: "was approved" in shown(self._card))
        return shown(self._card)

    async def learn(self):
        await self._command("learn")

        def promoted():
            found = map(shown, self._work.slack.from_bot(self._work.general))
            return [text for text in found if "answers now" in text]

        return (await self._work.slack.until(promoted, seconds=600))[0]

    async def forget(self):
        await self._command("forget 1")
        return shown(await self._work.told(self._work.mona, "is forgotten"))

    async def _command(self, text):
        work = self._work
        await work.slack.command(work.mona, "/myna", text, channel=work.general)


@asynccontextmanager
async def terminal(tmp_path, real):
    async with open_home(tmp_path, **real) as home:
        you = Actor("u1", "Uma", Role.MODERATOR)
        chat = Chat(home.core, "home", you, tmp_path)
        yield Terminal(LocalSession(chat, home.parts.clock))


@asynccontextmanager
async def discord(tmp_path, real):
    async with open_scene(tmp_path, **real) as scene:
        await scene.set_up()
        yield Discord(scene)


@asynccontextmanager
async def slack(tmp_path, real):
    announcements = Announcements()
    home = open_home(tmp_path, announcer=announcements, **real)
    async with new_slack() as there, home as home:
        people = populate(there)
        async with serving(there, home, announcements, options_for(there, "socket")):
            work = Work(there, home, people)
            await work.set_up()
            yield Slack(work)
        assert there.faults() == []


@pytest.mark.parametrize("platform", [terminal, discord, slack])
async def test_it_is_taught_learned_called_in_other_words_and_forgotten(
    platform, tmp_path, shared, pools
):
    pools.asked.clear()
    async with (
        everything_real(shared, pools) as real,
        platform(tmp_path, real) as stage,
    ):
        unknown = await stage.ask(REQUEST)
        taught = await stage.teach(pools.tool())
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
