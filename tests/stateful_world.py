"""A Myna that lives through anything: real storage and rows, weights that tell all.

The trainer writes what its rows say beside what the weights it starts from said, so
that an adapter's file holds all that real weights could.
"""

import json
import shutil
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from learning import dataset
from learning.exam import LessonMark, Scorecard
from learning.lesson import LessonState
from learning.rows import load_rows
from learning.run import load_spec
from moderation.roles import Role
from storage import adapters
from storage.adapters import AdapterState
from tests.core_steps import open_home
from tests.fakes import FakeClock, finish_run, knowledge_of
from tests.learning_steps import lexicon
from tests.stateful_ledger import GUILD, SERVERS, Ledger, marks_in, person

WEIGHTS = "adapter_model.safetensors"


class World:
    """A home, its ledger, and what happens while it learns."""

    def __init__(self, folder):
        self._folder = folder
        self._lives = 0
        self._stack = AsyncExitStack()
        self.root = folder / "0"
        self.ledger = Ledger()
        self.clock = FakeClock()
        self.home = None
        self.meanwhile = {}
        """What to await once, by stage: `train` or `exam`."""
        self.forgets = set()
        """Digests of lessons that never take."""
        self.snapshot = None
        self.runs = Counter()
        """Whose rows were written, by kind."""
        self.running = None
        """The task that learns."""

    async def open(self):
        prepare = partial(dataset.prepare, lexicon=lexicon())
        self.home = await self._stack.enter_async_context(
            open_home(
                self.root,
                clock=self.clock,
                prepare=partial(self._prepare, prepare),
                trainer=self,
                examine=self._examine,
            )
        )
        # Nobody cuts the power here, and waiting for the disk is most of the time.
        await self.home.parts.database.rows("PRAGMA synchronous = OFF")

    async def close(self):
        await self._stack.aclose()

    async def set_up(self):
        admin = person("ada", GUILD, Role.ADMIN)
        await self.home.core.set_up(GUILD, admin, review_channel="review")

    def die(self):
        """Keep the disk as it is at this moment; `rise` starts from it."""
        self._lives += 1
        self.snapshot = self._folder / str(self._lives)
        shutil.copytree(self.root, self.snapshot)

    async def rise(self):
        await self.close()
        self.root, self.snapshot = self.snapshot, None
        await self.open()

    async def train(self, run, *, on_progress):
        await self._happens("train")
        spec, rows = load_spec(run), load_rows(run)
        learned = dict(_weights(spec.parent))
        for row in rows:
            if row.lesson and row.lesson not in self.forgets:
                learned[row.messages[-1].content] = row.answer
                learned[row.lesson] = row.answer
        return finish_run(run, learned, rows=len(rows))

    async def check(self):
        """Hold everything that is served or kept against the ledger."""
        for server in SERVERS:
            await self._check_memory(server)
            await self._check_weights(server)
        self._check_disk()

    def _prepare(self, prepare, directory, spec, *, lessons, old):
        spec = prepare(directory, spec, lessons=lessons, old=old)
        self.runs[str(spec.kind)] += 1
        allowed = self.ledger.trainable(spec.server)
        rows = marks_in((directory / "rows.jsonl").read_text())
        assert rows <= allowed, f"rows hold {rows - allowed}"
        inherited = marks_in(json.dumps(_weights(spec.parent)))
        assert inherited <= allowed, f"started from {inherited - allowed}"
        return spec

    async def _examine(self, engine, *, server, adapter, lessons, **_others):
        if adapter is not None and adapter.server == server:
            await self._happens("exam")
        known = knowledge_of(adapter)
        marks = tuple(LessonMark(each.id, each.digest in known) for each in lessons)
        recall = sum(mark.passed for mark in marks) / max(1, len(marks))
        return Scorecard(recall, 1.0, 3.0, 1.0, 0, marks)

    async def _happens(self, stage):
        happens = self.meanwhile.pop(stage, None)
        if happens:
            await happens()

    async def _check_memory(self, server):
        approved = self.ledger.of(LessonState.APPROVED, server=server)
        memory = self.home.parts.memory._lessons
        held = {id_ for of, id_ in memory if of == server}
        assert held == {each.id for each in approved}

    async def _check_weights(self, server):
        """No adapter that serves, or could be rolled back to, holds what it may not."""
        database, root = self.home.parts.database, self.home.parts.directory.root
        serving = await adapters.current(database, server)
        if serving:
            assert serving.state is AdapterState.PROMOTED, serving
        allowed = self.ledger.may_be_in_weights(server)
        for each in await adapters.in_state(database, server, AdapterState.PROMOTED):
            held = marks_in((root / each.path / WEIGHTS).read_text())
            assert held <= allowed, f"{each.name} holds {held - allowed}"
            ids = await adapters.contained_lessons(database, server, each.version)
            known = {self.ledger.entries[server, id_].mark for id_ in ids}
            assert held <= known, f"{each.name} holds {held - known} unrecorded"

    def _check_disk(self):
        """The words of forgotten lessons are in no row of the database."""
        gone = self.ledger.gone()
        for path in self.home.parts.directory.database.parent.glob("*.db*"):
            found = marks_in(path.read_bytes().decode("latin-1")) & gone
            assert not found, f"{path.name} holds {found}"


def _weights(folder):
    """Read what weights say; nothing at all where a run starts from none."""
    if folder is None:
        return {}
    text = (Path(folder) / WEIGHTS).read_text("utf-8")
    return json.loads(text)
