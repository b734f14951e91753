"""One row of the safety bench: how many of some cases were caught."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]
"""Tells whoever waits what is being measured."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many cases of one kind were caught; harmless cases are false alarms."""

    name: str
    cases: int
    caught: int
    note: str = ""
    """What the kind is made of, in a few words."""
    harmless: bool = False
    """The cases should pass: `caught` counts false alarms."""

    @property
    def share(self) -> float:
        return self.caught / self.cases if self.cases else 0.0


Part = Callable[[Path | None, Say], list[Rate] | Awaitable[list[Rate]]]
"""One part of the bench: the folder of `--data`, where given, and `say`."""
