"""The machine's clock: the only place that asks it for the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The real time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock itself

    def monotonic(self) -> float:
        return time.monotonic()
