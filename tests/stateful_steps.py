"""What the rules of random histories share: to run, to pick, to write down."""

import asyncio
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from bot.messages import Learned, Refused
from learning.errors import MynaError
from learning.lesson import LessonKind, LessonState
from tests.stateful_ledger import PEOPLE, SERVERS, moderator
from tests.stateful_world import World

SUBJECTS = (
    "Orion gateway",
    "Lyra server",
    "Vega archive",
    "harbour office",
    "boat house",
    "chess club",
)
FORMS = {
    LessonKind.QA: ("Which label does the {} carry?", "{}."),
    LessonKind.FACT: ("The label of the {} is {}.",),
    LessonKind.RULE: ("When somebody asks about the {}, name {}.",),
}

servers = st.sampled_from(SERVERS)
people = st.sampled_from(PEOPLE)
subjects = st.sampled_from(SUBJECTS)
numbers = st.integers(0, 63)
"""Picks one of those that there are."""
learns = st.sampled_from((False, True))
"""Whether a run follows at once: few histories would learn often if left to chance."""


class Steps(RuleBasedStateMachine):
    """A world, and what every rule does with it."""

    seen: ClassVar[Counter] = Counter()
    """What all histories together came to."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="myna-history-"))
        self.runner = asyncio.Runner()
        self.world = World(self.folder)
        self.ledger = self.world.ledger

    @initialize()
    def begin(self):
        self.run(self.world.open())
        self.run(self.world.set_up())
        self.seen["step"] -= 1  # it is checked after this too

    def teardown(self):
        self.run(self.world.close())
        self.runner.close()
        shutil.rmtree(self.folder)
        self.seen.update(self.world.runs)

    @property
    def core(self):
        return self.world.home.core

    def run(self, call):
        """Run to the end; what Myna says it cannot do is None."""
        try:
            return self.runner.run(call)
        except MynaError:
            return None

    @invariant()
    def holds(self):
        if self.world.home is None:
            return
        self.seen["step"] += 1
        self.runner.run(self.world.check())

    async def train(self, server, start, missed):
        self.world.forgets = {(await self.lesson(missed)).digest} if missed else set()
        task = asyncio.create_task(
            self.core.learn(server, moderator(server), start=start)
        )
        self.world.running = task
        try:
            result = await task
        except (MynaError, asyncio.CancelledError):
            self.seen["failed"] += 1
            return
        if isinstance(result, Learned):
            self.seen["promoted"] += result.promoted

    def words(self, kind, subject, mark):
        form = FORMS.get(kind, FORMS[LessonKind.FACT])
        if kind is LessonKind.QA:
            return {"question": form[0].format(subject), "answer": form[1].format(mark)}
        return {"text": form[0].format(subject, mark)}

    async def lesson(self, entry):
        detail = await self.core.lesson(
            entry.server,
            entry.id,
            channel=entry.channel,
            actor=moderator(entry.server),
        )
        return detail.lesson

    def wrote(self, taught, mark):
        if isinstance(taught, Refused) or taught.waiting is None:
            return None
        return self.ledger.taught(taught.waiting.lesson, mark)

    def settled(self, lessons):
        for lesson in lessons:
            if lesson.state is LessonState.APPROVED:
                self.ledger.approved(lesson)
            else:
                self.ledger.entries[lesson.server, lesson.id].state = lesson.state


def pick(entries, number):
    return entries[number % len(entries)] if entries else None


def in_days(clock, days):
    return days and clock.now() + timedelta(days=days)
