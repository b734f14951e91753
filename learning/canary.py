"""Canaries of a server: questions whose answers no training may change."""

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class Canary:
    """A question that moderators guard, with the answer it has to keep."""

    id: int
    question: str
    answer: str


class Grade(IntEnum):
    """How an adapter answers a canary, the worst first."""

    WRONG = 0
    """It says something else."""
    SILENT = 1
    """It says that it does not know."""
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class CanaryMark:
    """How one canary was answered."""

    canary: int
    grade: Grade


def changed(
    before: tuple[CanaryMark, ...], after: tuple[CanaryMark, ...]
) -> tuple[int, ...]:
    """Name the canaries that are answered worse than before.

    An adapter that never knew the answer need not learn it, but one that kept silent
    may not begin to say something else.
    """
    stood = {mark.canary: mark.grade for mark in before}
    return tuple(
        mark.canary
        for mark in after
        if mark.grade < stood.get(mark.canary, Grade.RIGHT)
    )
