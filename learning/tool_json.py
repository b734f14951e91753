"""JSON as people paste it for a tool: read strictly, so that it means one thing only."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from learning.errors import LessonError

MOST_CHARS = 40_000
MOST_DEPTH = 12
LARGEST = 2**63 - 1
"""Larger whole numbers are read differently by different programs."""
_MOST_SHOWN = 60
# Half a character cannot be stored; a control character is hidden from the screen by
# JSON's own escapes.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def loads(text: str) -> Any:
    """Read JSON in which nothing is named twice and every value is plain.

    Raises LessonError saying what is off.
    """
    if len(text) > MOST_CHARS:
        raise LessonError(f"That is too long; {MOST_CHARS:,} characters are the most.")
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as exc:
        raise LessonError(f"This is no JSON: {shown(str(exc))}.") from exc
    return plain(found)


def plain(value: Any, depth: int = 0) -> Any:
    """Return a value, copied, where it is what JSON can hold. Raises LessonError."""
    if depth > MOST_DEPTH:
        raise LessonError(f"It is nested too deeply; {MOST_DEPTH} levels are the most.")
    match value:
        case None | bool():
            return value
        case str():
            return visible(value)
        case int() | float():
            return _number(value)
        case Mapping():
            if not all(isinstance(name, str) for name in value):
                raise LessonError("In JSON every name is a text in quotes.")
            return {visible(k): plain(each, depth + 1) for k, each in value.items()}
        case list() | tuple():
            return [plain(each, depth + 1) for each in value]
    raise LessonError(f"{type(value).__name__} is nothing that JSON can hold.")


def shown(text: str, most: int = _MOST_SHOWN) -> str:
    """Shorten what people wrote, to name it in a sentence."""
    text = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return text if len(text) <= most else f"{text[: most - 3]}..."


def visible(text: str) -> str:
    """Return a text that has no half or control characters. Raises LessonError."""
    if _UNSEEN.search(text):
        raise LessonError("It has characters that nobody can see; type it anew.")
    return text


def _number(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise LessonError("NaN and Infinity are no numbers that could be sent.")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise LessonError("A number is too large; write it as a text in quotes.")
    return value


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise LessonError(f"{shown(name)} is named twice; name it once.")
        found[name] = value
    return found


def _no_number(word: str) -> Any:
    raise LessonError(f"{word} is no number that could be sent.")
