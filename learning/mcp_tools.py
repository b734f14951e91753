"""Tools of an MCP server: which there are, and calling one, through guarded connections.

The SDK is an extra (`pip install myna[mcp]`) and loaded only when it is needed.
"""

import asyncio
import importlib
import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from aiohttp.abc import AbstractResolver
from yarl import URL

from learning import tool_check
from learning.errors import FetchError, LessonError, SettingsError, ToolError
from learning.guarded_session import Permit
from learning.tool import MOST_NAME, Arguments, Tool
from learning.tool_address import host_in
from learning.tool_body import hidden
from learning.tool_json import shown
from learning.tool_simplify import Simplifier, fewest
from learning.web_address import web_address
from moderation.text import clean

MOST_TOOLS = 100
MOST_REASON = 300
MAX_LIST_BYTES = 2 * 1024**2
MAX_ANSWER_BYTES = 65_536
LIST_SECONDS = 30.0
CALL_SECONDS = 15.0
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
NOTHING = {"result": None}
"""What a Python server sends as structured content where a tool returns nothing."""

_ODD = re.compile(r"[^A-Za-z0-9_.\-]+")
_SECRET = re.compile(r"\{secret:[^{}]*\}")

Fields = Mapping[str, Any]
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class McpListing:
    """What a server offers: tools that can be taught, and names left out with why."""

    tools: tuple[Tool, ...]
    left_out: tuple[tuple[str, str], ...]


async def list_tools(
    url: str,
    *,
    permit: Permit,
    headers: Headers = NO_HEADERS,
    sent_headers: Headers | None = None,
    resolver: AbstractResolver | None = None,
    timeout_seconds: float = LIST_SECONDS,
    max_bytes: int = MAX_LIST_BYTES,
) -> McpListing:
    """Ask an MCP server for its tools, MOST_TOOLS at most.

    `headers` become part of each tool and may hold `{secret:NAME}`; `sent_headers` are
    the same with the secrets filled in, and are kept nowhere. A tool that the server
    does not call read-only asks before each call. The server's own name for it is the
    fragment of the tool's address, since Myna may not be able to use it.

    Raises ToolError when the address, the server or its answer is refused, and
    SettingsError when the SDK is not installed.
    """
    target = _target(url)
    await _load_sdk()
    from learning import mcp_session  # noqa: PLC0415 - the extra `mcp`

    sent_headers = headers if sent_headers is None else sent_headers
    secrets = _secrets(headers, sent_headers)
    found, has_more = await mcp_session.ask(
        target,
        partial(mcp_session.listed, most=MOST_TOOLS),
        permit=permit,
        resolver=resolver,
        headers=sent_headers,
        has_secrets=bool(secrets),
        timeout_seconds=timeout_seconds,
        max_bytes=max_bytes,
    )
    # Off the loop: checking a hundred hostile schemas takes seconds.
    listing = await asyncio.to_thread(_listing, found, target, headers, secrets)
    if not has_more:
        return listing
    rest = ("…", f"The first {MOST_TOOLS} tools of a server are the most.")
    return McpListing(listing.tools, (*listing.left_out, rest))


async def call_tool(
    tool: Tool,
    arguments: Arguments,
    *,
    permit: Permit,
    headers: Headers = NO_HEADERS,
    resolver: AbstractResolver | None = None,
    timeout_seconds: float = CALL_SECONDS,
    max_bytes: int = MAX_ANSWER_BYTES,
) -> str:
    """Call a tool of an MCP server and return what it says as text.

    `headers` are those of the tool with the secrets filled in. Without text the
    answer is the server's structured content as JSON, or empty.

    Raises ToolError when the address, the server or its answer is refused, and
    SettingsError when the SDK is not installed.
    """
    target = _target(tool.endpoint.url)
    await _load_sdk()
    from learning import mcp_session  # noqa: PLC0415 - the extra `mcp`

    secrets = _secrets(tool.endpoint.headers, headers)
    result = await mcp_session.ask(
        target,
        partial(
            mcp_session.called,
            name=tool_check.name_there(tool),
            arguments=arguments,
            most=MOST_TOOLS,
        ),
        permit=permit,
        resolver=resolver,
        headers=headers,
        has_secrets=bool(secrets),
        timeout_seconds=timeout_seconds,
        max_bytes=max_bytes,
    )
    text = _text(result, host=host_in(target))
    if len(text.encode("utf-8", "replace")) > max_bytes:
        raise ToolError(
            f"{host_in(target)} sent more than Myna reads of a tool's answer."
        )
    return hidden(text, secrets)


