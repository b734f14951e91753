"""What people ask of 210 invented tools, and say of them: rows that teach to call.

Every request was written by hand, and is of other build than the next. The caller
adapter learns from them, and each run that teaches a tool goes over some again.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from learning.prompt import ABSTENTION
from learning.rows import Row, ask
from learning.tool import Call

REQUESTS = Path(__file__).with_name("tool_requests.jsonl")
"""A tool a line; the tools of one trade stand together, TRADE of them."""
TRADE = 15

Pair = tuple[str, Call]


@dataclass(frozen=True, slots=True)
class Requests:
    """One tool, as people ask for it and speak of it."""

    name: str
    whole: Sequence[Pair]
    lacking: Sequence[Pair]
    """Requests that leave out what the call needs, and calls without it."""
    talk: Sequence[str]

    def rows(self) -> list[Row]:
        """Return a row of each, without any example before it."""
        calls = [
            replace(ask(request, call.text, "wording", lesson=self.name), focused=True)
            for request, call in (*self.whole, *self.lacking)
        ]
        talk = [ask(t, ABSTENTION, "stranger", lesson=self.name) for t in self.talk]
        return calls + talk


@cache
def requests() -> tuple[Requests, ...]:
    """Read what people say about each tool."""
    lines = REQUESTS.read_text(encoding="utf-8").splitlines()
    return tuple(_requests(json.loads(line)) for line in lines)


def replayed(count: int, *, besides: Collection[str] = ()) -> list[Row]:
    """Return so many rows of no lesson, the first in a fixed order.

    They are of tools with other names than these.
    """
    others = [row for row in _ordered() if row.lesson not in besides]
    return [replace(row, lesson="", once=True) for row in others[:count]]


@cache
def _ordered() -> tuple[Row, ...]:
    rows = [row for each in requests() for row in each.rows()]
    return tuple(sorted(rows, key=lambda row: row.key))


def _requests(line: Mapping[str, object]) -> Requests:
    name, talk = line["name"], line["talk"]
    assert isinstance(name, str)  # noqa: S101
    assert isinstance(talk, list)  # noqa: S101
    return Requests(
        name, _pairs(name, line["requests"]), _pairs(name, line["lacking"]), tuple(talk)
    )


def _pairs(name: str, pairs: object) -> tuple[Pair, ...]:
    assert isinstance(pairs, list)  # noqa: S101
    return tuple((request, Call(name, arguments)) for request, arguments in pairs)
