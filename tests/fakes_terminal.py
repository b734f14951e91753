"""A core that answers from a script, and a clock that stands still."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.chat import Chat
from bot.core import Core
from bot.messages import (
    Actor,
    ApprovedAll,
    Credit,
    Decided,
    Forgotten,
    HistoryEntry,
    Imported,
    ImportProblem,
    Notice,
    Refused,
    Reply,
    RolledBack,
    Ruling,
    StatusReport,
    Taught,
    ToReview,
    Waiting,
    Why,
)
from bot.reviewing import left_out
from bot.session import LocalSession
from learning.errors import ConflictError, NotFoundError
from learning.lesson import Lesson, LessonKind, LessonState
from learning.run import Progress
from moderation.policy import Gate
from moderation.provenance import Provenance
from moderation.review import Obstacle
from moderation.roles import Permission, Role, may
from moderation.verdict import Finding, Severity, Verdict

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)
OPEN_GATE = Gate(granted=True, reason="Its provenance allows training.")
YOU = Actor("u1", "Ada", Role.MODERATOR)


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return NOON

    def monotonic(self):
        return self.seconds


def a_lesson(number, text="Ana runs Orion.", *, author=YOU, supersedes=None):
    return Lesson(
        server="home",
        id=number,
        kind=LessonKind.FACT,
        question="",
        answer="",
        text=text,
        author=author.id,
        author_name=author.name,
        provenance=Provenance.TYPED,
        state=LessonState.PENDING,
        taught_at=NOON,
        supersedes=supersedes,
    )


HELD = Verdict((Finding("profanity", Severity.HOLD, "It swears."),))


@dataclass
class FakeCore(Core):
    """Keeps lessons in a dict; answers with whatever it was approved last."""

    calls: list = field(default_factory=list)
    waiting: dict = field(default_factory=dict)
    known: dict = field(default_factory=dict)
    told: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    breaks: Exception | None = None
    hold: asyncio.Event | None = None
    held: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    learned: object = None
    pieces: tuple = ()
    curve: tuple = ()

    async def close(self):
        self.calls.append("close")

    async def answer(self, question, on_text=None):
        self.questions.append(question)
        if self.breaks:
            raise self.breaks
        await self._held()
        if not self.known or not question.memory:
            return Reply("I don't know that yet.", abstained=True)
        lesson = list(self.known.values())[-1]
        credit = Credit(
            lesson.id,
            lesson.author_name,
            lesson.statement,
            in_memory=True,
            author_id=lesson.author,
        )
        for piece in self.pieces:
            on_text(piece)
        return Reply(
            lesson.statement,
            lessons=(credit,),
            notes=(credit,),
            adapter="home/3",
            seconds_to_first_token=0.25,
        )

    async def _held(self):
        if self.hold:
            self.held.set()
            try:
                await self.hold.wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise

    async def why(self, server, actor):
        if not self.questions:
            return None
        reply = await FakeCore.answer(self, self.questions[-1])
        return Why(self.questions[-1].text, reply, NOON)

    async def teach(self, teaching):
        if not may(teaching.actor.role, Permission.TEACH):
            return Refused("Your role may not teach here; ask a moderator.")
        words = teaching.text or f"{teaching.question} {teaching.answer}"
        if "password" in words:
            secret = Finding("secret", Severity.REFUSE, "It holds a secret.")
            return Taught(None, Verdict((secret,)))
        number = len(self.waiting) + len(self.known) + 1
        lesson = a_lesson(number, words, author=teaching.actor)
        verdict = HELD if "damn" in words else Verdict()
        self.waiting[number] = Waiting(lesson, verdict, OPEN_GATE)
        return Taught(self.waiting[number], verdict)

    async def import_lessons(self, server, rows, actor):
        waiting, problems = [], []
        for row in rows:
            if row.problem:
                problems.append(ImportProblem(row.line, row.problem))
                continue
            lesson = a_lesson(row.line, row.fields["text"])
            waiting.append(Waiting(lesson, Verdict(), OPEN_GATE))
        return Imported(tuple(waiting), tuple(problems))

    async def queue(self, server, actor):
        return tuple(self.waiting.values())

    async def to_review(self, server, actor):
        return ToReview((), tuple(self.waiting.values()))

    async def left_out(self, server, actor, lessons):
        return tuple(
            left_out(each, Obstacle.FLAGGED, each.verdict)
            for number, each in self.waiting.items()
            if number in lessons and each.flagged
        )

    async def decide(self, decision):
        if not may(decision.actor.role, Permission.REVIEW):
            return Refused("Your role may not review lessons here; ask a moderator.")
        self.calls.append(decision)
        if decision.lesson in self.known:
            raise ConflictError(f"Lesson {decision.lesson} is approved already.")
        if decision.lesson not in self.waiting:
            raise NotFoundError(f"There is no lesson {decision.lesson} here.")
        lesson = self.waiting.pop(decision.lesson).lesson
        if decision.ruling is Ruling.APPROVE:
            lesson = replace(lesson, state=LessonState.APPROVED)
            self.known[lesson.id] = lesson
        return Decided(lesson, decision.ruling, decision.reason)

    async def approve_all(self, server, actor):
        held = [each for each in self.waiting.values() if each.verdict.held]
        free = [each for each in self.waiting.values() if not each.verdict.held]
        for each in free:
            self.known[each.lesson.id] = self.waiting.pop(each.lesson.id).lesson
        return ApprovedAll(tuple(each.lesson for each in free), tuple(held))

    async def edit(self, server, actor, lesson, **fields):
        self.calls.append((lesson, fields))
        return Taught(self.waiting[lesson], Verdict())

    async def learn(self, server, actor, *, start=None, on_progress=None):
        self.calls.append(start)
        if not may(actor.role, Permission.RUN):
            return Refused("Your role may not start a run; ask a moderator.")
        if on_progress:
            on_progress(Progress("training", 4, 8, loss=0.5, seconds_left=12.0))
            on_progress(Progress("training", 5, 8, loss=0.4, seconds_left=9.0))
        await self._held()
        if self.learned is None:
            return Refused("Nothing new to learn. Teach me: /teach")
        return self.learned

    async def forget(self, server, actor, lesson):
        if lesson not in self.known:
            raise NotFoundError(f"There is no lesson {lesson} here.")
        gone = self.known.pop(lesson)
        return Forgotten(gone, ("home/3",), fresh_run_due=True)

    async def rollback(self, server, actor, version=None):
        if version == 9:
            raise NotFoundError("There is no adapter 9 here. (/history)")
        return RolledBack("home/3", f"home/{version or 2}")

    async def status(self, server):
        return StatusReport(
            server,
            "home/3",
            len(self.known),
            len(self.waiting),
            to_learn=0,
            fresh_run_due=False,
            running=None,
            last_run="",
        )

    async def history(self, server, *, limit=20):
        return (HistoryEntry(NOON, "Ada", "lesson 1 taught by Ada"),)

    async def remembered(self, server):
        return self.curve

    async def lessons(self, server, text="", *, channel=None):
        return tuple(each for each in self.known.values() if text in each.statement)

    async def export(self, server, actor):
        return [f'{{"text": "{each.text}"}}' for each in self.known.values()]

    async def notices(self, server, person):
        told, self.told = self.told, []
        return tuple(Notice(server, person, text) for text in told)


def a_session(core, *, folder=Path(), clock=None, actor=YOU, **choices):
    chat = Chat(core, "home", actor, folder, **choices)
    return LocalSession(chat, clock or StillClock())
