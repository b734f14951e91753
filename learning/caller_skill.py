"""Builds the shipped caller adapter from many tools' requests: part of `make skills`.

It goes on from the skills adapter with 450 invented tools, asked for in words that no
rule writes: what is a request and what is talk, where a value begins and ends. A run
that teaches a tool starts from it, and it calls by their examples the tools that no
weights have learned.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from learning import dataset
from learning.engine import Message
from learning.prompt import ABSTENTION, SYSTEM
from learning.rows import Row, ask
from learning.skills import SKILLS, rebuild
from learning.tool import Call

REQUESTS = Path(__file__).with_name("tool_requests.jsonl")
"""A tool a line; the tools of one trade stand together, TRADE of them."""
TRADE = 15
CALLER = SKILLS / "caller"
WHOLE, LACKING, TALK = 9, 2, 3
"""What is taken of each tool: many tools matter more than much of each."""
SHOWN = 3
"""Examples of its own tool that a row shows before its request."""
SHOWN_EVERY, TALK_SHOWN_EVERY = 2, 6
"""So many tools have one row that shows examples; and one with talk after them."""
GENERAL, OF_SKILLS, CHATS = 100, 160, 60
"""Rows of what the skills adapter knows already."""

Each = TypeVar("Each")
Pair = tuple[str, Call]


@dataclass(frozen=True, slots=True)
class Requests:
    """One tool, as people ask for it and speak of it."""

    name: str
    whole: tuple[Pair, ...]
    lacking: tuple[Pair, ...]
    """Requests that leave out what the call needs, and calls without it."""
    talk: tuple[str, ...]


@cache
def requests() -> tuple[Requests, ...]:
    """Read what people say about each tool."""
    lines = REQUESTS.read_text(encoding="utf-8").splitlines()
    return tuple(_requests(json.loads(line)) for line in lines)


def rows(every: Sequence[Requests]) -> list[Row]:
    """Return the caller adapter's training rows."""
    draw = random.Random("caller")  # noqa: S311
    made = [row for tool in every for row in _plain(tool, draw)]
    for number in range(0, len(every), SHOWN_EVERY):
        tool, start = every[number], number - number % TRADE
        neighbours = [t for t in every[start : start + TRADE] if t.name != tool.name]
        made += _shown(tool, neighbours, draw, talks=number % TALK_SHOWN_EVERY == 0)
    made += dataset.replay_rows(general=GENERAL, skills=OF_SKILLS, chats=CHATS)
    return [row for _, row in sorted({row.key: row for row in made}.items())]


def main(argv: Sequence[str]) -> int:
    """Rebuild learning/skills/caller from the bundled model and the skills adapter."""
    parser = argparse.ArgumentParser(prog="python -m learning.caller_skill")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tools", type=int, help="only so many, to try it")
    parser.add_argument("--into", type=Path, default=CALLER)
    arguments = parser.parse_args(argv)
    taught = rows(requests()[: arguments.tools])
    threads = arguments.threads
    rebuild(
        arguments.into, taught, name="caller", epochs=1, threads=threads, parent=SKILLS
    )
    return 0


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


def _plain(tool: Requests, draw: random.Random) -> Iterator[Row]:
    whole = _some(tool.whole, WHOLE, draw)
    for request, call in (*whole, *_some(tool.lacking, LACKING, draw)):
        row = ask(request, call.text, "wording", lesson=tool.name)
        yield replace(row, focused=True)
    for message in _some(tool.talk, TALK, draw):
        yield ask(message, ABSTENTION, "stranger", lesson=tool.name)


def _some(of: Sequence[Each], count: int, draw: random.Random) -> list[Each]:
    return draw.sample(of, min(count, len(of)))


def _shown(
    tool: Requests, neighbours: Sequence[Requests], draw: random.Random, *, talks: bool
) -> Iterator[Row]:
    """Yield rows that show examples as a conversation, those of the tool itself last."""
    request, *examples = draw.sample(tool.whole, 1 + SHOWN)
    other = [draw.choice(each.whole) for each in draw.sample(neighbours, 1)]
    asked = ask(*_texts(request), "note", lesson=tool.name)
    yield _after([*other, *examples], replace(asked, focused=True))
    if talks:
        talk = ask(draw.choice(tool.talk), ABSTENTION, "stranger", lesson=tool.name)
        yield _after([*other, *examples], talk)


def _after(examples: Sequence[Pair], row: Row) -> Row:
    turns = [
        Message(role, text)
        for pair in examples
        for role, text in zip(("user", "assistant"), _texts(pair), strict=True)
    ]
    return replace(row, messages=(Message("system", SYSTEM), *turns, row.messages[-1]))


def _texts(pair: Pair) -> tuple[str, str]:
    request, call = pair
    return request, call.text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