def _target(url: str) -> URL:
    """Read the address of a server. Raises ToolError."""
    try:
        return web_address(url)
    except FetchError as exc:
        raise ToolError(
            "That is no address of an MCP server; write one like "
            "https://mcp.example.org/mcp, without a name or password."
        ) from exc


async def _load_sdk() -> None:
    """Import the SDK off the loop, once. Raises SettingsError."""
    try:
        await asyncio.to_thread(importlib.import_module, "learning.mcp_session")
    except ImportError as exc:
        raise SettingsError(
            "Tools of MCP servers need the MCP SDK; the operator runs "
            "`pip install myna[mcp]`."
        ) from exc


def _secrets(written: Headers, sent: Headers) -> tuple[str, ...]:
    """Return what was sent where headers say `{secret:NAME}`."""
    found: list[str] = []
    for name, value in written.items():
        pattern = "(.+)".join(re.escape(part) for part in _SECRET.split(value))
        match = re.fullmatch(pattern, sent.get(name, ""))
        found += match.groups() if match else ()
    return tuple(found)


def _listing(
    found: Sequence[Fields], url: URL, headers: Headers, secrets: tuple[str, ...]
) -> McpListing:
    tools: dict[str, Tool] = {}
    left_out = []
    for fields in found:
        try:
            tool = _tool(fields, url, headers, secrets=secrets, taken=tools)
        except (LessonError, RecursionError) as exc:
            reason = shown(str(exc), MOST_REASON).rstrip(".")
            name = shown(clean(fields["name"]), MOST_NAME)
            left_out.append((name, f"{reason[:1].upper()}{reason[1:]}."))
        else:
            tools[tool.name] = tool
    return McpListing(tuple(tools.values()), tuple(left_out))


def _tool(
    fields: Fields,
    url: URL,
    headers: Headers,
    *,
    secrets: tuple[str, ...],
    taken: Container[str],
) -> Tool:
    """Make a tool of what a server says about it. Raises LessonError."""
    written: str = fields["name"]
    name = _ODD.sub("_", written).lstrip("0123456789_.-")[:MOST_NAME]
    if name in taken:
        raise LessonError(f"Another of its tools is called {name}.")
    address = url.with_fragment(written)  # it stays what is called, whatever the name
    fields = _cleaned(fields, secrets)
    about = fields.get("description", "").strip() or fields.get("title", "")
    hints = fields.get("annotations", {})
    return tool_check.build(
        {
            "name": name,
            "description": shown(about, tool_check.MOST_DESCRIPTION),
            "parameters": _parameters(fields["inputSchema"]),
            "endpoint": {
                "method": "MCP",
                "url": str(address),
                "headers": dict(headers),
            },
            "confirm": hints.get("readOnlyHint") is not True
            or hints.get("destructiveHint") is True,
        }
    )


def _cleaned(fields: Fields, secrets: tuple[str, ...]) -> Fields:
    """Drop what nobody can see, and secrets that are repeated. Raises LessonError."""
    text = json.dumps(fields, ensure_ascii=False)
    try:
        cleaned: Fields = json.loads(hidden(clean(text), secrets))
    except ValueError as exc:
        raise LessonError("its description is malformed") from exc
    return cleaned


def _parameters(schema: Fields) -> dict[str, Any]:
    """Write a schema in the keywords that a tool may have. Raises LessonError."""
    made = Simplifier(schema).schema(schema)
    made.pop("description", None)
    kept = fewest(made.get("properties", {}), made.get("required", []))
    return made | {"properties": kept}


def _text(result: Fields, *, host: str) -> str:
    """Return the text of a result. Raises ToolError."""
    if result.get("isError"):
        raise ToolError(f"{host} says that it could not do that.")
    content = result["content"]
    text = "\n".join(each["text"] for each in content if each["type"] == "text").strip()
    structured = result.get("structuredContent", NOTHING)
    if not text and structured != NOTHING:
        return json.dumps(structured, ensure_ascii=False)
    if content and not text:
        raise ToolError(f"{host} did that, but sent nothing that Myna can read.")
    return text
