"""How likely a request gives each choice of an enum or a boolean, by what it means.

People say `basement` for a cellar and `can't have gluten` for gluten_free. The sentence
encoder that finds a tool compares a request, and spans of its words, with the names of
a choice and with the examples that give it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from learning.lexicon import Encoder
from learning.request_words import FUNCTION_WORDS
from learning.subject import stem
from learning.tool import Call, Tool, spoken_name
from learning.tool_values import aliases_of

MOST_SPANS = 40
"""Of a request: a text takes the encoder 2 to 4 ms (docs/LOG.md)."""
LONGEST_SPAN_WORDS = 4
MOST_SHARED = 3

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_NEGATION = re.compile(
    r"\b(?:no|not|non|without|never|cannot|skip|nobody|none|nor|neither|dont)\b"
    r"|n['\u2019]t\b",
    re.IGNORECASE,
)

Examples = Sequence[tuple[str, Call]]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The probabilities of a parameter's choices, and of its absence; their sum is 1."""

    choices: tuple[tuple[Any, float], ...]
    absent: float

    @property
    def is_absent(self) -> bool:
        """Whether no choice is likelier than none."""
        return all(chance <= self.absent for _, chance in self.choices)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for one choice."""

    named: float
    """The cosine of the nearest span of the request to one of the choice's names."""
    shared: int
    """How many stems it shares with the choice's examples, and with no others."""
    about: float
    """The cosine of the whole request to the choice with its parameter."""
    more_about: float
    """How much nearer to these it is than any example that does not give the choice."""
    nearer: float
    """How much nearer an example of the choice is to it than the others are."""
    is_false: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """Of a conditional logit model (McFadden, 1973), in which absence scores nothing."""

    given: float
    named: float
    shared: float
    about: float
    more_about: float
    nearer: float
    required: float
    """Added to each choice of what a tool requires."""
    false: float = 0.0
    negated_true: float = 0.0
    negated_false: float = 0.0


ENUM = Weights(-4.9, 7.1, 0.3, 1.2, 3.7, 2.2, 1.7)
BOOLEAN = Weights(-4.4, 5.9, 0.7, 1.4, 2.8, 0.5, 2.2, -2.3, 0.6, 2.3)
"""Both were fitted to 210 tools with eight examples each; on tools that were held out from
the fit the likeliest option was right in 79 % of enums and 89 % of booleans
(docs/LOG.md)."""


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Say whether a parameter has choices: it is an enum or a boolean."""
    return "enum" in schema or schema.get("type") == "boolean"


def likelihood(
    tool: Tool, examples: Examples, name: str, request: str, encoder: Encoder
) -> Likelihood:
    """Say how likely a request gives each choice of a parameter, and none."""
    weights = ENUM if "enum" in tool.properties[name] else BOOLEAN
    needed = weights.required if name in tool.required else 0.0
    found = signs(tool, examples, name, request, encoder)
    odds = [math.exp(_score(each, weights) + needed) for _, each in found]
    whole = 1 + sum(odds)
    choices = zip((value for value, _ in found), odds, strict=True)
    return Likelihood(tuple((v, each / whole) for v, each in choices), 1 / whole)


def signs(
    tool: Tool, examples: Examples, name: str, request: str, encoder: Encoder
) -> Sequence[tuple[Any, Signs]]:
    """Return what speaks for each choice of a parameter."""
    schema = tool.properties[name]
    asked = encoder.encode([request, *spans_of(request)])  # (1 + spans, dimensions)
    requests = encoder.encode([each for each, _ in examples] or [""])
    cosines = requests @ asked[0]  # (examples,)
    words = _stems(request)
    negated = _NEGATION.search(request) is not None
    found = []
    for value in schema.get("enum", (True, False)):
        names = _names(name, schema, value)
        wholly, *named = encoder.encode([_spoken(name, schema, value), *names])
        gives = [_is(call.arguments.get(name), value) for _, call in examples]
        own = np.flatnonzero(gives)
        others = np.flatnonzero(np.logical_not(gives))
        about = float(asked[0] @ wholly)
        least = float((requests[others] @ wholly).max()) if len(others) else about
        nearer = (
            float(cosines[own].max() - cosines[others].max())
            if len(own) and len(others)
            else 0.0
        )
        of_value = Signs(
            named=float((asked[1:] @ np.stack(named).T).max(initial=0.0)),
            shared=len(words & _own_stems(tool, examples, gives)),
            about=about,
            more_about=about - least,
            nearer=nearer,
            is_false=value is False,
            negated=negated,
        )
        found.append((value, of_value))
    return found


def spans_of(request: str) -> list[str]:
    """Return the spans of a request that may name a choice, the short ones first."""
    words = list(_WORD.finditer(request))
    found: dict[str, None] = {}
    for length in range(1, LONGEST_SPAN_WORDS + 1):
        for first, last in zip(words, words[length - 1 :], strict=False):
            if not {first[0].lower(), last[0].lower()} & FUNCTION_WORDS:
                found[request[first.start() : last.end()].lower()] = None
    return list(found)[:MOST_SPANS]


def _score(of_value: Signs, weights: Weights) -> float:
    score = (
        weights.given
        + weights.named * of_value.named
        + weights.shared * min(of_value.shared, MOST_SHARED)
        + weights.about * of_value.about
        + weights.more_about * of_value.more_about
        + weights.nearer * of_value.nearer
    )
    if of_value.is_false:
        return score + weights.false + weights.negated_false * of_value.negated
    return score + weights.negated_true * of_value.negated


def _names(name: str, schema: Mapping[str, Any], value: Any) -> list[str]:
    if "enum" in schema:
        names = [str(value).replace("_", " "), *aliases_of(value, schema)]
    else:
        names = [spoken_name(name), str(schema.get("description") or "")]
    return [each.lower() for each in names if each]


def _spoken(name: str, schema: Mapping[str, Any], value: Any) -> str:
    spoken = spoken_name(name)
    said = str(value).replace("_", " ").lower()
    return f"{said} {spoken}" if "enum" in schema else spoken


def _own_stems(tool: Tool, examples: Examples, gives: Sequence[bool]) -> frozenset[str]:
    """Return the stems of the examples that give a choice alone, open values left out."""
    own, others = set[str](), set[str]()
    for (request, call), is_own in zip(examples, gives, strict=True):
        if is_own:
            own |= _stems(request) - _open_stems(tool, call)
        else:
            others |= _stems(request)
    return frozenset(own - others)


def _open_stems(tool: Tool, call: Call) -> frozenset[str]:
    values = (
        str(value)
        for name, value in call.arguments.items()
        if not is_closed(tool.properties.get(name, {}))
    )
    return frozenset[str]().union(*map(_stems, values))


@lru_cache(maxsize=1024)
def _stems(text: str) -> frozenset[str]:
    words = (word[0].lower() for word in _WORD.finditer(text))
    return frozenset(stem(word) for word in words if word not in FUNCTION_WORDS)


def _is(given: object, value: object) -> bool:
    """Say whether two values are the same, 1 and true apart."""
    return type(given) is type(value) and given == value
