"""A tool's example requests, each with its call, in every way that people write them."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from learning import tool_json, tool_schema
from learning.errors import LessonError
from learning.tool import Call, Tool
from learning.tool_json import shown
from learning.tool_parameters import coerced

MOST_EXAMPLES, MOST_REQUEST = 40, 500
MOST_CALL = 4000
ARROW = re.compile(r"\s*(?:->|=>|\N{RIGHTWARDS ARROW})\s*")
_NAMED = re.compile(r"\s*([A-Za-z][\w.\-]*)\s*=\s*")
_QUOTED = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*(?:,|\Z)", re.DOTALL)
_COMMA = re.compile(r",(?=\s*[A-Za-z][\w.\-]*\s*=)")
_CALLED = re.compile(r"([A-Za-z][\w.\-]*)\s*\((.*)\)", re.DOTALL)
_NO_CALL = frozenset({"nothing", "none", "no call", "no", "null", "-"})

Examples = tuple[tuple[str, Call], ...]


def read_line(tool: Tool, line: str) -> tuple[str, Call]:
    """Read `request -> call`. Raises LessonError."""
    request, *call = ARROW.split(line.strip(), maxsplit=1)
    if not call or not request or not call[0]:
        raise LessonError(
            f"Write an example as request -> call, one a line; this is not one:"
            f" {shown(line)}"
        )
    return read_pair(tool, request, call[0])


def read_pair(tool: Tool, request: str, call: str) -> tuple[str, Call]:
    """Read a request and its call, as people wrote the two. Raises LessonError."""
    return _request(request), read_call(tool, call, of=request)


def read_fields(tool: Tool, fields: object) -> tuple[str, Call]:
    """Read `{"request": ..., "arguments": ...}`, or a `call`. Raises LessonError."""
    if not isinstance(fields, Mapping) or not isinstance(fields.get("request"), str):
        raise LessonError('Write an example as {"request": "...", "arguments": {...}}.')
    request, rest = fields["request"], {**fields}
    del rest["request"]
    if set(rest) == {"arguments"}:
        return _request(request), _call(tool, rest["arguments"], request)
    if set(rest) == {"call"}:
        return _request(request), _call(tool, _inside(tool, rest["call"]), request)
    raise LessonError(
        f"The example {shown(request)} needs its arguments or its call, and no more."
    )


def read_call(tool: Tool, text: str, *, of: str) -> Call:
    """Read a call: as JSON, as `tool(name=value)` or as `name=value, ...`.

    `of` is the request, which an error names. Raises LessonError.
    """
    text = text.strip()
    if len(text) > MOST_CALL:
        raise LessonError(f"The example {shown(of)} has a call that is too long.")
    if text == tool.name:
        text = f"{text}()"
    if text.lower().strip(" .") in _NO_CALL:
        raise LessonError(
            f"The example {shown(of)} calls nothing: teach what needs no tool as a"
            " question and its answer."
        )
    try:
        if text.startswith("{"):
            return _call(tool, _inside(tool, tool_json.loads(text)), of)
        called = _CALLED.fullmatch(text)
        if called:
            _check_name(tool, called[1])
        words = _words(tool, called[2] if called else text, in_order=bool(called))
    except LessonError as exc:
        raise LessonError(f"The example {shown(of)}: {exc}") from exc
    return _call(tool, words, of)


def unique(examples: Sequence[tuple[str, Call]]) -> Examples:
    """Return each example once. Raises LessonError where two disagree, or are too many."""
    found: dict[str, Call] = {}
    for request, call in examples:
        if found.setdefault(request, call).text != call.text:
            raise LessonError(f"The example {shown(request)} has two different calls.")
    if len(found) > MOST_EXAMPLES:
        raise LessonError(f"A tool has at most {MOST_EXAMPLES} examples.")
    return tuple(found.items())


def _request(text: str) -> str:
    text = tool_json.visible(" ".join(text.split()))
    if not text or len(text) > MOST_REQUEST:
        raise LessonError(
            f"An example's request has 1 to {MOST_REQUEST} characters: {shown(text)!r}"
        )
    if ARROW.search(text):
        # Forms show examples as `request -> call`, and read them back.
        raise LessonError(f"Write {shown(text)} without an arrow: it divides the two.")
    return text


def _call(tool: Tool, arguments: object, of: str) -> Call:
    """Build a call, in the order of the schema. Raises LessonError naming the example."""
    if not isinstance(arguments, dict):
        raise LessonError(f"The example {shown(of)} needs arguments: a JSON object.")
    # A request that leaves out what is needed teaches Myna to ask for it.
    problems = tool_schema.partial_problems(tool, arguments)
    if problems:
        raise LessonError(f"The example {shown(of)}: {shown(' '.join(problems), 300)}")
    order = (name for name in tool.properties if name in arguments)
    return Call(tool.name, {name: arguments[name] for name in order})


def _inside(tool: Tool, found: object) -> object:
    """Return the arguments of a whole call, or what was found where it is none."""
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        return found
    is_call = isinstance(found.get("arguments"), dict) and len(found) == 2  # noqa: PLR2004 - name and arguments
    if not is_call and (len(found) > 1 or "name" in tool.properties):
        return found
    if found["name"] != tool.name and set(found) <= set(tool.properties):
        return found
    _check_name(tool, found["name"])
    return found.get("arguments", {})


def _check_name(tool: Tool, name: str) -> None:
    if name != tool.name:
        raise LessonError(f"It calls {shown(name)}, but the tool is {tool.name}.")


def _words(tool: Tool, text: str, *, in_order: bool) -> dict[str, Any]:
    """Read `name=value, name=value`; in a call's brackets names may be left out."""
    names, found = list(tool.properties), dict[str, Any]()
    while text.strip(" ,"):
        named = _NAMED.match(text)
        if named:
            name, text = named[1], text[named.end() :]
        elif in_order and len(found) < len(names):
            name, text = names[len(found)], text.lstrip()
        else:
            raise LessonError(_how(tool))
        if name in found:
            raise LessonError(f"{shown(name)} is named twice.")
        schema = tool.properties.get(name, {})
        value, text = _value(schema, text, to_comma=not named)
        if value is not None:
            found[name] = value
    return found


