"""JSON and JSON lines, as names and values that can be understood alone."""

import json
from collections.abc import Iterator
from typing import Any

from learning.document import Document, Limits, Section
from learning.errors import DocumentError
from learning.extractors.text import decode


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read one value, or one a line; raises DocumentError where it is not JSON."""
    del limits
    text = decode(data, content_type=content_type)
    try:
        return Document("", tuple(_sections(json.loads(text))))
    except ValueError as whole:
        # Only "\n", because JSON strings may hold other separators of lines.
        lines = [(n, li) for n, li in enumerate(text.split("\n"), 1) if li.strip()]
        number = 1
        try:
            sections = []
            for number, line in lines:
                value = "\n".join(_lines(json.loads(line)))
                sections.append(Section((), value, f"line {number}"))
        except ValueError:
            where = f", line {number}" if number > 1 else ""
            raise DocumentError(
                f"{name} is not JSON{where}. Mend it, or send it as text."
            ) from whole
        return Document("", tuple(sections))


def _sections(value: Any) -> Iterator[Section]:
    """Cut a value at its outermost names or items."""
    if isinstance(value, list) and _is_nested(value):
        for number, item in enumerate(value, start=1):
            yield Section((), "\n".join(_lines(item)), f"item {number}")
    elif isinstance(value, dict):
        plain = {k: v for k, v in value.items() if not isinstance(v, dict | list)}
        yield Section((), "\n".join(_lines(plain)), "")
        for key, item in value.items():
            if isinstance(item, dict | list):
                for section in _sections(item):
                    yield Section(
                        (key, *section.headings), section.text, section.position
                    )
    else:
        yield Section((), "\n".join(_lines(value)), "")


def _lines(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _lines(item, f"{path} {key}".strip())
    elif isinstance(value, list) and _is_nested(value):
        for item in value:
            yield from _lines(item, path)
    else:
        parts = value if isinstance(value, list) else [value]
        text = ", ".join(filter(None, map(_plain, parts)))
        if text:
            yield f"{path}: {text}" if path else text


def _is_nested(items: list[Any]) -> bool:
    return any(isinstance(item, dict | list) for item in items)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
