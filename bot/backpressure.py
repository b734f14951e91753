"""Backpressure: how many questions are being answered, and when that is too many."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from bot.ports import Clock

FIRST_GUESS_SECONDS = 10.0
WEIGHT = 0.2
"""Of the latest answer in the mean of how long answers take."""


class Backpressure:
    """Counts the questions that wait for their answers, over all servers."""

    def __init__(self, clock: Clock, most: int) -> None:
        """0 sets no limit."""
        self._clock = clock
        self._most = most
        self._waiting = 0
        self._mean_seconds = FIRST_GUESS_SECONDS

    @property
    def is_full(self) -> bool:
        return 0 < self._most <= self._waiting

    @property
    def retry_after_seconds(self) -> int:
        """Say when those who wait now should be answered: it takes one answer's time.

        They are answered side by side, and the time that an answer takes has grown
        with how many there are.
        """
        return max(1, math.ceil(self._mean_seconds))

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places while a question is answered."""
        began = self._clock.monotonic()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            took = self._clock.monotonic() - began
            self._mean_seconds += WEIGHT * (took - self._mean_seconds)