def _value(schema: Mapping[str, Any], text: str, *, to_comma: bool) -> tuple[Any, str]:
    """Read the first value of a text; return it with what follows its comma."""
    if quoted := _QUOTED.match(text):
        word = re.sub(r"\\(.)", r"\1", quoted[1][1:-1], flags=re.DOTALL)
        if quoted[1][0] == '"':
            word = _unescaped(quoted[1], word)
        return coerced(schema, word), text[quoted.end() :]
    if text.startswith(("[", "{")) and (end := _end_of_json(text)):
        return tool_json.loads(text[:end]), text[end:].lstrip(" ,")
    if to_comma:
        word, _, rest = text.partition(",")
    else:
        word, rest = _to_next_name(text)
    word = word.strip()
    if not word:
        raise LessonError("A value is missing behind the =.")
    if word in ("None", "null"):
        return None, rest
    return coerced(schema, word), rest


def _unescaped(quoted: str, otherwise: str) -> str:
    try:
        return str(tool_json.loads(quoted))
    except LessonError:
        return otherwise


def _end_of_json(text: str) -> int:
    """Say where the JSON ends with which a text begins; 0 where it is none."""
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        return 0


def _to_next_name(text: str) -> tuple[str, str]:
    """Split at the comma behind which the next name stands."""
    comma = _COMMA.search(text)
    if comma is None:
        return text.rstrip(" ,"), ""
    return text[: comma.start()], text[comma.end() :]


def _how(tool: Tool) -> str:
    shown_ = ", ".join(f"{name}=..." for name in list(tool.properties)[:3])
    return f"write its call like {tool.name}({shown_})."
