"""Purges: what was begun before one must not write after it as if nothing were."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Begun:
    """What a person began on a server, and how often either had been purged then."""

    server: str
    person: str
    purges: int
    erasures: int


class Purges:
    """Counts the purges of each server, and of each person there, in this process."""

    def __init__(self) -> None:
        self._servers: Counter[str] = Counter()
        self._people: Counter[tuple[str, str]] = Counter()

    def begin(self, server: str) -> None:
        """Note that a server is purged from now on."""
        self._servers[server] += 1

    def begin_person(self, server: str, person: str) -> None:
        """Note that a person is erased on a server from now on."""
        self._people[server, person] += 1

    def so_far(self, server: str) -> int:
        """Return a number that changes when the server is purged."""
        return self._servers[server]

    def begun(self, server: str, person: str) -> Begun:
        """Note when somebody began something."""
        erasures = self._people[server, person]
        return Begun(server, person, self.so_far(server), erasures)

    def has_purged(self, begun: Begun) -> bool:
        """Say whether the server was purged since."""
        return self.so_far(begun.server) != begun.purges

    def has_erased(self, begun: Begun) -> bool:
        """Say whether the person was erased there since."""
        return self._people[begun.server, begun.person] != begun.erasures
