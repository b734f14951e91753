"""One tool, asked for in many ways: other values, other words, and what needs no call.

The requests that people gave are the models. Where a value stands in a request, other
values take its place in both; the words around it are exchanged for others
(`tool_words`), framed, and left out as people do in haste. Others are put together of
what examples begin with and what they say before each value, in any order.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learning import tool_values
from learning.lesson import Lesson
from learning.tool import Call, Tool, calls_of, spoken_name, tool_of
from learning.tool_values import shown
from learning.tool_words import (
    OPENERS,
    framed,
    imperative,
    in_haste,
    in_other_words,
    near_misses,
)

ROWS = 168
"""Wordings of one tool; a run sees each of them once, and the examples in every epoch.
Three times as many rows seen once cost what they would seen three times."""
COMPOSED = 0.35
"""The share of them that is put together anew."""
RESERVED = 2
HELD_TRIES = 8
"""How many are drawn for the exam: some are the examples themselves."""
LACKING = 3
"""Requests without a value, for each that a call needs."""
OPTIONAL = 0.35
"""How often an optional value is named in what is put together."""
MOST_OPENING_WORDS = 6
TRIES = 5

_CONNECTIVES = frozenset(
    "in on at for of to from about with by called named as into within".split()
)
_PREPOSITION = rf"(?:(?:the|a|an|{'|'.join(sorted(_CONNECTIVES))})\s+)*"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its call."""

    request: str
    call: Call


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the value of a parameter stands in a request."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ToolExpansion:
    """A tool's requests to train on, those for the exam, and what is no request."""

    taught: tuple[Asked, ...]
    """The examples themselves first."""
    held: tuple[Asked, ...]
    lacking: tuple[Asked, ...]
    """Requests without something that a call needs, and calls without it."""
    misses: tuple[str, ...]
    """About the tool or its things, and no request."""


def expand(lesson: Lesson) -> ToolExpansion:
    """Word a tool's requests many ways, seeded by the lesson's digest.

    Raises LessonError where the lesson's words have not the form of a tool.
    """
    draw = random.Random(lesson.digest)  # noqa: S311
    examples = tuple(Asked(request, call) for request, call in calls_of(lesson))
    maker = _Maker(tool_of(lesson), examples, draw)
    count = ROWS - len(examples)
    composed = round(count * COMPOSED) if examples else count // 4
    taught = [*examples, *(maker.composed() for _ in range(composed))]
    held: list[Asked] = []
    if examples:
        turns = range(count - composed)
        taught += [maker.variant(examples[n % len(examples)], n) for n in turns]
        own = {example.request.casefold() for example in examples}
        drawn = (maker.variant(draw.choice(examples), n) for n in range(HELD_TRIES))
        new = _distinct([a for a in drawn if a.request.casefold() not in own])
        held = list(new[:RESERVED])
    taken = {asked.request.casefold() for asked in held}
    return ToolExpansion(
        taught=_distinct([a for a in taught if a.request.casefold() not in taken]),
        held=tuple(held),
        lacking=_distinct(maker.lacking()),
        misses=near_misses(maker.tool, draw),
    )


def slots(request: str, call: Call, tool: Tool) -> tuple[Slot, ...]:
    """Find the values that stand in a request; none of them overlap.

    The longest are looked for first. A value of an enum may stand there by another
    name: `European` for `eu`.
    """
    found: list[Slot] = []
    arguments = sorted(call.arguments.items(), key=lambda pair: -len(str(pair[1])))
    for name, value in arguments:
        if name not in tool.properties or isinstance(value, (bool, list, dict)):
            continue
        schema = tool.properties[name]
        names = tool_values.aliases_of(value, schema) if "enum" in schema else ()
        for said in (str(value), *names):
            place = _free(request, said, found)
            if place is not None:
                found.append(Slot(name, *place))
                break
    return tuple(sorted(found, key=lambda slot: slot.start))


def _free(request: str, said: str, taken: Sequence[Slot]) -> tuple[int, int] | None:
    """Return where whole words stand in a request that no other value has taken."""
    for match in re.finditer(
        rf"(?<!\w){re.escape(said)}(?!\w)", request, re.IGNORECASE
    ):
        if all(match.end() <= s.start or match.start() >= s.end for s in taken):
            return match.span()
    return None


