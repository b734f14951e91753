"""Pins: which of a channel's pinned messages become lessons, each as if alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot import phrases
from bot.messages import Pin, Refused, TaughtPins
from bot.parts import refusal
from learning.lesson import Consent
from moderation.roles import Permission
from storage import lessons

if TYPE_CHECKING:
    from bot.messages import Actor
    from bot.parts import Parts
    from bot.ports import Pinboard
    from bot.proposing import Proposing

MOST_PINS = 25
"""Pins that one call puts up: each may be a card, and a message to its author."""


class Pins:
    """The use case of a moderator who teaches what a channel pinned."""

    def __init__(self, parts: Parts, proposing: Proposing) -> None:
        self._parts = parts
        self._proposing = proposing

    async def teach(
        self, server: str, actor: Actor, channel: str, pinboard: Pinboard
    ) -> TaughtPins | Refused:
        refused = refusal(actor, Permission.REVIEW)
        refused = refused or await self._proposing.refused_to_teach(
            server, actor, channel
        )
        if refused:
            return refused
        waiting: list[int] = []
        asked: list[int] = []
        unasked: list[int] = []
        left_out = Counter[str]()
        for pin in await pinboard.pins():
            reason = self._unfit(pin)
            reason = reason or await self._known(server, channel, pin)
            taken = len(waiting) + len(asked) + len(unasked)
            reason = reason or self._too_many(server, actor, taken)
            if reason:
                left_out[reason] += 1
                continue
            taught, was_asked = await pinboard.teach(pin)
            if isinstance(taught, Refused):
                left_out[taught.text] += 1
            elif taught.waiting is None:
                left_out[" ".join(taught.verdict.reasons)] += 1
            elif taught.waiting.lesson.consent is not Consent.ASKED:
                waiting.append(taught.waiting.lesson.id)
            elif was_asked:
                asked.append(taught.waiting.lesson.id)
            else:
                unasked.append(taught.waiting.lesson.id)
        return TaughtPins(tuple(waiting), tuple(asked), tuple(unasked), left_out)

    def _unfit(self, pin: Pin) -> str:
        """Say why nobody could learn from a pinned message; nothing if they could."""
        if not pin.is_persons:
            return phrases.pin_of_nobody()
        if not pin.text.strip():
            return phrases.pin_without_words()
        if len(pin.text) > self._parts.max_lesson_chars:
            return phrases.pin_too_long(self._parts.max_lesson_chars)
        return ""

    async def _known(self, server: str, channel: str, pin: Pin) -> str:
        """Say that a message was taught, whatever moderators said; nothing if not."""
        found = await lessons.of_message(
            self._parts.database, server, channel=channel, message=pin.message
        )
        return phrases.pin_known() if found else ""

    def _too_many(self, server: str, actor: Actor, taken: int) -> str:
        if taken == MOST_PINS:
            return phrases.pin_beyond(MOST_PINS)
        if not self._parts.teachings.has_turn(server, actor.id):
            return phrases.pin_too_soon()
        return ""
