"""Schemas that programs wrote, made as plain as a tool's parameters must be.

An API's own description allows more than Myna checks; what is left out here (patterns,
alternatives beside null) the API judges by itself at the call.
"""

import re
from collections.abc import Mapping
from typing import Any

from learning import tool_json
from learning.errors import LessonError
from learning.tool import MOST_PARAMETERS, TYPES
from learning.tool_json import shown
from learning.tool_schema import FORMATS, LENGTHS, MOST_DESCRIPTION, NAME, NUMBERS

MOST_DEPTH = 5
MOST_STEPS = 2000
"""Schemas looked at for one operation: references may lead to each other for ever."""
_KEPT = ("enum", "default", "uniqueItems", *LENGTHS, *NUMBERS)
_POINTER = re.compile(r"#(?:/[^/]*)*")


class Simplifier:
    """Makes the schemas of one operation plain; follows references inside a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._steps = 0

    def schema(self, found: object, depth: int = 0) -> dict[str, Any]:
        """Return a schema in plain keywords. Raises LessonError where that is impossible."""
        if depth > MOST_DEPTH:
            raise LessonError("its schema is nested too deeply, or holds itself")
        found = self._merged(found)
        kind = self._kind(found)
        made = {"type": kind, **_kept(found)}
        if described := described_in(found):
            made["description"] = described
        if kind == "array":
            made["items"] = self.schema(found.get("items", {}), depth + 1)
        if kind == "object":
            made |= self._members(found, depth)
        return made

    def resolved(self, found: object) -> Mapping[str, Any]:
        """Follow `$ref` inside the document to what it names. Raises LessonError."""
        for _ in range(MOST_DEPTH * 4):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise LessonError("its schema is too large")
            if not isinstance(found, Mapping):
                raise LessonError("its description is malformed")
            if "$ref" not in found:
                return found
            found = self._at(found["$ref"])
        raise LessonError("its references lead in a circle")

    def _at(self, pointer: object) -> object:
        if not isinstance(pointer, str) or not _POINTER.fullmatch(pointer):
            raise LessonError("it refers to another document, which is not fetched")
        found: object = self._document
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or name not in found:
                raise LessonError(f"it refers to {shown(pointer)}, which is nowhere")
            found = found[name]
        return found

    def _merged(self, found: object, depth: int = 0) -> dict[str, Any]:
        """Resolve a schema, with what `allOf` and a single alternative add to it."""
        if depth > MOST_DEPTH:
            raise LessonError("its schema is nested too deeply, or holds itself")
        made = dict(self.resolved(found))
        parts = _listed(made.pop("allOf", []))
        for keyword in ("oneOf", "anyOf"):
            listed = [self.resolved(each) for each in _listed(made.pop(keyword, []))]
            kinds = [each for each in listed if each.get("type") != "null"]
            if len(kinds) > 1:
                raise LessonError("it accepts several kinds of values in one place")
            parts = [*parts, *kinds]
        for part in parts:
            other = self._merged(part, depth + 1)
            properties = {**_members(other), **_members(made)}
            required = [*_listed(other.get("required", []))]
            required += _listed(made.get("required", []))
            made = other | made
            made |= {"properties": properties} if properties else {}
            made |= {"required": required} if required else {}
        return made

    def _kind(self, found: Mapping[str, Any]) -> str:
        kind = found.get("type")
        if isinstance(kind, list):
            kinds = [each for each in kind if each != "null"]
            kind = kinds[0] if len(kinds) == 1 else "several"
        if kind is None:
            implied = {"properties": "object", "items": "array"}
            kind = next((implied[each] for each in implied if each in found), "string")
            choices = found.get("enum", [found.get("const", "")])
            if all(type(each) is int for each in _listed(choices)):
                kind = "integer"
        if not isinstance(kind, str) or kind not in TYPES:
            raise LessonError(f"it wants a value of type {shown(str(kind))}")
        return kind

    def _members(self, found: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """Return an object's properties; those that only come back are left out."""
        properties: dict[str, Any] = {}
        needed = [str(each) for each in _listed(found.get("required", []))]
        for name, each in _members(found).items():
            schema = self.resolved(each)
            if schema.get("readOnly") is True:
                continue
            is_needed = name in needed
            try:
                properties[named(name)] = self.schema(schema, depth + 1)
            except LessonError:
                if is_needed:
                    raise
        required = [name for name in dict.fromkeys(needed) if name in properties]
        if not properties:
            return {"additionalProperties": True} if depth else {"properties": {}}
        return {"properties": properties} | ({"required": required} if required else {})


def _kept(found: Mapping[str, Any]) -> dict[str, Any]:
    """Copy what means the same in a tool's schema. Raises LessonError."""
    made = {
        keyword: tool_json.plain(found[keyword])
        for keyword in _KEPT
        # Before OpenAPI 3.1, exclusiveMinimum was true or false.
        if keyword in found
        and (keyword not in NUMBERS or not isinstance(found[keyword], bool))
    }
    if "const" in found:
        made["enum"] = [tool_json.plain(found["const"])]
    if isinstance(made.get("enum"), list):
        made["enum"] = [each for each in made["enum"] if each is not None]
    if made.get("default", "") is None:
        del made["default"]
    if isinstance(found.get("format"), str) and found["format"] in FORMATS:
        made["format"] = found["format"]
    return made


def named(name: object) -> str:
    """Return a name that a parameter can have. Raises LessonError."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise LessonError(f"{shown(str(name))} is no name for a parameter")
    return name


def fewest(
    properties: Mapping[str, Any], required: list[str]
) -> dict[str, Mapping[str, Any]]:
    """Return what a call needs, and as much of the rest as a tool may have.

    Raises LessonError where it needs more than that.
    """
    if len(required) > MOST_PARAMETERS:
        raise LessonError(f"it needs more than {MOST_PARAMETERS} parameters")
    rest = [name for name in properties if name not in required]
    kept = {*required, *rest[: MOST_PARAMETERS - len(required)]}
    return {name: each for name, each in properties.items() if name in kept}


def described_in(found: Mapping[str, Any], most: int = MOST_DESCRIPTION) -> str:
    """Return a description on one line, shortened; empty without one."""
    words = found.get("description")
    return shown(words, most) if isinstance(words, str) else ""


def _listed(found: object) -> list[Any]:
    if not isinstance(found, list | tuple):
        raise LessonError("its description is malformed")
    return list(found)


def _members(found: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = found.get("properties", {})
    if not isinstance(properties, Mapping):
        raise LessonError("its description is malformed")
    return properties