class _Maker:
    """Words one tool's requests, all by one generator."""

    def __init__(
        self, tool: Tool, examples: Sequence[Asked], draw: random.Random
    ) -> None:
        self.tool = tool
        self._examples = examples
        self._draw = draw
        self._pool = _pool(examples)
        self._openings = _openings(tool, examples)
        self._before = _before(tool, examples)

    def variant(self, example: Asked, turn: int) -> Asked:
        """Word an example again: each turn exchanges values, most of them words too."""
        marked, arguments = example.request, dict(example.call.arguments)
        values: dict[str, str] = {}
        found = slots(example.request, example.call, self.tool)
        drawn = self._values([slot.name for slot in found])
        for number, slot in reversed(list(enumerate(found))):
            said = marked[slot.start : slot.end]
            schema, old = self.tool.properties[slot.name], arguments[slot.name]
            value = drawn[slot.name]
            if "enum" in schema:
                written = shown(schema, value, self._draw)
            elif isinstance(value, str) and isinstance(old, str) and old != said:
                value, written = (
                    tool_values.styled(value, old),
                    tool_values.styled(value, said),
                )
            else:
                written = str(value)
            arguments[slot.name] = value
            mark = f"\x00{number}\x00"
            values[mark] = written
            marked = marked[: slot.start] + mark + marked[slot.end :]
        marked = self._reworded(marked, turn)
        for mark, written in values.items():
            marked = marked.replace(mark, written)
        return Asked(" ".join(marked.split()), Call(self.tool.name, arguments))

    def composed(self) -> Asked:
        """Put a request together: an opening, and the values in any order."""
        draw, tool = self._draw, self.tool
        named = [
            name
            for name in tool.properties
            if name in tool.required or draw.random() < OPTIONAL
        ]
        arguments = {
            name: value
            for name, value in self._values(named).items()
            if not isinstance(value, (bool, dict))
        }
        phrases = [self._phrase(name, value) for name, value in arguments.items()]
        draw.shuffle(phrases)
        opening = draw.choice(self._openings)
        joined = draw.choice((" ", " ", ", ")).join(phrases)
        said = f"{opening} {joined}" if draw.random() < 0.8 else f"{joined} {opening}"  # noqa: PLR2004
        if draw.random() < 0.3:  # noqa: PLR2004
            said = framed(said.strip(), draw)
        return Asked(" ".join(said.split()).strip(" ,:"), Call(tool.name, arguments))

    def lacking(self) -> list[Asked]:
        """Take a needed value out of requests, and out of their calls."""
        made = []
        for name in self.tool.required:
            having = [
                example
                for example in self._examples
                if any(
                    s.name == name
                    for s in slots(example.request, example.call, self.tool)
                )
            ]
            for example in self._draw.sample(having, min(LACKING, len(having))):
                lacks = self._without(self.variant(example, 0), name)
                made += [lacks] if lacks else []
        return made

    def _without(self, whole: Asked, name: str) -> Asked | None:
        """Leave one value out; None where nothing would be left to ask."""
        places = slots(whole.request, whole.call, self.tool)
        place = next((slot for slot in places if slot.name == name), None)
        if place is None:
            return None
        before = re.sub(
            rf"(?<!\w){_PREPOSITION}$",
            "",
            whole.request[: place.start],
            flags=re.IGNORECASE,
        )
        request = " ".join((before + whole.request[place.end :]).split())
        rest = {k: v for k, v in whole.call.arguments.items() if k != name}
        return Asked(request, Call(whole.call.name, rest)) if request else None

    def _values(self, names: Sequence[str]) -> dict[str, Any]:
        """Draw a value for each; two of one enum differ, as from and to do."""
        made: dict[str, Any] = {}
        for name in names:
            schema = self.tool.properties[name]
            pool = self._pool.get(name, ())
            value = tool_values.drawn(schema, pool, self._draw)
            for _ in range(TRIES):
                if "enum" not in schema or value not in made.values():
                    break
                value = tool_values.drawn(schema, pool, self._draw)
            made[name] = value
        return made

    def _phrase(self, name: str, value: Any) -> str:
        """Say a value as examples do, or with the parameter's own name."""
        written = (
            ", ".join(map(str, value))
            if isinstance(value, list)
            else shown(self.tool.properties[name], value, self._draw)
        )
        forms = [*self._before.get(name, ()), "", ""]
        if not isinstance(value, str):
            forms.append("")
        forms.append(f"{spoken_name(name)} ")
        return f"{self._draw.choice(forms)}{written}"

    def _reworded(self, text: str, turn: int) -> str:
        if turn % 4 != 0:
            text = in_other_words(text, self._draw)
        if turn % 4 == 2:  # noqa: PLR2004
            return framed(text, self._draw)
        return in_haste(text, self._draw) if turn % 4 == 3 else text  # noqa: PLR2004


def _openings(tool: Tool, examples: Sequence[Asked]) -> list[str]:
    """Return what a request may begin with: as examples do, or by what the tool does."""
    found = []
    for example in examples:
        first = min(
            (s.start for s in slots(example.request, example.call, tool)), default=0
        )
        words = example.request[:first].rstrip(" ,:").split()
        while words and words[-1].casefold() in _CONNECTIVES:
            words.pop()
        if 0 < len(words) <= MOST_OPENING_WORDS:
            found.append(" ".join(words))
    wanted = imperative(tool.description)
    asked = wanted[:1].lower() + wanted[1:]
    found += [
        spoken_name(tool.name),
        tool.name,
        wanted,
        *(o.format(d=asked) for o in OPENERS),
    ]
    return found


def _before(tool: Tool, examples: Sequence[Asked]) -> Mapping[str, Sequence[str]]:
    """Return the small words that examples put before each value."""
    found: dict[str, list[str]] = {}
    for example in examples:
        for slot in slots(example.request, example.call, tool):
            before = example.request[: slot.start].split()
            if before and before[-1].casefold() in _CONNECTIVES:
                found.setdefault(slot.name, []).append(f"{before[-1].lower()} ")
    return found


def _pool(examples: Sequence[Asked]) -> Mapping[str, Sequence[Any]]:
    """Collect the values that examples give to each parameter."""
    found: dict[str, list[Any]] = {}
    for example in examples:
        for name, value in example.call.arguments.items():
            found.setdefault(name, []).append(value)
    return found


def _distinct(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """Keep the first of each wording."""
    first: dict[str, Asked] = {}
    for each in asked:
        if each.request:
            first.setdefault(each.request.casefold(), each)
    return tuple(first.values())
