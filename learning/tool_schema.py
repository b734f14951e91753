"""Which JSON Schemas a tool's parameters may have.

Stricter than JSON Schema: every keyword that is kept costs little to check, and
moderators are shown it or need not know. A `pattern` is neither: it may take hours to try.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from learning.errors import LessonError
from learning.tool import MOST_NAME, TYPES, Tool
from learning.tool_json import shown

FORMATS = frozenset(
    {"date", "date-time", "time", "email", "uri", "uuid", "ipv4", "ipv6"}
    | {"int32", "int64", "float", "double"}
)
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LENGTHS = ("minLength", "maxLength", "minItems", "maxItems")
CHOICES = ("anyOf", "oneOf", "allOf")
KEYWORDS = frozenset(
    {"type", "description", "enum", "default", "format", "items", "properties"}
    | {"required", "additionalProperties", "uniqueItems", "multipleOf"}
    | {*NUMBERS, *LENGTHS, *CHOICES}
)
_SAYS_NOTHING = frozenset({"title", "$schema", "examples", "$comment"})
"""What programs write into schemas although nothing depends on it."""
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*")
MOST_DEPTH = 5
MOST_DESCRIPTION = 500
"""Of one parameter: what moderators still read, and programs rarely exceed."""


def checked(
    schema: Any, what: str = "the parameters", depth: int = 0
) -> dict[str, Any]:
    """Return a schema without what says nothing.

    Raises LessonError naming the parameter and what is off with it.
    """
    if not isinstance(schema, dict):
        raise LessonError(f"The schema of {what} must be a JSON object.")
    if depth > MOST_DEPTH:
        raise LessonError(f"{what} is nested too deeply; {MOST_DEPTH} levels are most.")
    kept = _kept(schema, what)
    _check_type(kept, what, depth)
    _check_words(kept, what, depth)
    if "properties" in kept:
        kept["properties"] = _checked_properties(kept["properties"], what, depth)
    if "items" in kept:
        kept["items"] = checked(kept["items"], f"each of {what}", depth + 1)
    for keyword in CHOICES:
        if keyword in kept:
            kept[keyword] = _checked_choices(kept[keyword], what, depth)
    return kept


def partial_problems(tool: Tool, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what is wrong with arguments, some of which may be missing still."""
    schema = {**tool.parameters, "required": []}
    return replace(tool, parameters=schema).problems(arguments)


def check_defaults(tool: Tool) -> None:
    """Refuse a default that its own schema refuses. Raises LessonError."""
    defaults = {
        name: each["default"]
        for name, each in tool.properties.items()
        if "default" in each
    }
    problems = partial_problems(tool, defaults)
    if problems:
        raise LessonError(f"A default does not fit: {shown(problems[0], 200)}")


def _kept(schema: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return a schema's known keywords. Raises LessonError at one that is not."""
    kept = {name: each for name, each in schema.items() if name not in _SAYS_NOTHING}
    form = kept.get("format")
    if not isinstance(form, str) or form not in FORMATS:
        # Only an annotation where it is unknown; `regex` would try anybody's pattern.
        kept.pop("format", None)
    for keyword in kept:
        if keyword not in KEYWORDS:
            raise LessonError(
                f"Leave {shown(keyword)} out of the schema of {what}, and say it in the"
                f" description. It may have {', '.join(sorted(KEYWORDS))}."
            )
    return kept


def _check_type(schema: Mapping[str, Any], what: str, depth: int) -> None:
    kind = schema.get("type", "object" if depth == 0 else None)
    is_known = isinstance(kind, str) and kind in TYPES
    is_left_open = kind is None and (depth > 1 or "enum" in schema)
    if not is_known and not is_left_open:
        raise LessonError(f"Say of which type {what} is: {', '.join(sorted(TYPES))}.")
    if "enum" in schema:
        choices = schema["enum"]
        if not (isinstance(choices, list) and choices) or not all(
            isinstance(each, str | int | float) for each in choices
        ):
            raise LessonError(
                f"List what {what} may be: texts or numbers, one or more."
            )


def _check_words(schema: Mapping[str, Any], what: str, depth: int) -> None:
    description = schema.get("description", "")
    if not isinstance(description, str) or len(description) > MOST_DESCRIPTION:
        raise LessonError(
            f"Describe {what} in a text of at most {MOST_DESCRIPTION} characters."
        )
    more = schema.get("additionalProperties", False)
    if not isinstance(more, bool) or (more and depth == 0):
        raise LessonError(f"Name all of {what}; additionalProperties must be false.")


def _checked_choices(choices: Any, what: str, depth: int) -> list[dict[str, Any]]:
    if depth == 0 or not isinstance(choices, list):
        raise LessonError(f"{what} cannot be one thing or another; list them all.")
    # Two levels down, so that each may be of no type of its own.
    return [checked(each, what, depth + 2) for each in choices]


def _checked_properties(properties: Any, what: str, depth: int) -> dict[str, Any]:
    if not isinstance(properties, dict):
        raise LessonError(f"The properties of {what} must be a JSON object.")
    for name in properties:
        if not NAME.fullmatch(name) or len(name) > MOST_NAME:
            raise LessonError(
                f"{shown(name)!r} is no name for a parameter; use a word."
            )
    return {name: checked(each, name, depth + 1) for name, each in properties.items()}
