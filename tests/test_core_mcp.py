"""The tools of a real MCP server: imported, reviewed, called, and kept from others."""

import pytest
from cryptography.fernet import Fernet

from bot.messages import Actor, Refused
from learning.errors import ToolError
from learning.tool import Call, tool_of
from moderation.roles import Role
from tests.core_steps import MEMBER, MODERATOR, SERVER, open_home
from tests.mcp_steps import SECRET, gate_server

ADMIN = Actor("a1", "Ada", Role.ADMIN)


@pytest.fixture(scope="module")
def gate():
    with gate_server() as running:
        yield running


def hosts_of(gate):
    return frozenset({f"127.0.0.1:{gate.address[1]}"})


async def test_its_tools_wait_for_review_and_are_called_once_approved(tmp_path, gate):
    async with open_home(tmp_path, private_hosts=hosts_of(gate)) as home:
        imported = await home.core.import_mcp(SERVER, MODERATOR, gate.url, None)
        tools = {tool_of(each.lesson).name: each.lesson.id for each in imported.waiting}
        asked = "visitors"
        call = Call("visitors", {"region": "west", "season": "winter"})
        home.parts.engine.scripted[asked] = call.text
        unread = await home.ask(asked)
        await home.approve(tools["visitors"])

        reply = await home.ask(asked)

        assert unread.abstained
        assert reply.text == "west, winter, None"
        assert all(each.lesson.source == gate.url for each in imported.waiting)


async def test_only_moderators_import_and_no_private_host_is_asked(tmp_path, gate):
    async with open_home(tmp_path) as home:
        refused = await home.core.import_mcp(SERVER, MEMBER, gate.url, None)
        with pytest.raises(ToolError, match="not on the open web"):
            await home.core.import_mcp(SERVER, MODERATOR, gate.url, None)

        assert isinstance(refused, Refused)


async def test_the_one_secret_of_its_host_is_sent_and_stands_in_no_lesson(
    tmp_path, gate
):
    [host] = hosts = hosts_of(gate)
    key = Fernet.generate_key().decode()
    async with open_home(tmp_path, key=key, private_hosts=hosts) as home:
        await home.core.set_secret(SERVER, ADMIN, "GATE_KEY", host, SECRET)
        gate.authorizations.clear()

        imported = await home.core.import_mcp(SERVER, MODERATOR, gate.url, None)

        assert gate.authorizations == {f"Bearer {SECRET}"}
        texts = [each.lesson.text for each in imported.waiting]
        assert all("{secret:GATE_KEY}" in text for text in texts)
        assert not any(SECRET in text for text in texts)
