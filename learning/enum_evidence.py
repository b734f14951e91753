"""Which values of an enum a request speaks of at all.

A small model fills in `status: open` because most requests that it has seen had a
status. Where every example that gives such a value says it in its request, by its own
name or another one, a request that says none gives none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from learning import choice_likelihood
from learning.choice_likelihood import Likelihood, is_closed
from learning.lexicon import Encoder
from learning.subject import stem
from learning.tool import Call, Tool
from learning.tool_values import aliases_of

LEAST = 0.02
"""What is less likely than this is left out, of booleans as of enums. On tools held out
from the fit the right one stayed in 99.7 % of the booleans."""
CLEARLY_LESS = 0.25
"""An enum's choice is left out that is less likely than this share of the likeliest one.
On the held-out tools the right one stayed in 88 % of the enums, where the likeliest alone
was right in 79 %; an adapter of two other communities chose rightly in 22 of 40 from all
that was left at LEAST (docs/LOG.md)."""
SURE = 0.95
"""A choice as likely as this leaves no other: 99 % of such were right (docs/LOG.md)."""
LEAST_LACKING = 0.05
"""Where the absence of an enum is less likely than this, a choice is given: none was in
1 % of such requests."""
LEAST_UNMARKED = 0.3
"""The same of an optional boolean: in 1 %. One that is needed is given unless it surely
is not: it was in 14 of 16 requests."""
SURELY_ABSENT = 0.93
"""From this on nothing is given: right in 98 % of enums and of booleans."""
MOST_WEIGHED = 300
"""Characters of a request that meanings are weighed in: a longer one has more spans than
are looked at."""

Examples = Iterable[tuple[str, Call]]


def narrowed(tool: Tool, examples: Examples, request: str) -> Tool:
    """Return the tool as a request may call it: without values that nothing speaks of.

    Only enums that every example bears out are narrowed. One that needs a value keeps
    all of them where the request speaks of none.
    """
    taught = list(examples)
    properties: dict[str, Mapping[str, Any]] = {}
    for name, schema in tool.properties.items():
        if "enum" not in schema or not _is_borne_out(name, schema, taught):
            properties[name] = schema
            continue
        spoken_of = [v for v in schema["enum"] if speaks_of(request, v, schema)]
        if spoken_of or name in tool.required:
            properties[name] = {**schema, "enum": spoken_of or schema["enum"]}
    return replace(tool, parameters={**tool.parameters, "properties": properties})


def weighed(
    tool: Tool, examples: Examples, request: str, encoder: Encoder | None = None
) -> tuple[Tool, frozenset[str]]:
    """Return the tool as a request may call it, and what the request surely gives.

    They are `narrowed` and `said`. With an encoder, where words decide nothing, what is
    unlikely by its meaning is left out too, of booleans as of enums.
    """
    taught = list(examples)
    sure = said(tool, taught, request)
    if encoder is None or len(request) > MOST_WEIGHED:
        return narrowed(tool, taught, request), sure
    properties = dict(narrowed(tool, taught, request).properties)
    for name, schema in tool.properties.items():
        if not is_closed(schema) or _is_decided(name, schema, taught, request):
            continue
        likely = choice_likelihood.likelihood(tool, taught, name, request, encoder)
        kept, may_lack = possible(likely, schema, needed=name in tool.required)
        if _is_borne_out(name, schema, taught) and likely.is_absent:
            kept = []  # words and meaning both: none is spoken of
        properties.pop(name, None)
        if kept or name in tool.required:
            properties[name] = {**schema, "enum": kept} if kept else schema
        if not may_lack:
            sure |= {name}
    ordered = {name: properties[name] for name in tool.properties if name in properties}
    return replace(tool, parameters={**tool.parameters, "properties": ordered}), sure


def is_silent(
    tool: Tool,
    examples: Examples,
    name: str,
    request: str,
    encoder: Encoder | None = None,
) -> bool:
    """Say whether a request speaks of no value of an enum that requests always name.

    With an encoder one is spoken of that is likelier than all else.
    """
    schema, taught = tool.properties[name], list(examples)
    if not _is_borne_out(name, schema, taught) or _speaks_of_any(request, schema):
        return False
    if encoder is None or len(request) > MOST_WEIGHED:
        return True
    likely = choice_likelihood.likelihood(tool, taught, name, request, encoder)
    return likely.is_absent


def said(tool: Tool, examples: Examples, request: str) -> frozenset[str]:
    """Name the enums that a request surely gives: it speaks of one of their values.

    Only those that every example gives where, and only where, it speaks of one.
    """
    taught = list(examples)
    return frozenset(
        name
        for name, schema in tool.properties.items()
        if "enum" in schema
        and _is_borne_out(name, schema, taught)
        and _speaks_of_any(request, schema)
        and all(
            name in call.arguments or not _speaks_of_any(asked, schema)
            for asked, call in taught
        )
    )


def speaks_of(request: str, value: Any, schema: Mapping[str, Any]) -> bool:
    """Say whether a request has an enum's value, another name of it, or its stem."""
    said = str(value).replace("_", " ")
    for each in (str(value), said, *aliases_of(value, schema)):
        pattern = rf"(?<![^\W\d_]){re.escape(each)}(?![^\W\d_])"
        if re.search(pattern, request, re.IGNORECASE):
            return True
    stems = _stems(request)
    return all(stem(word) in stems for word in said.split())


@lru_cache(maxsize=256)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in re.findall(r"\w+", text))


def possible(
    likely: Likelihood, schema: Mapping[str, Any], *, needed: bool
) -> tuple[list[Any], bool]:
    """Return the choices that may be meant, and whether none may be.

    They are of a parameter with this schema, `needed` where its tool requires it.
    """
    if likely.absent >= SURELY_ABSENT:
        return [], True
    share, lacking = CLEARLY_LESS, LEAST_LACKING
    if "enum" not in schema:
        share, lacking = 0.0, SURELY_ABSENT if needed else LEAST_UNMARKED
    least = max(LEAST, share * max(chance for _, chance in likely.choices))
    sure = [value for value, chance in likely.choices if chance >= SURE]
    kept = [value for value, chance in likely.choices if chance >= least]
    return sure or kept, not sure and likely.absent >= lacking


def _is_decided(
    name: str, schema: Mapping[str, Any], taught: list[tuple[str, Call]], request: str
) -> bool:
    """Say whether words decide, or no example shows how a parameter is given."""
    if not any(name in call.arguments for _, call in taught):
        return True
    return _is_borne_out(name, schema, taught) and _speaks_of_any(request, schema)


def _speaks_of_any(request: str, schema: Mapping[str, Any]) -> bool:
    return any(speaks_of(request, value, schema) for value in schema["enum"])


def _is_borne_out(
    name: str, schema: Mapping[str, Any], examples: list[tuple[str, Call]]
) -> bool:
    giving = [
        (r, call.arguments[name]) for r, call in examples if name in call.arguments
    ]
    return (
        "enum" in schema
        and bool(giving)
        and all(speaks_of(r, value, schema) for r, value in giving)
    )
