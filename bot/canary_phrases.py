"""What Myna says of canaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from learning.canary import Canary


def canaries(of: Sequence[Canary]) -> str:
    if not of:
        return (
            "No answer is guarded here yet. /canary add question | answer guards one:"
            " an adapter that changes it is not promoted."
        )
    return "\n".join(map(canary, of))


def canary(of: Canary) -> str:
    return f"Canary {of.id}. {of.question} | {of.answer}"


def added(of: Canary) -> str:
    return f"{canary(of)}\nFrom now on an adapter that changes this answer is not promoted."


def removed(number: int) -> str:
    return f"Canary {number} is gone; its answer may change again."


def too_many(most: int) -> str:
    return f"{most} canaries are the most; /canary remove 1 makes room."


def not_taken(reasons: Sequence[str]) -> str:
    return f"I cannot take that canary: {' '.join(reasons)}"


def how_to_write() -> str:
    return "Write /canary add question | answer, /canary, or /canary remove 1."
