"""A tool's parameters as people list them: `region: eu | us - where the server is`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from learning import tool_json, tool_signature
from learning.errors import LessonError
from learning.tool_json import shown

MOST_CHARS = 1000
HOW = (
    "Write a parameter like region: eu | us - where the server is, or"
    " detail (optional): boolean - more numbers."
)
_SPEC = re.compile(
    r"(?P<name>[A-Za-z][\w.\-]*?)(?P<mark>\?)?\s*"
    r"(?:\((?P<note>[^()]*)\))?\s*"
    r"(?::\s*(?P<type>.*?))?\s*"
    r"(?:\s[-\N{EN DASH}\N{EM DASH}]\s+(?P<said>.*))?",
    re.DOTALL,
)
_BEGINS = re.compile(r"[A-Za-z][\w.\-]*\??\s*(?:\([^()]*\))?\s*:")
_BULLET = re.compile(r"[-*\N{BULLET}]\s+")
_NOTE = re.compile(
    r"\s*\(\s*(optional|required)\s*\)\s*|\boptional\b(?!\[)", re.IGNORECASE
)
_DEFAULT = re.compile(r"(.*\S)\s*=\s*(\S.*)", re.DOTALL)
_ITEMS = re.compile(
    r"(?:(?:a\s+)?(?:list|array)s?\s+of\s+(\S.*?)|(\S+)\[\])", re.IGNORECASE | re.DOTALL
)
_ONE_OF = re.compile(r"(?:one of|either)\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_WORDS = {
    "string": "str",
    "text": "str",
    "word": "str",
    "words": "str",
    "integer": "int",
    "whole number": "int",
    "number": "float",
    "decimal": "float",
    "boolean": "bool",
    "yes or no": "bool",
    "yes/no": "bool",
    "array": "list",
    "object": "dict",
    "date-time": "datetime",
    "day": "date",
}
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
_UNQUOTED = re.compile(r"[^\"'\[\](){}]+")
_FEWEST = 2
"""Alternatives: with fewer there is no choice."""
_FORMATS = {"email": "email", "e-mail": "email", "url": "uri", "link": "uri"}


def read(pieces: Sequence[str]) -> Mapping[str, Any]:
    """Read parameters, each piece one or several, as a JSON Schema.

    Raises LessonError showing how to write the one that is off.
    """
    properties: dict[str, Any] = {}
    required: list[str] = []
    for spec in (each for piece in pieces for each in _split(piece)):
        name, schema, is_needed = _read_one(spec)
        if name in properties:
            raise LessonError(f"The parameter {shown(name)} is listed twice.")
        properties[name] = schema
        required += [name] if is_needed else []
    schema = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def _split(piece: str) -> list[str]:
    """Split at line breaks and semicolons behind which a parameter begins."""
    found: list[str] = []
    for part in re.split(r"[;\n]", piece):
        words = " ".join(part.split())
        bullet = _BULLET.match(words)
        words = words[bullet.end() :] if bullet else words
        if not words:
            continue
        if found and not bullet and not _BEGINS.match(words):
            found[-1] += f" {words}"
        else:
            found.append(words)
    return found


def _read_one(spec: str) -> tuple[str, dict[str, Any], bool]:
    if len(spec) > MOST_CHARS:
        raise LessonError(
            f"{shown(spec)} is too long; {MOST_CHARS} characters are most."
        )
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise LessonError(f"{shown(spec)} is no parameter. {HOW}")
    note = (found["note"] or "").lower()
    if note.strip() not in ("", "optional", "required"):
        raise LessonError(f"{shown(spec)}: in brackets only (optional) is read. {HOW}")
    kind, optional = _without_note(found["type"] or "")
    kind, default = _with_default(kind)
    try:
        schema, may_be_none = read_type(kind)
    except LessonError as exc:
        raise LessonError(f"{shown(spec)} is no parameter: {exc}") from exc
    if default is not None:
        schema = {**schema, "default": coerced(schema, default)}
    if said := " ".join((found["said"] or "").split()):
        schema = {**schema, "description": said}
    optional = optional or may_be_none or bool(found["mark"]) or "optional" in note
    return found["name"], schema, not optional and default is None


def read_type(text: str) -> tuple[dict[str, Any], bool]:
    """Read a type as people write it: its schema, and whether it may be left out.

    Raises LessonError.
    """
    text = " ".join(text.split())
    plain = _plain_type(text)
    if plain is not None:
        return plain, False
    if found := _ITEMS.fullmatch(text):
        inner = found[1] or found[2]
        one = _plain_type(inner) or _plain_type(inner.removesuffix("s"))
        return {"type": "array", "items": one or read_type(inner)[0]}, False
    if found := _ONE_OF.fullmatch(text):
        listed = re.split(r"\s*(?:,|\||\bor\b)\s*", found[1])
        return _choice([each for each in listed if each]), False
    return _alternatives(text) or tool_signature.read_type(text)


def coerced(schema: Mapping[str, Any], word: str) -> Any:
    """Return a word as a value of a schema's type; as it is where it is none."""
    if "enum" in schema:
        same = [each for each in schema["enum"] if str(each) == word]
        alike = (e for e in schema["enum"] if str(e).casefold() == word.casefold())
        return next(iter(same), next(alike, word))
    kind = schema.get("type")
    if kind == "boolean":
        return _BOOLEANS.get(word.lower(), word)
    if kind in ("integer", "number"):
        return _number(word, whole=kind == "integer")
    if kind == "array":
        return _listed(schema.get("items", {"type": "string"}), word)
    is_object = kind == "object" and word.startswith("{")
    return tool_json.loads(word) if is_object else word


