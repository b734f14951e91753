"""What Slack said, kept for a while and not without end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from bot.ports import Clock

SIZE = 5000

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Keeps each answer for so many seconds."""

    def __init__(self, clock: Clock, *, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._kept: dict[tuple[str, str], tuple[float, Value]] = {}

    def get(self, key: tuple[str, str]) -> Value | None:
        until, value = self._kept.get(key, (0.0, None))
        return value if self._clock.monotonic() < until else None

    def put(self, key: tuple[str, str], value: Value) -> None:
        if len(self._kept) >= SIZE:
            self._kept.clear()
        self._kept[key] = (self._clock.monotonic() + self._seconds, value)
