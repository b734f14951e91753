"""When each event reached the bot, when it first reacted, and how often it answered."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_COMMAND, _COMPONENT, _MODAL = 2, 3, 5
_MESSAGE_CALLBACKS = (4, 7)


@dataclass
class Delivery:
    """One thing a person did, and what the bot made of it; times are monotonic."""

    id: int
    channel_id: int
    sent_at: float
    acknowledged_at: float | None = None
    answered_at: float | None = None
    answers: int = 0
    deferred: bool = False

    @property
    def acknowledged_after(self) -> float | None:
        """Seconds until the bot first reacted; None if it never did."""
        if self.acknowledged_at is None:
            return None
        return self.acknowledged_at - self.sent_at

    @property
    def answered_after(self) -> float | None:
        """Seconds until the first answer was there; None if none came."""
        return None if self.answered_at is None else self.answered_at - self.sent_at


@dataclass
class Deliveries:
    """Watches both directions.

    A message is acknowledged by typing in its channel (each typing counts for the
    oldest message still waiting there), a reaction on it or a reply to it, and
    answered by replies. An interaction is acknowledged by its callback, and answered
    by a message in the callback, the first edit of a deferred one, or a followup.
    """

    bot_id: int
    by_id: dict[int, Delivery] = field(default_factory=dict)
    _tokens: dict[str, Delivery] = field(default_factory=dict)

    def sent(self, event: str, payload: Mapping[str, Any]) -> None:
        """Note what a person did."""
        if event == "INTERACTION_CREATE":
            self._tokens[payload["token"]] = self._add(payload)
        elif event == "MESSAGE_CREATE" and not payload["author"].get("bot"):
            self._add(payload)

    def requested(self, method: str, path: str, body: Any) -> None:
        """Note what the bot did: only requests that Discord served."""
        now = time.monotonic()
        parts = path.strip("/").split("/")
        if parts[0] == "interactions":
            self._called_back(self._tokens[parts[2]], body, now)
        elif parts[0] == "webhooks" and parts[2] in self._tokens:
            self._followed_up(self._tokens[parts[2]], method, path, now)
        elif method == "POST" and parts[-1] == "typing":
            self._typed(int(parts[1]), now)
        elif method == "PUT" and "reactions" in parts:
            self._acknowledge(self.by_id.get(int(parts[3])), now)
        elif method == "POST" and re.fullmatch(r"/channels/\d+/messages", path):
            reference = (body or {}).get("message_reference") or {}
            self._answer(self.by_id.get(int(reference.get("message_id", 0))), now)

    def _add(self, payload: Mapping[str, Any]) -> Delivery:
        delivery = Delivery(
            id=int(payload["id"]),
            channel_id=int(payload["channel_id"]),
            sent_at=time.monotonic(),
        )
        self.by_id[delivery.id] = delivery
        return delivery

    def _called_back(self, delivery: Delivery, body: Any, now: float) -> None:
        self._acknowledge(delivery, now)
        if body["type"] in _MESSAGE_CALLBACKS:
            self._answer(delivery, now)
        else:
            delivery.deferred = True

    def _followed_up(
        self, delivery: Delivery, method: str, path: str, now: float
    ) -> None:
        edits_deferred = method == "PATCH" and path.endswith("/messages/@original")
        if method == "POST" or (edits_deferred and delivery.deferred):
            self._answer(delivery, now)
            delivery.deferred = False

    def _typed(self, channel_id: int, now: float) -> None:
        waiting = (
            delivery
            for delivery in self.by_id.values()
            if delivery.channel_id == channel_id and delivery.acknowledged_at is None
        )
        self._acknowledge(next(waiting, None), now)

    def _acknowledge(self, delivery: Delivery | None, now: float) -> None:
        if delivery is not None and delivery.acknowledged_at is None:
            delivery.acknowledged_at = now

    def _answer(self, delivery: Delivery | None, now: float) -> None:
        if delivery is None:
            return
        self._acknowledge(delivery, now)
        delivery.answers += 1
        if delivery.answered_at is None:
            delivery.answered_at = now
