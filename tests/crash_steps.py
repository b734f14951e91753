"""What the tests of crashes repeat: a bot in a process of its own, and its remains."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from bot.control import Hello
from bot.control_client import connect
from bot.parts import manifest_digest
from learning.dataset import replayed
from learning.run import verify
from tests.fakes_tiny_gguf import write_tiny_gguf

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 600
AT_ONCE_SECONDS = 0.01


def write_model(path):
    """Write a tiny random model that answers `a` to everything, trained or not.

    So each candidate passes its real exam, if the lessons' answer is that letter. It
    has whole words as tokens, which makes rows short and training quick.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=800,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(map(" ".join, replayed()), trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    write_tiny_gguf(
        path,
        merges=[" ".join(merge) for merge in merges],
        context_tokens=4096,
        always_says="Ġa",
    )


@dataclass(frozen=True)
class Moment:
    """When to kill: so long after a run came so far."""

    stage: str
    share: float
    """Of the stage's steps; 0 is its beginning."""
    seconds: float

    def has_come(self, progress):
        if progress.stage != self.stage or (self.share and not progress.total):
            return False
        return progress.done >= self.share * progress.total


@dataclass
class Bot:
    """`myna chat --json` in a process of its own."""

    process: asyncio.subprocess.Process
    data: Path

    @property
    def pid(self):
        return self.process.pid

    async def say(self, line):
        """Return the object printed for a line; None where it died before."""
        try:
            self.process.stdin.write(f"{line}\n".encode())
            await self.process.stdin.drain()
        except ConnectionError:
            return None
        printed = await self.process.stdout.readline()
        return json.loads(printed) if printed.endswith(b"\n") else None

    async def learn(self, on_progress=lambda progress: None):
        """Learn through the control socket, which tells of the progress."""
        hello = Hello("home", "other", "Other", "moderator", "/")
        session = await connect(self.data / "myna.sock", hello)
        try:
            return await session.execute("/learn", on_progress=on_progress)
        finally:
            await session.close()

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def kill_trainer(self):
        """Kill it as soon as there is one."""
        trainers_ = children(self.pid, "learning.train")
        for pid in trainers_:
            os.kill(pid, signal.SIGKILL)
        if not trainers_ and self.process.returncode is None:
            call_later(AT_ONCE_SECONDS, self.kill_trainer)


@asynccontextmanager
async def started(data, model):
    """Start a bot on a data directory; it has answered once when the block begins."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "chat", "--json", "--data-dir", str(data)),
        cwd=data.parent,  # no .env of the developer's
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "MODEL": str(model),
            "OMP_NUM_THREADS": "1",
            "PROMPT_THREADS": "1",
            "TRAIN_THREADS": "1",
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    bot = Bot(process, data)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert (await bot.say("/status"))["status"]["running"] is None
            yield bot
            process.stdin.close()
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def call_later(seconds, what):
    asyncio.get_running_loop().call_later(seconds, what)


def children(pid, command):
    """Return the children of a process that run a command."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            words = (folder / "cmdline").read_text()
        except OSError:  # it has ended
            continue
        if int(parent) == pid and command in words:
            found.append(int(folder.name))
    return found


@dataclass
class Remains:
    """What lies in a data directory, read behind the bot's back."""

    data: Path
    runs: dict = field(default_factory=dict)
    """States by run."""
    adapters: dict = field(default_factory=dict)
    """Rows by version."""
    in_service: str | None = None
    """The name of the adapter that the pointer names."""

    @classmethod
    def of(cls, data):
        with closing(
            sqlite3.connect(f"file:{data}/myna.db?mode=ro", uri=True)
        ) as database:
            database.row_factory = sqlite3.Row
            runs = database.execute("SELECT * FROM runs").fetchall()
            adapters = database.execute("SELECT * FROM adapters").fetchall()
            pointer = database.execute(
                "SELECT version FROM promotions ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return cls(
            data,
            {row["id"]: row["state"] for row in runs},
            {row["version"]: row for row in adapters},
            f"home/{pointer['version']}" if pointer and pointer["version"] else None,
        )

    @property
    def promoted(self):
        """The names of all adapters that passed their exam."""
        return self._in_state("promoted")

    @property
    def tainted(self):
        """The names of those that were trained on what is gone since."""
        return self._in_state("tainted")

    def check(self):
        """Assert that nothing is half done: in the database, on disk, in service."""
        assert set(self.runs.values()) <= {"promoted", "failed"}
        states = {each["state"] for each in self.adapters.values()}
        assert states <= {"promoted", "tainted", "deleted"}
        assert self.in_service in {None, *self.promoted}
        rows = [each for each in self.adapters.values() if each["state"] != "deleted"]
        on_disk = self.data.glob("adapters/*/*")
        assert {str(each.relative_to(self.data)) for each in on_disk} == {
            each["path"] for each in rows
        }
        for adapter in rows:
            folder = self.data / adapter["path"]
            verify(folder)
            assert manifest_digest(folder) == adapter["manifest_digest"]
        kept = {each["run"] for each in rows}
        assert {self.runs[run] for run in kept} <= {"promoted"}
        assert {each.name for each in self.data.glob("runs/*")} <= kept

    def _in_state(self, state):
        rows = self.adapters.values()
        return {f"home/{row['version']}" for row in rows if row["state"] == state}
