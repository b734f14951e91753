"""What a tool answered, put into words."""

import json
import re
from collections.abc import Mapping
from typing import Any

from learning.tool import Arguments, Tool
from moderation.text import clean

MOST_CHARS = 1500
MOST_LINES = 20
_FIELD = re.compile(r"\{([\w.\-]+)\}")


def worded(tool: Tool, arguments: Arguments, body: str) -> str:
    """Word a tool's answer by its template, or show it as it is.

    A field of the template is a value of the JSON that came back, dots and numbers
    leading inside (`players.0.name`), or else an argument of the call. Where one is
    missing the answer is shown as it is, which is never wrong.
    """
    answered = _json(body)
    if tool.answer:
        said = _filled(tool.answer, answered, arguments)
        if said is not None:
            return _short(said)
    return _short(_shown(answered) if answered is not None else body.strip())


def _filled(template: str, answered: Any, arguments: Arguments) -> str | None:
    values: dict[str, str] = {}
    for name in _FIELD.findall(template):
        value = _inside(answered, name)
        if value is None:
            value = arguments.get(name)
        if value is None or isinstance(value, dict):
            return None
        values[name] = _plain(value)
    return _FIELD.sub(lambda match: values[match[1]], template)


def _inside(answered: Any, path: str) -> Any:
    """Follow dots and numbers into JSON; None where they lead nowhere."""
    for part in path.split("."):
        if isinstance(answered, dict):
            answered = answered.get(part)
        elif isinstance(answered, list) and part.isdecimal():
            answered = answered[int(part)] if int(part) < len(answered) else None
        else:
            return None
    return answered


def _shown(answered: Any) -> str:
    """Show JSON as lines of names and values."""
    if isinstance(answered, Mapping):
        lines = [f"{name}: {_plain(value)}" for name, value in answered.items()]
    elif isinstance(answered, list):
        lines = [f"- {_plain(value)}" for value in answered]
    else:
        return _plain(answered)
    more = len(lines) - MOST_LINES
    return "\n".join(
        lines[:MOST_LINES] + ([f"... and {more} more"] if more > 0 else [])
    )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not any(isinstance(v, (dict, list)) for v in value):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return "nothing" if value is None else str(value)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _short(text: str) -> str:
    text = clean(text)  # half of an emoji, as JavaScript cuts them, breaks tokenizers
    return text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 3]}..."
