"""Steps of the tests about tools: a server to call, and a tool that calls it."""

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.messages import Teaching
from learning.lesson import LessonKind
from learning.tool_client import ToolClient
from tests.core_steps import SERVER, TEACHER, open_home

EXAMPLES = (
    ("Is the EU server up?", {"region": "eu"}),
    ("status of the us server", {"region": "us"}),
    ("How many people play on the Asia server?", {"region": "asia"}),
)


@dataclass
class Site:
    """A service on this machine that remembers what it was asked."""

    host: str = ""
    asked: list = field(default_factory=list)
    """Method, path with query, headers and body of each request."""
    answers: dict = field(default_factory=dict)
    """What to answer to a path: a status and JSON."""

    def status_tool(self, **changes):
        """A tool with one needed parameter that only reads."""
        return {
            "name": "server_status",
            "description": "Says whether a game server is up and how many people play.",
            "parameters": {
                "type": "object",
                "properties": {
                    "region": {"type": "string", "enum": ["eu", "us", "asia"]}
                },
                "required": ["region"],
            },
            "endpoint": {
                "method": "GET",
                "url": f"http://{self.host}/status/{{region}}",
            },
            "answer": "{region}: {players} people play there.",
        } | changes

    async def handle(self, request):
        path = request.raw_path
        body = await request.text()
        self.asked.append((request.method, path, dict(request.headers), body))
        status, said = self.answers.get(path, (200, {"players": 12}))
        return web.json_response(said, status=status)


@asynccontextmanager
async def serving_site():
    site = Site()

    async def handle(request):
        return await site.handle(request)  # a test may put another in its place

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(app)
    await server.start_server()
    site.host = f"127.0.0.1:{server.port}"
    try:
        yield site
    finally:
        await server.close()


@asynccontextmanager
async def open_tool_home(root, **changes):
    """Open a core whose tools may reach a service on this machine."""
    async with serving_site() as site:
        hosts = frozenset({site.host})
        hosts = changes.pop("private_hosts", hosts)
        async with (
            ToolClient(private_hosts=hosts) as client,
            open_home(root, tool_client=client, private_hosts=hosts, **changes) as home,
        ):
            yield home, site


def tool_text(tool, examples=EXAMPLES):
    shown = [{"request": request, "arguments": given} for request, given in examples]
    return json.dumps(tool | {"examples": shown})


async def teach_tool(home, tool, examples=EXAMPLES, actor=TEACHER):
    """Teach a tool; return what became of it."""
    return await home.core.teach(
        Teaching(SERVER, actor, LessonKind.TOOL, text=tool_text(tool, examples))
    )


async def approved_tool(home, tool, examples=EXAMPLES):
    """Teach a tool and approve it; return the number of its lesson."""
    taught = await teach_tool(home, tool, examples)
    number = taught.waiting.lesson.id
    await home.approve(number)
    return number
