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
    Learned,
    Question,
    Refused,
    Reply,
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
    core: Core, lessons: Sequence[Mapping[str, Any]], *, server: str = SERVER
) -> None:
    """Teach and approve every lesson."""
    for lesson in lessons:
        taught = await core.teach(
            Teaching(
                server=server,
                actor=TEACHER,
                kind=LessonKind(lesson["kind"]),
                question=lesson.get("question", ""),
                answer=lesson.get("answer", ""),
                text=lesson.get("text", ""),
            )
        )
        if isinstance(taught, Refused) or taught.refused:
            raise MynaError(f"Bench lesson {lesson['id']} was refused: {taught}")
    approved = await core.approve_all(server, TEACHER)
    if isinstance(approved, Refused) or approved.held:
        raise MynaError(f"Bench lessons were held: {approved}")


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
