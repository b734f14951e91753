"""Remembers how often each person did something lately."""

from bot.ports import Clock
from moderation.limits import Limit, Turn, take

MAX_PEOPLE = 10_000
"""Beyond this the one who has been quiet the longest is forgotten."""


class Limiter:
    """One limit, kept for each person of each server."""

    def __init__(self, clock: Clock, limit: Limit) -> None:
        self._clock = clock
        self._limit = limit
        self._histories: dict[tuple[str, str], tuple[float, ...]] = {}

    def has_turn(self, server: str, person: str) -> bool:
        """Say whether a turn would be granted now; none is taken."""
        history = self._histories.get((server, person), ())
        return take(self._clock.monotonic(), history, limit=self._limit).granted

    def take(self, server: str, person: str) -> Turn:
        """Take a turn, or learn how long to wait for one."""
        key = (server, person)
        history = self._histories.pop(key, ())
        turn = take(self._clock.monotonic(), history, limit=self._limit)
        self._histories[key] = turn.history
        if len(self._histories) > MAX_PEOPLE:
            del self._histories[next(iter(self._histories))]
        return turn
