"""A tool as people write it: labelled lines, or a line of labels, as its fields."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from learning import tool_json, tool_parameters, tool_signature
from learning.errors import LessonError
from learning.tool import METHODS
from learning.tool_json import shown

HOW = """Write a tool like this:
name: server_status
description: Says whether a game server is up
parameters: region: eu | us - where it is; detail (optional): boolean - more numbers
call: GET https://status.example.org/{region}
example: Is the EU server up? -> region=eu"""
_LABELS = {
    "name": "name",
    "description": "description",
    "parameters": "parameters",
    "parameter": "parameters",
    "signature": "parameters",
    "call": "call",
    "url": "call",
    "endpoint": "call",
    "header": "headers",
    "headers": "headers",
    "body": "body",
    "answer": "answer",
    "confirm": "confirm",
    "example": "examples",
    "examples": "examples",
}
_SEVERAL = frozenset({"parameters", "headers", "examples"})
_WORDS = "|".join(_LABELS)
_LABEL = re.compile(rf"([ \t]*)({_WORDS})[ \t]*:(.*)", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(rf"(?:^|(?<=\s))({_WORDS}):", re.IGNORECASE)
_YES, _NO = frozenset({"yes", "true", "on"}), frozenset({"no", "false", "off", ""})

Labelled = Mapping[str, Sequence[str]]


def read(text: str) -> tuple[dict[str, Any], list[str]]:
    """Read labelled lines as a tool's fields and its examples' lines.

    Raises LessonError.
    """
    labelled = _labelled(text)
    signature = _signature(labelled.get("parameters", ()))
    fields: dict[str, Any] = {"name": "", "description": ""}
    if signature is not None:
        fields["name"] = signature.name
        fields["description"] = signature.description
        fields["parameters"] = signature.parameters
    else:
        fields["parameters"] = _parameters(labelled.get("parameters", ()))
    for name in ("name", "description", "answer"):
        if labelled.get(name):
            fields[name] = labelled[name][0]
    if not fields["name"] or not fields["description"]:
        missing = "description" if fields["name"] else "name"
        raise LessonError(f"This tool has no {missing}. {HOW}")
    fields["endpoint"] = _endpoint(labelled)
    if "confirm" in labelled:
        fields["confirm"] = _is_confirmed(labelled["confirm"][0])
    lines = (line for each in labelled.get("examples", ()) for line in each.split("\n"))
    return fields, [line for line in lines if line.strip()]


def _labelled(text: str) -> Labelled:
    """Return what stands behind each label, in order. Raises LessonError."""
    found: dict[str, list[str]] = {}
    for label, words in _pieces(text):
        name = _LABELS[label.lower()]
        if name in found and name not in _SEVERAL:
            raise LessonError(f"{label} is given twice. {HOW}")
        found.setdefault(name, []).append(words.strip())
    return found


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    lines = text.strip().split("\n")
    if len(lines) == 1:
        yield from _inline_pieces(lines[0])
        return
    label, indent, kept = "", "", list[str]()
    for line in lines:
        found = _LABEL.fullmatch(line)
        # A parameter may be called `name`: indented, it stands under its label.
        if found and not (_LABELS.get(label) == "parameters" and found[1] > indent):
            if label:
                yield label, _joined(kept)
            indent, label, kept = found[1], found[2].lower(), [found[3]]
        elif label:
            kept.append(line)
        else:
            raise LessonError(f"{shown(line)!r} has no label. {HOW}")
    yield label, _joined(kept)


def _inline_pieces(line: str) -> Iterator[tuple[str, str]]:
    before, *pieces = _INLINE.split(line)
    if before.strip() or not pieces:
        raise LessonError(HOW)
    yield from zip(pieces[::2], pieces[1::2], strict=True)


def _joined(lines: Sequence[str]) -> str:
    first, *rest = lines
    return "\n".join((first, textwrap.dedent("\n".join(rest)))) if rest else first


def _signature(pieces: Sequence[str]) -> tool_signature.Signature | None:
    """Read the only piece as a signature, where it looks like one."""
    if len(pieces) != 1 or not tool_signature.looks_like_signature(pieces[0]):
        return None
    # `detail (optional): boolean` begins like one, too.
    if re.match(r"[\w.\-]+\s*\((?:optional|required)\)", pieces[0], re.IGNORECASE):
        return None
    return tool_signature.read(pieces[0])


def _parameters(pieces: Sequence[str]) -> Mapping[str, Any]:
    if len(pieces) == 1 and pieces[0].startswith("{"):
        schema: Mapping[str, Any] = tool_json.loads(pieces[0])
        return schema
    if [each.lower() for each in pieces] in (["none"], ["-"], ["no"], ["nothing"]):
        return {}
    return tool_parameters.read(pieces)


def _endpoint(labelled: Labelled) -> dict[str, Any]:
    words = labelled.get("call", [""])[0].split()
    if len(words) == 1:
        words = ["GET", *words]
    if len(words) != 2 or words[0].upper() not in METHODS | {"MCP"}:  # noqa: PLR2004 - method and address
        raise LessonError(
            "Say where a call goes: call: GET https://status.example.org/{region}."
            f" The methods are {', '.join(sorted(METHODS))}."
        )
    endpoint: dict[str, Any] = {"method": words[0].upper(), "url": words[1].strip("<>")}
    headers: dict[str, str] = {}
    for line in "\n".join(labelled.get("headers", ())).split("\n"):
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or name.strip() in headers:
            raise LessonError(
                f"Write each header once, as header: Accept: application/json; not"
                f" {shown(line)}"
            )
        headers[name.strip()] = value.strip()
    if headers:
        endpoint["headers"] = headers
    if labelled.get("body"):
        endpoint["body"] = labelled["body"][0].lower()
    return endpoint


def _is_confirmed(word: str) -> bool:
    if word.lower() not in _YES | _NO:
        raise LessonError("Write confirm: yes where people are asked first, or no.")
    return word.lower() in _YES
