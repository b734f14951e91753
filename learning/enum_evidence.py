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

from learning.subject import stem
from learning.tool import Call, Tool
from learning.tool_values import aliases_of

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


def is_silent(tool: Tool, examples: Examples, name: str, request: str) -> bool:
    """Say whether a request speaks of no value of an enum that requests always name."""
    schema = tool.properties[name]
    borne_out = _is_borne_out(name, schema, list(examples))
    return borne_out and not _speaks_of_any(request, schema)


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


def _speaks_of_any(request: str, schema: Mapping[str, Any]) -> bool:
    return any(speaks_of(request, value, schema) for value in schema["enum"])


def _is_borne_out(
    name: str, schema: Mapping[str, Any], examples: list[tuple[str, Call]]
) -> bool:
    giving = [
        (r, call.arguments[name]) for r, call in examples if name in call.arguments
    ]
    return bool(giving) and all(speaks_of(r, value, schema) for r, value in giving)