def _without_note(kind: str) -> tuple[str, bool]:
    """Return a type without `(optional)`, and whether it said so."""
    notes = [found[0].lower() for found in _NOTE.finditer(kind)]
    is_optional = any("optional" in each for each in notes)
    return _NOTE.sub(" ", kind).strip(" ,"), is_optional


def _with_default(kind: str) -> tuple[str, str | None]:
    found = _DEFAULT.fullmatch(kind)
    if found is None or found[1].count('"') % 2:  # it stands in a quoted choice
        return kind, None
    default = found[2].strip().strip("\"'")
    return found[1].strip(), None if default in ("None", "null") else default


def _alternatives(text: str) -> tuple[dict[str, Any], bool] | None:
    """Read `eu | us` or `string | none`; None where Python's own words are meant."""
    parts = [each.strip() for each in text.split("|")]
    if len(parts) < _FEWEST or not all(map(_UNQUOTED.fullmatch, parts)):
        return None
    kinds = [each for each in parts if each.lower() not in ("none", "null")]
    if len(kinds) == 1:
        return read_type(kinds[0])[0], True
    if {each.lower() for each in kinds} == {"true", "false"}:
        return {"type": "boolean"}, False
    if not kinds or any(map(_plain_type, kinds)):
        return None
    return _choice(kinds), len(kinds) < len(parts)


def _plain_type(text: str) -> dict[str, Any] | None:
    word = text.lower() or "str"
    if word in _FORMATS:
        return {"type": "string", "format": _FORMATS[word]}
    known = tool_signature.TYPES.get(_WORDS.get(word, word))
    return None if known is None else dict(known)


def _choice(words: Sequence[str]) -> dict[str, Any]:
    words = [each.strip().strip("\"'") for each in words]
    if all(re.fullmatch(r"[+-]?[0-9]{1,18}", each) for each in words):
        return {"type": "integer", "enum": list(dict.fromkeys(map(int, words)))}
    return {"type": "string", "enum": list(dict.fromkeys(words))}


def _number(word: str, *, whole: bool) -> Any:
    if re.fullmatch(r"[+-]?[0-9]{1,18}", word):
        return int(word)
    if not whole and re.fullmatch(r"[+-]?[0-9]{1,18}\.[0-9]{1,18}", word):
        return float(word)
    return word


def _listed(items: Mapping[str, Any], word: str) -> Any:
    """Read `[1, 2]` or `1, 2` as a list."""
    if word.startswith("["):
        try:
            return tool_json.loads(word)
        except LessonError:  # [eu, us] has no quotes
            word = word.removeprefix("[").removesuffix("]")
    each = (part.strip().strip("\"'") for part in word.split(","))
    return [coerced(items, part) for part in each if part]
