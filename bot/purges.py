"""Purges: what was begun before a server was purged must not write after it."""

from collections import Counter


class Purges:
    """Counts the purges of each server in this process."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def begin(self, server: str) -> None:
        """Note that a server is purged from now on."""
        self._counts[server] += 1

    def so_far(self, server: str) -> int:
        """Return a number that changes when the server is purged."""
        return self._counts[server]
