"""What the tests of tools on a platform repeat: a site to call, and a filled form."""

from contextlib import asynccontextmanager

from aiohttp import web
from cryptography.fernet import Fernet

from bot.tool_fields import ANSWER, CALL, EXAMPLES, PARAMETERS, TOOL
from learning.tool_client import ToolClient
from tests.fake_site import site

KEY = Fernet.generate_key().decode()
VALUE = "s3cr3t-w0rds"
SECRET = "OPS_KEY"  # noqa: S105 - the name of one
RESTART = "Restart the Orion server"


ENCRYPTED = {"key": KEY}
"""Changes of a core that may keep secrets."""


@asynccontextmanager
async def ops():
    """Serve what a tool calls: it says what it was asked to restart.

    Its `core` has the changes of a core that may call it.
    """

    async def restarted(request):
        fields = await request.json() if request.can_read_body else {}
        return web.json_response({"state": f"{fields.get('server')} restarts"})

    client = ToolClient(permit=lambda _address, _port: True)
    async with site(restarted) as running, client:
        running.core = {**ENCRYPTED, "tool_client": client}
        yield running


def filled(running, **changes):
    """Return the form of the tool that restarts servers, filled in."""
    return {
        TOOL: "restart\nRestarts a server of ours",
        PARAMETERS: "server: str - which one",
        CALL: f"POST {running.url('/restart')}\nX-Team: ops",
        ANSWER: "Done: {state}.",
        EXAMPLES: f"{RESTART} -> server=Orion\nRestart Vega -> server=Vega",
        **changes,
    }
