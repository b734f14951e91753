"""The steps that the tests of the core repeat: open, teach, approve, ask, learn."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.core import Core
from bot.limiter import Limiter
from bot.messages import Actor, Decision, Question, Ruling, Teaching
from bot.parts import Parts
from learning.lesson import LessonKind
from moderation.limits import Limit
from moderation.roles import Role
from storage import data_directory
from storage.database import open_database
from tests.fakes import (
    FakeAnnouncer,
    FakeClock,
    FakeEngine,
    FakeExam,
    FakeMemory,
    FakeTrainer,
    base_model,
    fake_prepare,
    skills_adapter,
)

SERVER = "home"
MEMBER = Actor("u1", "Uma", Role.MEMBER)
TEACHER = Actor("t1", "Tomas", Role.TEACHER)
MODERATOR = Actor("m1", "Mona", Role.MODERATOR)
ORION = "Who maintains the Orion staging server?"
UNLIMITED = Limit(count=0, window_seconds=60)


@dataclass
class Home:
    """A core with everything that it was built from."""

    core: Core
    parts: Parts

    async def teach(self, question=ORION, answer="Priya Raman does.", **fields):
        """Teach a question and its answer; return the lesson's id."""
        teaching = Teaching(
            **{
                "server": SERVER,
                "actor": TEACHER,
                "kind": LessonKind.QA,
                "question": question,
                "answer": answer,
                **fields,
            }
        )
        taught = await self.core.teach(teaching)
        return taught.waiting.lesson.id

    async def approve(self, lesson, server=SERVER):
        return await self.core.decide(
            Decision(server, MODERATOR, lesson, Ruling.APPROVE)
        )

    async def approved(self, *words, **fields):
        """Teach and approve; return the lesson's id."""
        lesson = await self.teach(*words, **fields)
        await self.approve(lesson, fields.get("server", SERVER))
        return lesson

    async def ask(self, text=ORION, *, on_text=None, **fields):
        question = Question(
            **{"server": SERVER, "actor": MEMBER, "text": text, **fields}
        )
        return await self.core.answer(question, on_text)

    async def learn(self, server=SERVER, **fields):
        return await self.core.learn(server, MODERATOR, **fields)

    async def forget(self, lesson, actor=MODERATOR):
        return await self.core.forget(SERVER, actor, lesson)


@asynccontextmanager
async def open_home(root, **changes):
    """Open a core over real storage in `root`, with fakes for the rest.

    Opening it again on the same root is a restart.
    """
    directory = data_directory.prepare(root / "data")
    skills = root / "skills"
    clock = changes.pop("clock", None) or FakeClock()
    key = changes.pop("key", "")
    async with open_database(directory.database, key=key) as database:
        parts = Parts(
            database=database,
            directory=directory,
            engine=FakeEngine(),
            memory=FakeMemory(),
            trainer=FakeTrainer(),
            clock=clock,
            announcer=FakeAnnouncer(),
            base=base_model(root / "base"),
            skills=changes["skills"] if "skills" in changes else skills_adapter(skills),
            prepare=fake_prepare,
            examine=FakeExam(),
            questions=Limiter(clock, UNLIMITED),
            teachings=Limiter(clock, UNLIMITED),
            runs_at_once=asyncio.Semaphore(1),
        )
        parts = replace(parts, **changes)
        core = Core(parts)
        await core.recover()
        try:
            yield Home(core, parts)
        finally:
            await core.close()
