"""Whether what people wrote is a tool at all, before anybody judges it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yarl import URL

from learning import tool_json, tool_request, tool_schema
from learning.errors import LessonError
from learning.tool import Endpoint, Tool, from_fields
from learning.tool_json import shown

FIELDS = ("name", "description", "parameters", "endpoint", "answer", "confirm")
MOST_DESCRIPTION, MOST_ANSWER = 500, 1000
_ENDPOINT_FIELDS = ("method", "url", "headers", "body")
_PROVES_WHO = re.compile(
    r"(?<![a-z])auth(?![a-z])|authoriz|token|secret|passw|(?:api|access)[-_]?key",
    re.IGNORECASE,
)


def build(fields: object) -> Tool:
    """Check a tool's fields, all of them, and build it. Raises LessonError."""
    if not isinstance(fields, Mapping):
        raise LessonError("A tool is a JSON object with a name, parameters and so on.")
    fields = dict(tool_json.plain(fields))
    _check_known(fields, FIELDS, "A tool")
    if isinstance(fields.get("endpoint"), dict):
        _check_known(fields["endpoint"], _ENDPOINT_FIELDS, "An endpoint")
    fields["parameters"] = tool_schema.checked(fields.get("parameters", {}))
    tool = from_fields(fields)
    tool = replace(tool, endpoint=_trimmed(tool.endpoint))
    _check_length("description", tool.description, MOST_DESCRIPTION)
    _check_length("answer", tool.answer, MOST_ANSWER)
    tool_schema.check_defaults(tool)
    tool_request.check(without_fragment(tool))
    _check_no_secret_is_written(tool.endpoint)
    return tool


def name_there(tool: Tool) -> str:
    """Return what a tool is called where it is called.

    An MCP tool's fragment is sent, not its own name: whoever approves it has to see it.
    """
    fragment = URL(tool.endpoint.url).fragment if tool.endpoint.is_mcp else ""
    return fragment or tool.name


def without_fragment(tool: Tool) -> Tool:
    """Return a tool at its address alone: an MCP tool's fragment is its own name."""
    if not tool.endpoint.is_mcp:
        return tool
    url = tool.endpoint.url.partition("#")[0]
    return replace(tool, endpoint=replace(tool.endpoint, url=url))


def _check_known(fields: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    unknown = [shown(name) for name in fields if name not in known]
    if unknown:
        raise LessonError(
            f"{what} has no {', '.join(unknown[:3])}; it has {', '.join(known)}."
        )


def _check_length(what: str, words: str, most: int) -> None:
    if len(words) > most:
        raise LessonError(f"A tool's {what} has at most {most} characters.")


def _trimmed(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint with its headers' outer spaces gone. Raises LessonError."""
    headers = {name.strip(): value.strip() for name, value in endpoint.headers.items()}
    if len(headers) < len(endpoint.headers):
        raise LessonError("A header is named twice.")
    return replace(endpoint, headers=headers)


def _check_no_secret_is_written(endpoint: Endpoint) -> None:
    """Refuse a key that everybody who reads the lesson would read, too."""
    for name, value in endpoint.headers.items():
        if _PROVES_WHO.search(name) and "{secret:" not in value:
            raise LessonError(
                f"Do not write out what {shown(name)} is: an admin stores it as a"
                f" secret, and the tool says {shown(name)}: {{secret:NAME}}."
            )
