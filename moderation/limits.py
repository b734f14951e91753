"""How often one person may do something: a sliding window over past moments."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in any `window_seconds`; a count of 0 sets no limit."""

    count: int
    window_seconds: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether somebody may go on, and the history to keep for the next time."""

    granted: bool
    history: tuple[float, ...]
    retry_after_seconds: int = 0

    @property
    def reason(self) -> str:
        if self.granted:
            return ""
        return f"That was a lot; try again in {self.retry_after_seconds} s."


def take(now: float, history: Sequence[float], *, limit: Limit) -> Turn:
    """Take a turn at `now`, in monotonic seconds, after those in `history`.

    A refused try does not count, so that insisting does not lengthen the wait.
    """
    if limit.count <= 0:
        return Turn(granted=True, history=())
    recent = tuple(moment for moment in history if now - moment < limit.window_seconds)
    if len(recent) < limit.count:
        return Turn(granted=True, history=(*recent, now))
    # The wait ends when the oldest of the last `count` turns leaves the window.
    wait = recent[-limit.count] + limit.window_seconds - now
    return Turn(
        granted=False, history=recent, retry_after_seconds=max(1, math.ceil(wait))
    )
