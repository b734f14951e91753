"""Teaches the bench's lessons through the core, and asks its questions."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.bench.data import Asked, contains_key
from bot.core import Core
from bot.messages import (
    CURRENT,
    OFF,
    Actor,
    Decision,
    Learned,
    Question,
    Refused,
    Reply,
    Ruling,
    Taught,
    Teaching,
)
from learning.errors import MynaError
from learning.lesson import LessonKind
from learning.run import Progress
from moderation.roles import Role

SERVER = "bench"
TEACHER = Actor(id="bench", name="bench", role=Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Condition:
    """With what the questions are answered."""

    name: str
    memory: bool
    adapter: str


BASE = Condition("base", memory=False, adapter=OFF)
MEMORY = Condition("memory alone", memory=True, adapter=CURRENT)
ADAPTER = Condition("adapter alone", memory=False, adapter=CURRENT)
BOTH = Condition("both", memory=True, adapter=CURRENT)


@dataclass(frozen=True, slots=True)
class Answered:
    """One question, its answer, and whether that was right."""

    asked: Asked
    reply: Reply

    @property
    def right(self) -> bool:
        if not self.asked.keys:
            return self.reply.abstained
        return contains_key(self.reply.text, self.asked.keys)


async def teach(
    core: Core,
    lessons: Sequence[Mapping[str, Any]],
    *,
    server: str = SERVER,
    teacher: Actor = TEACHER,
) -> list[int]:
    """Teach and approve every lesson; return their numbers. Raises MynaError."""
    numbers = []
    for lesson in lessons:
        taught = await core.teach(
            Teaching(
                server=server,
                actor=teacher,
                kind=LessonKind(lesson["kind"]),
                question=lesson.get("question", ""),
                answer=lesson.get("answer", ""),
                text=lesson.get("text", ""),
            )
        )
        numbers.append(await approve(core, taught, server=server))
    return numbers


async def approve(core: Core, taught: Taught | Refused, *, server: str) -> int:
    """Approve what waits, flagged or not, and return its number. Raises MynaError."""
    if isinstance(taught, Refused) or taught.waiting is None:
        raise MynaError(f"A lesson of the bench was refused: {taught}")
    number = taught.waiting.lesson.id
    decided = await core.decide(Decision(server, TEACHER, number, Ruling.APPROVE))
    if isinstance(decided, Refused):
        raise MynaError(f"A lesson of the bench was not approved: {decided.text}")
    return number


async def learn(
    core: Core, on_progress: Callable[[Progress], None], *, server: str = SERVER
) -> Learned:
    """Train on them."""
    learned = await core.learn(server, TEACHER, on_progress=on_progress)
    if isinstance(learned, Refused):
        raise MynaError(learned.text)
    return learned


async def ask(
    core: Core,
    asked: Sequence[Asked],
    condition: Condition,
    *,
    server: str = SERVER,
) -> list[Answered]:
    """Ask everything under one condition, one question after another."""
    answered = []
    for each in asked:
        reply = await core.answer(
            Question(
                server=server,
                actor=TEACHER,
                text=each.question,
                memory=condition.memory,
                adapter=condition.adapter,
            )
        )
        if isinstance(reply, Refused):
            reply = Reply(text=reply.text)
        answered.append(Answered(each, reply))
    return answered


def summarise(answered: Sequence[Answered]) -> dict[str, float]:
    """Return the share of right answers by group, and of abstentions on the taught."""
    groups: dict[str, list[bool]] = {}
    for each in answered:
        groups.setdefault(each.asked.group, []).append(each.right)
    shares = {group: statistics.mean(right) for group, right in groups.items()}
    taught = [a for a in answered if a.asked.group in {"taught", "shared", "unshared"}]
    held_out = [a.right for a in taught if a.asked.group != "taught"]
    if taught:
        shares["held out"] = statistics.mean(held_out)
        shares["all taught"] = statistics.mean(a.right for a in taught)
        shares["abstained on taught"] = statistics.mean(
            a.reply.abstained for a in taught
        )
    first = [a.reply.seconds_to_first_token for a in answered if a.reply.seconds]
    if first:
        shares["seconds to first token"] = statistics.median(first)
    return {name: round(value, 4) for name, value in shares.items()}
