"""A tool as the fields of a form: how people fill them in, and how they are read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import tool_card_phrases
from learning import tool_check, tool_examples, tool_lines, tool_signature, tool_text
from learning.errors import CommandError, LessonError
from learning.tool import calls_of, tool_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from learning.lesson import Lesson
    from learning.tool import Call, Tool

TOOL = "tool"
PARAMETERS = "parameters"
CALL = "call"
ANSWER = "answer"
EXAMPLES = "examples"

_NAMED = re.compile(r"\s*(\S+?):?(?:\s+(.*))?", re.DOTALL)
_LABELLED = re.compile(r"\s*(?:header|headers|body|confirm)\s*:", re.IGNORECASE)
_ANYWHERE = "GET https://example.org/"
"""Stands for a call while what precedes it in the form is looked at alone."""


@dataclass(frozen=True, slots=True)
class ToolField:
    """One field of the form for a tool."""

    id: str
    label: str
    hint: str
    required: bool = False


FIELDS = (
    ToolField(
        TOOL,
        "Name, and below it what it does",
        "server_status - and on the next line: Says whether a game server is up",
        required=True,
    ),
    ToolField(
        PARAMETERS,
        "Parameters, one a line, or a signature",
        "region: eu | us - where it is; or server_status(region: str)",
    ),
    ToolField(
        CALL,
        "Call: method and address, headers below",
        "GET https://status.example.org/{region}, then Authorization: {secret:KEY}",
        required=True,
    ),
    ToolField(
        ANSWER,
        "What to say with what came back",
        "{region}: {players} people play there. Left empty, it is shown as it is.",
    ),
    ToolField(
        EXAMPLES,
        "Examples: request -> name=value, one a line",
        "Is the EU server up? -> region=eu",
    ),
)
"""As many as the smallest form holds."""


def text_of(typed: Mapping[str, str]) -> str:
    """Return the tool that was typed into a form, as JSON. Raises LessonError."""
    fields, lines = tool_lines.read("\n".join(_lines(typed)))
    tool = tool_check.build({**fields, "answer": typed.get(ANSWER, "")})
    read = [tool_examples.read_line(tool, line) for line in lines]
    return _written(tool, tool_examples.unique(read))


def problem(typed: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first field that is off, and why; None where all are right."""
    seen = {CALL: _ANYWHERE}
    for field in FIELDS:
        seen[field.id] = typed.get(field.id, "")
        try:
            text_of(seen)
        except LessonError as exc:
            if field.id != TOOL or not _is_of_signature(typed):
                return field.id, str(exc)
    return None


def filled(lesson: Lesson, *, most_chars: int) -> dict[str, str]:
    """Return a tool as what would be typed into a form.

    Raises CommandError where a field is longer than a form takes.
    """
    tool, examples = tool_of(lesson), calls_of(lesson)
    values = {
        TOOL: f"{tool.name}\n{tool.description}",
        PARAMETERS: _parameters(tool),
        CALL: "\n".join(_call(tool)),
        ANSWER: tool.answer,
        EXAMPLES: "\n".join(_example(tool, *each) for each in examples),
    }
    if max(map(len, values.values())) > most_chars:
        raise CommandError(tool_card_phrases.too_long_for_a_form(lesson.id))
    return values


def _lines(typed: Mapping[str, str]) -> list[str]:
    """Return the fields as the labelled lines that `tool_lines` reads."""
    named = _NAMED.fullmatch(typed.get(TOOL, ""))
    name, description = (named[1], named[2] or "") if named else ("", "")
    lines = [f"name: {name}"] if name else []
    lines += [f"description: {' '.join(description.split())}"] if description else []
    if typed.get(PARAMETERS, "").strip():
        # Indented: a parameter may be called like a label.
        lines += ["parameters:", *(f"  {each}" for each in _split(typed[PARAMETERS]))]
    where, *more = [each for each in _split(typed.get(CALL, "")) if each.strip()] or [
        ""
    ]
    lines.append(f"call: {where.strip()}")
    lines += [each if _LABELLED.match(each) else f"header: {each}" for each in more]
    shown = [each for each in _split(typed.get(EXAMPLES, "")) if each.strip()]
    return [*lines, *(f"example: {each.strip()}" for each in shown)]


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _is_of_signature(typed: Mapping[str, str]) -> bool:
    """Say whether the parameters are a signature, which may describe the tool too."""
    return tool_signature.looks_like_signature(typed.get(PARAMETERS, ""))


def _written(tool: Tool, examples: tuple[tuple[str, Call], ...]) -> str:
    fields: dict[str, Any] = json.loads(tool.text)
    fields["examples"] = [
        {"request": request, "arguments": dict(call.arguments)}
        for request, call in examples
    ]
    return json.dumps(fields, ensure_ascii=False)


def _parameters(tool: Tool) -> str:
    """Return a signature where it says all of the schema, and else the schema."""
    if not tool.properties:
        return ""
    signature = tool_signature.written(tool)
    shown = {TOOL: f"{tool.name} {tool.description}", CALL: "\n".join(_call(tool))}
    try:
        read, _ = tool_text.read(text_of({**shown, PARAMETERS: signature}))
    except LessonError:
        return json.dumps(tool.parameters, ensure_ascii=False)
    same = read.parameters == tool.parameters
    return signature if same else json.dumps(tool.parameters, ensure_ascii=False)


def _call(tool: Tool) -> list[str]:
    endpoint = tool.endpoint
    return [
        f"{endpoint.method} {endpoint.url}",
        *(f"header: {name}: {value}" for name, value in endpoint.headers.items()),
        *([f"body: {endpoint.body}"] if endpoint.body != "json" else []),
        *_confirm(tool),
    ]


def _confirm(tool: Tool) -> list[str]:
    """Say whether it asks first, where that is not what goes without saying."""
    if tool.confirm is tool.endpoint.is_mcp:
        return []
    return ["confirm: yes" if tool.confirm else "confirm: no"]


def _example(tool: Tool, request: str, call: Call) -> str:
    line = tool_text.example_line(request, call)
    try:
        if tool_examples.read_line(tool, line)[1].text == call.text:
            return line
    except LessonError:
        pass
    return f"{request} -> {call.text}"
