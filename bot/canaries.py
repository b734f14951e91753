"""Canaries: the questions whose answers moderators guard against training."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import canary_phrases
from bot.messages import Refused
from bot.parts import refusal
from moderation.roles import Permission
from moderation.screen import screen
from storage import canaries

if TYPE_CHECKING:
    from bot.messages import Actor
    from bot.parts import Parts
    from learning.canary import Canary

MOST = 50
"""Each is asked twice in every exam."""


class Canaries:
    """The use cases of moderators."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def add(
        self, server: str, actor: Actor, question: str, answer: str
    ) -> Canary | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        verdict = await asyncio.to_thread(screen, question, answer)
        if verdict.refused:
            return Refused(canary_phrases.not_taken(verdict.reasons))
        database = self._parts.database
        known = await canaries.all_of(database, server)
        is_new = question not in {each.question for each in known}
        if is_new and len(known) >= MOST:
            return Refused(canary_phrases.too_many(MOST))
        now = self._parts.clock.now()
        return await canaries.add(
            database, server, question=question, answer=answer, by=actor.id, at=now
        )

    async def all(self, server: str, actor: Actor) -> tuple[Canary, ...] | Refused:
        refused = refusal(actor, Permission.REVIEW)
        return refused or await canaries.all_of(self._parts.database, server)

    async def remove(self, server: str, actor: Actor, canary: int) -> int | Refused:
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        now = self._parts.clock.now()
        await canaries.remove(self._parts.database, server, canary, by=actor.id, at=now)
        return canary
