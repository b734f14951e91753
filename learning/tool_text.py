"""A tool as people write it after `/teach tool:`, and as moderators are shown it."""

import re

from learning import (
    tool_check,
    tool_examples,
    tool_json,
    tool_lines,
    tool_request,
    tool_signature,
)
from learning.errors import LessonError
from learning.tool import Call, Tool
from learning.tool_address import address_of
from learning.tool_examples import Examples
from learning.tool_json import shown

_FENCED = re.compile(r"```(?:[a-z]+\n)?(.*)```", re.DOTALL)
MOST_REASON = 800
MOST_NAME = 100
"""Of what an MCP server calls its tool."""


def read(text: str) -> tuple[Tool, Examples]:
    """Read a tool and its examples, as JSON or as labelled lines.

    Raises LessonError whose sentence shows how to write what is off.
    """
    if len(text) > tool_json.MOST_CHARS:
        raise LessonError(
            f"That is too long; {tool_json.MOST_CHARS:,} characters are the most."
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    fenced = _FENCED.fullmatch(text)
    text = fenced[1].strip() if fenced else text
    try:
        return _from_json(text) if text.startswith("{") else _from_lines(text)
    except LessonError as exc:
        # Reasons may quote what was written, however long.
        if len(str(exc)) <= MOST_REASON:
            raise
        raise LessonError(shown(str(exc), MOST_REASON)) from exc


def statement(tool: Tool) -> str:
    """Say in a line what a tool is."""
    return f"{tool.name}: {tool.description}"


def lines(tool: Tool, examples: Examples) -> tuple[str, ...]:
    """Spell a tool out for a moderator: what it does, where it may reach, and how."""
    return (
        statement(tool),
        f"Called as {tool_signature.written(tool)}",
        *_parameter_lines(tool),
        f"It reaches {reach(tool)}, and nothing else.",
        *_sent_lines(tool),
        *tool_request.warnings(tool_check.without_fragment(tool)),
        _secrets_line(tool),
        _asking_line(tool),
        f"It answers: {tool.answer}" if tool.answer else "It shows what comes back.",
        *(example_line(request, call) for request, call in examples),
    )


def example_line(request: str, call: Call) -> str:
    """Write an example as people do: `Is it up? -> server_status(region="eu")`."""
    return f"{request} -> {tool_signature.called(call)}"


def reach(tool: Tool) -> str:
    """Spell out where a call goes; a host in other letters is shown as ASCII.

    Raises LessonError where a stored address is none.
    """
    address = address_of(tool_check.without_fragment(tool).endpoint.url)
    query = "&".join(f"{name}={value}" for name, value in address.pairs)
    path = "/".join(address.segments)
    where = f"{address.host}/{path}" + (f"?{query}" if query else "")
    if tool.endpoint.is_mcp:
        there = shown(" ".join(tool_check.name_there(tool).split()), MOST_NAME)
        return f"{tool.endpoint.method} {there} at {where}"
    return f"{tool.endpoint.method} {where}"


def _from_json(text: str) -> tuple[Tool, Examples]:
    fields = tool_json.loads(text)
    examples = fields.pop("examples", [])
    if not isinstance(examples, list):
        raise LessonError(
            'A tool\'s examples are a list of {"request": "...", "arguments": {...}}.'
        )
    tool = tool_check.build(fields)
    found = [tool_examples.read_fields(tool, each) for each in examples]
    return tool, tool_examples.unique(found)


def _from_lines(text: str) -> tuple[Tool, Examples]:
    fields, written = tool_lines.read(text)
    tool = tool_check.build(fields)
    found = [tool_examples.read_line(tool, line) for line in written]
    return tool, tool_examples.unique(found)


def _parameter_lines(tool: Tool) -> list[str]:
    return [
        f"{name}: {' '.join(schema['description'].split())}"
        for name, schema in tool.properties.items()
        if schema.get("description")
    ]


def _sent_lines(tool: Tool) -> list[str]:
    """Say what a call carries beside its address."""
    endpoint = tool.endpoint
    address = address_of(tool_check.without_fragment(tool).endpoint.url)
    named = {*address.path_gaps, *address.query_gaps}
    rest = ", ".join(name for name in tool.properties if name not in named)
    has_body = endpoint.method in tool_request.BODY_METHODS
    how = {"json": "as JSON", "form": "as a form"}.get(endpoint.body, "")
    where = how if (has_body and how) else "behind the address"
    where = "as arguments" if endpoint.is_mcp else where
    sent = [f"It sends {rest} {where}."] if rest else []
    return sent + [
        f"It sends {name}: {value}" for name, value in endpoint.headers.items()
    ]


def _secrets_line(tool: Tool) -> str:
    names = tool_request.secrets_of(tool)
    if not names:
        return "It uses no secret."
    return f"It uses the secret{'s' * (len(names) > 1)} {', '.join(names)}."


def _asking_line(tool: Tool) -> str:
    if tool.endpoint.changes_something:
        return (
            f"Myna asks before each call, because {tool.endpoint.method} may change"
            " something."
        )
    if tool.confirm:
        return "Myna asks before each call."
    if tool.endpoint.is_mcp:
        return "Myna calls it without asking: it is said to read only."
    return "Myna calls it without asking: it only reads."
