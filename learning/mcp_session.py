"""A conversation with an MCP server through the official SDK.

Imported only when a tool of an MCP server is listed or called: loading the SDK takes
most of a second.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import httpx2
from aiohttp.abc import AbstractResolver
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    HEADER_MISMATCH,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
)
from yarl import URL

from learning.errors import ToolError
from learning.guarded_session import Permit
from learning.mcp_transport import USER_AGENT, GuardedTransport
from learning.tool_address import host_in

HANDSHAKE_BYTES = 65_536
"""What a server may say of itself before it answers."""
MOST_PAGES = 50
MYNA = Implementation(name="myna", version="1")

Answer = TypeVar("Answer")
Fields = Mapping[str, Any]


async def ask(
    url: URL,
    question: Callable[[Client], Awaitable[Answer]],
    *,
    permit: Permit,
    resolver: AbstractResolver | None,
    headers: Mapping[str, str],
    has_secrets: bool,
    timeout_seconds: float,
    max_bytes: int,
) -> Answer:
    """Connect, ask one thing and hang up, all within the time and the bytes.

    Raises ToolError, whose text names the host and no more of the address.
    """
    _quieten()
    host = host_in(url)
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    transport = GuardedTransport(
        host,
        permit=permit,
        resolver=resolver,
        max_bytes=max_bytes + HANDSHAKE_BYTES,
        deadline=deadline,
        has_bare_secrets=has_secrets and url.scheme != "https",
    )
    try:
        async with (
            asyncio.timeout_at(deadline),
            httpx2.AsyncClient(
                transport=transport,
                headers=_with_our_name(headers),
                timeout=None,  # the deadline is over all of it
                max_redirects=0,
                trust_env=False,
            ) as http,
            Client(
                streamable_http_client(
                    str(url), http_client=http, max_sse_event_size=max_bytes
                ),
                cache=None,
                client_info=MYNA,
            ) as client,
        ):
            return await question(client)
    # Not `from exc`: causes quote the address and the answer, and tracebacks show them.
    except TimeoutError:
        raise ToolError(
            transport.failure
            or f"{host} took more than {timeout_seconds:g} seconds; try again later."
        ) from None
    except Exception:  # noqa: BLE001 - the SDK raises anything, and groups of it
        raise ToolError(
            transport.failure
            or f"{host} did not answer as an MCP server does; check the tool."
        ) from None


async def listed(client: Client, *, most: int) -> tuple[list[Fields], bool]:
    """Return a server's tools as JSON, and whether it has more than were read."""
    found: list[Fields] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += (
            tool.model_dump(by_alias=True, mode="json", exclude_none=True)
            for tool in page.tools
        )
        cursor = page.next_cursor
        if not cursor or len(found) > most:
            break
    return found[:most], bool(cursor) or len(found) > most


async def called(client: Client, *, name: str, arguments: Fields, most: int) -> Fields:
    """Call a tool and return its result as JSON.

    The SDK's own `call_tool` would hold the result against a schema of the server's,
    whose patterns can keep the event loop busy for ever.
    """
    request = CallToolRequest(
        params=CallToolRequestParams(name=name, arguments=dict(arguments))
    )
    try:
        result = await client.session.send_request(request, CallToolResult)
    except MCPError as exc:
        if exc.code != HEADER_MISMATCH:
            raise
        # Nothing was done: it wants some arguments as headers, and its list says which.
        await listed(client, most=most)
        result = await client.session.send_request(request, CallToolResult)
    return result.model_dump(by_alias=True, mode="json", exclude_none=True)


def _with_our_name(headers: Mapping[str, str]) -> httpx2.Headers:
    named = httpx2.Headers({"User-Agent": USER_AGENT})
    named.update(headers)
    return named


def _quieten() -> None:
    """Keep the SDK out of the log: its errors quote answers, addresses and sessions."""
    for name in ("mcp", "httpx2"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
