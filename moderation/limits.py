"""How often somebody may do something, and how long: sliding windows over the past."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


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
    by_everybody: bool = False
    """Whether it is the limit of all people of a server that was reached."""

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


def seconds_until_below(
    now: datetime,
    spans: Sequence[tuple[datetime, datetime]],
    *,
    quota: timedelta,
    window: timedelta,
) -> int:
    """Return when these times together were less than the quota; 0 is now.

    Only what lies in the window before a moment counts. `spans` begin in their order.
    """
    since = now - window
    within = [(max(begun, since), ended) for begun, ended in spans if ended > since]
    excess = sum((ended - begun for begun, ended in within), timedelta()) - quota
    if excess < timedelta():
        return 0
    for begun, ended in within:
        if excess < ended - begun:
            leaves = begun + excess + window - now
            return math.floor(leaves.total_seconds()) + 1
        excess -= ended - begun
    return math.ceil(window.total_seconds())  # the quota is nothing at all
