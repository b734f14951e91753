"""What Myna says of limits: each refusal says when to try again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moderation.limits import Turn

MINUTE, HOUR = 60, 3600
IN_SECONDS, IN_MINUTES = 2 * MINUTE, 2 * HOUR
"""Up to which time it is told in seconds, and in minutes."""


def too_fast(of: Turn) -> str:
    if of.by_everybody:
        return (
            "This server has taught as much as it may in an hour; try again in"
            f" {wait(of.retry_after_seconds)}."
        )
    return f"That was a lot at once; try again in {wait(of.retry_after_seconds)}."


def training_quota_spent(minutes: int, retry_after_seconds: int) -> str:
    return (
        f"This server has used its {minutes} minutes of training a day; try again in"
        f" {wait(retry_after_seconds)}. Memory knows what was approved until then."
    )


def too_many_questions(retry_after_seconds: int) -> str:
    return (
        "I have many questions to answer just now; try again in"
        f" {wait(retry_after_seconds)}."
    )


def wait(seconds: int) -> str:
    """A time to wait, rounded up: `50 seconds`, `20 minutes`, `3 hours`."""
    if seconds <= IN_SECONDS:
        return _count(seconds, "second")
    if seconds <= IN_MINUTES:
        return _count(math.ceil(seconds / MINUTE), "minute")
    return _count(math.ceil(seconds / HOUR), "hour")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
