"""A real MCP server for the tests, and one that answers whatever a test wants."""

import asyncio
import json
import socket
import threading
import time
from contextlib import contextmanager
from enum import Enum
from typing import Annotated, Literal

import pytest
import pytest_asyncio
import uvicorn
from aiohttp import web
from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult, ImageContent, ToolAnnotations
from pydantic import Field
from starlette.requests import Request

from learning.mcp_tools import call_tool, list_tools
from learning.tool import Endpoint, Tool
from learning.web_address import is_public
from tests.fake_site import page, site

SECRET = "s3cret"  # noqa: S105
SOON = 8.0
"""Much less than the caps on time that these tests leave alone, in seconds."""


@pytest_asyncio.fixture(autouse=True)
async def nothing_keeps_running():
    before = asyncio.all_tasks()

    yield

    assert asyncio.all_tasks() <= before | {asyncio.current_task()}


@pytest.fixture(autouse=True)
def at_most_soon():
    began = time.monotonic()

    yield

    assert time.monotonic() - began < SOON


def any_port(address, port):
    return is_public(address, 80)


def outside(running):
    """The real judgement, with one site standing for the open web."""
    return lambda address, port: (
        (address, port) == (running.host, running.port) or any_port(address, port)
    )


def tool_at(url, name="visitors"):
    return Tool(name, "Counts.", {"properties": {}}, Endpoint("MCP", url))


async def listed_by(answer, **options):
    async with site(answer) as running:
        return await list_tools(running.url("/mcp"), permit=outside(running), **options)


async def called_at(answer, arguments=None, **options):
    async with site(answer) as running:
        return await call_tool(
            tool_at(running.url("/mcp")),
            arguments or {},
            permit=outside(running),
            **options,
        )


async def tools_of(gate):
    listing = await list_tools(gate.url, permit=gate.permit)
    return {tool.name: tool for tool in listing.tools}


class Season(Enum):
    SUMMER = "summer"
    WINTER = "winter"


class Gate:
    """What the server's tools did, and which Authorization each request carried."""

    def __init__(self):
        self.opened = []
        self.authorizations = set()
        self.url = ""
        self.address = ("", 0)

    def permit(self, address, port):
        return (address, port) == self.address


@contextmanager
def gate_server(**options):
    """Run an MCP server about a zoo's gate on 127.0.0.1, in a thread of its own."""
    gate = Gate()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gate.address = listening.getsockname()
        gate.url = f"http://127.0.0.1:{gate.address[1]}/mcp"
        app = _noting(_server(gate).streamable_http_app(**options), gate)
        config = uvicorn.Config(app, lifespan="on", log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield gate
        finally:
            server.should_exit = True
            thread.join()


def _noting(app, gate):
    async def noted(scope, receive, send):
        if scope["type"] == "http":
            headers = Request(scope).headers
            gate.authorizations.add(headers.get("Authorization"))
        await app(scope, receive, send)

    return noted


def _server(gate):
    server = MCPServer("zoo", log_level="CRITICAL")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def visitors(
        region: Literal["east", "west"],
        season: Season = Season.SUMMER,
        limit: int | None = None,
    ) -> str:
        """Counts the visitors

        of a region."""
        return f"{region}, {season.value}, {limit}"

    @server.tool()
    def open_gate(number: int) -> str:
        """Opens a gate."""
        gate.opened.append(number)
        return f"Gate {number} is open."

    @server.tool()
    def close_gate(number: int) -> None:
        """Closes a gate."""
        gate.opened.remove(number)

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def broken() -> str:
        """Always breaks."""
        raise RuntimeError(SECRET)

    @server.tool(name="7/gate state", annotations=ToolAnnotations(read_only_hint=True))
    def state() -> str:
        """Says which gates are open."""
        return str(gate.opened)

    @server.tool()
    def routed(
        region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})],
    ) -> str:
        """Wants its argument as a header as well."""
        return f"routed to {region}"

    @server.tool()
    def picture() -> CallToolResult:
        """Sends a picture."""
        image = ImageContent(type="image", data="aGk=", mime_type="image/png")
        return CallToolResult(content=[image])

    return server


def listed(name="visitors", **fields):
    """A tool as a server lists it; the SDK insists on schemas of objects."""
    tool = {"name": name, "description": "Counts.", "inputSchema": {}} | fields
    return tool | {"inputSchema": {"type": "object"} | tool["inputSchema"]}


def speaking(*, tools=None, call=None, **others):
    """Answer as a server of 2025 does; each answer is a result or a whole Response.

    An answer that can be called is given the request's parameters.
    """
    answers = {"tools/list": tools, "tools/call": call, **others}

    async def answer(request):
        if request.method != "POST":
            return others.get(request.method) or page(status=405)
        message = await request.json()
        method = message["method"]
        if method == "initialize":
            return _result(message, _hello(message))
        if "id" not in message:
            return page(b"", status=202)
        found = answers.get(method)
        if callable(found):
            found = found(message.get("params", {}))
        if found is None:
            return _reply(message, error={"code": -32601, "message": "no such thing"})
        if isinstance(found, list):
            found = {"tools": found}
        return _result(message, found) if isinstance(found, dict) else found

    return answer


def said(*texts, **fields):
    """The result of a call, with texts."""
    return {"content": [{"type": "text", "text": text} for text in texts]} | fields


def events(pieces):
    """Answer every call with a stream: `pieces` of the request, as they come.

    Requests that are not calls are answered as `speaking` does.
    """
    before = speaking(tools=[listed()])

    async def answer(request):
        if (
            request.method == "POST"
            and (await request.json())["method"] != "tools/call"
        ):
            return await before(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            async for piece in pieces(request):
                await response.write(piece)
        except ConnectionResetError:
            pass
        return response

    return answer


async def gone(request):
    """Wait, as a server that never answers, until whoever asked has hung up."""
    while request.transport is not None:  # noqa: ASYNC110 - aiohttp sets no event
        await asyncio.sleep(0.01)


def _hello(message):
    return {
        "protocolVersion": message["params"]["protocolVersion"],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "by hand", "version": "1"},
    }


def _result(message, result):
    return _reply(message, result=result)


def _reply(message, **fields):
    written = json.dumps({"jsonrpc": "2.0", "id": message["id"], **fields})
    return page(written.encode(), content_type="application/json")
