"""Remembers how often each person, and each server, did something lately."""

from dataclasses import replace

from bot.ports import Clock
from moderation.limits import Limit, Turn, take

MAX_PEOPLE = 10_000
"""Beyond this the one who has been quiet the longest is forgotten."""


EVERYBODY = ""
"""In the place of a person: all of a server together."""
NO_LIMIT = Limit(count=0, window_seconds=1)


class Limiter:
    """A limit for each person of each server, and one for all of a server together."""

    def __init__(
        self, clock: Clock, limit: Limit, server_limit: Limit = NO_LIMIT
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._server_limit = server_limit
        self._histories: dict[tuple[str, str], tuple[float, ...]] = {}

    def has_turn(self, server: str, person: str) -> bool:
        """Say whether a turn would be granted now; none is taken."""
        return self._look(server, EVERYBODY).granted and (
            self._look(server, person).granted
        )

    def take(self, server: str, person: str) -> Turn:
        """Take a turn, or learn how long to wait for one."""
        turn, of_all = self._look(server, person), self._look(server, EVERYBODY)
        if turn.granted and not of_all.granted:
            return replace(of_all, by_everybody=True)
        if turn.granted:
            self._keep(server, EVERYBODY, of_all)
        self._keep(server, person, turn)
        return turn

    def _look(self, server: str, person: str) -> Turn:
        """Say what a turn taken now would be."""
        limit = self._server_limit if person == EVERYBODY else self._limit
        history = self._histories.get((server, person), ())
        return take(self._clock.monotonic(), history, limit=limit)

    def _keep(self, server: str, person: str, turn: Turn) -> None:
        self._histories.pop((server, person), None)
        self._histories[server, person] = turn.history
        if len(self._histories) > MAX_PEOPLE:
            del self._histories[next(iter(self._histories))]
