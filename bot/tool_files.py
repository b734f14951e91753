"""Files of tools: as people write them by hand, or an OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot import examples
from bot.messages import ImportRow
from learning import openapi_tools, tool_yaml
from learning.errors import ImportFileError, LessonError

YAML = (".yaml", ".yml")
MAX_BYTES = 5_000_000
"""A larger file is read as a document, in a process of its own."""


def holds_tools(content: bytes) -> bool:
    """Say whether a JSON file describes tools; any other is a document."""
    if len(content) > MAX_BYTES:
        return False
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return _is_openapi(found) or bool(_tools(found))


def rows(text: str, name: str) -> Iterator[ImportRow]:
    """Yield a row for each tool, and for each operation that is none.

    Raises ImportFileError where the file as a whole cannot be read.
    """
    found = _read(text, name)
    if _is_openapi(found):
        yield from _operations(found, name)
        return
    tools = _tools(found)
    if not tools:
        raise ImportFileError(f"{name} is no OpenAPI document, and describes no tools.")
    for number, fields in enumerate(tools, start=1):
        yield _row(number, json.dumps(fields, ensure_ascii=False))


def _read(text: str, name: str) -> Any:
    try:
        if name.lower().endswith(YAML):
            return tool_yaml.loads(text)
        return json.loads(text)
    except LessonError as exc:
        raise ImportFileError(f"{name} cannot be read: {exc}") from exc
    except (ValueError, RecursionError) as exc:
        raise ImportFileError(f"{name} is not JSON.") from exc


def _operations(document: Mapping[str, Any], name: str) -> Iterator[ImportRow]:
    try:
        read = openapi_tools.read(document)
    except LessonError as exc:
        raise ImportFileError(f"{name} cannot be read: {exc}") from exc
    for number, (tool, shown) in enumerate(read.tools, start=1):
        calls = tuple((request, call.text) for request, call in shown)
        yield _row(number, tool.text, examples.write_lines(calls))
    for number, (label, reason) in enumerate(read.left_out, len(read.tools) + 1):
        yield ImportRow(number, problem=f"{label}: {reason}")


def _row(number: int, text: str, shown: str = "") -> ImportRow:
    return ImportRow(number, {"kind": "tool", "text": text, "examples": shown})


def _is_openapi(found: object) -> bool:
    return isinstance(found, dict) and bool({"openapi", "swagger"} & set(found))


def _tools(found: object) -> list[Mapping[str, Any]]:
    """Return the tools of `{...}`, `[{...}]` or `{"tools": [{...}]}`; else nothing."""
    if isinstance(found, dict):
        found = found.get("tools", [found])
    if not isinstance(found, list) or not found:
        return []
    are_tools = all(
        isinstance(each, dict) and {"name", "endpoint"} <= set(each) for each in found
    )
    return found if are_tools else []
