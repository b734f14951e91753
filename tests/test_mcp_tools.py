"""Proves that tools of a real MCP server are listed and called, secrets kept safe."""

import asyncio
import json
import sys

import pytest

from learning.errors import SettingsError, ToolError
from learning.mcp_tools import call_tool, list_tools
from learning.tool import Endpoint, parse
from learning.tool_check import build
from learning.web_address import is_public
from tests.fake_site import Names, site
from tests.mcp_steps import (  # noqa: F401 - the fixtures are used by every test
    SECRET,
    at_most_soon,
    called_at,
    gate_server,
    gone,
    listed,
    nothing_keeps_running,
    outside,
    said,
    speaking,
    tool_at,
    tools_of,
)


@pytest.fixture(scope="module")
def gate():
    with gate_server() as running:
        yield running


async def test_a_server_s_tools_are_listed_with_what_they_need(gate):
    tools = await tools_of(gate)

    visitors = tools["visitors"]
    assert visitors.description == "Counts the visitors of a region."
    assert visitors.endpoint == Endpoint("MCP", f"{gate.url}#visitors")
    assert visitors.required == ["region"]
    assert visitors.properties == {
        "region": {"type": "string", "enum": ["east", "west"]},
        "season": {"type": "string", "enum": ["summer", "winter"]},
        "limit": {"type": "integer"},
    }


async def test_a_listed_tool_can_be_written_as_a_lesson_and_read_again(gate):
    for tool in (await tools_of(gate)).values():
        assert parse(tool.text) == tool
        assert build(json.loads(tool.text)) == tool


async def test_what_the_server_does_not_call_read_only_asks_first(gate):
    tools = await tools_of(gate)

    assert not tools["visitors"].confirm
    assert tools["open_gate"].confirm


async def test_a_call_is_answered_with_its_text(gate):
    visitors = (await tools_of(gate))["visitors"]

    answer = await call_tool(visitors, {"region": "east"}, permit=gate.permit)

    assert answer == "east, summer, None"


@pytest.mark.parametrize("options", [{"json_response": True}, {"stateless_http": True}])
async def test_servers_of_all_kinds_are_spoken_to(options):
    with gate_server(**options) as gate:
        visitors = (await tools_of(gate))["visitors"]
        arguments = {"region": "west", "season": "winter", "limit": 3}
        answer = await call_tool(visitors, arguments, permit=gate.permit)

    assert answer == "west, winter, 3"


async def test_a_change_is_made_once_and_may_say_nothing(gate):
    tools = await tools_of(gate)

    answer = await call_tool(tools["open_gate"], {"number": 4}, permit=gate.permit)
    opened = list(gate.opened)
    silence = await call_tool(tools["close_gate"], {"number": 4}, permit=gate.permit)

    assert answer == "Gate 4 is open."
    assert opened == [4]
    assert (silence, gate.opened) == ("", [])


async def test_a_tool_that_breaks_is_an_error_without_its_words(gate):
    broken = (await tools_of(gate))["broken"]

    with pytest.raises(ToolError) as caught:
        await call_tool(broken, {}, permit=gate.permit)

    host = gate.url.split("/")[2]
    assert str(caught.value) == f"{host} says that it could not do that."


async def test_a_tool_that_the_server_does_not_have_is_an_error(gate):
    with pytest.raises(ToolError, match=r"^127\.0\.0\.1:\d+ "):
        await call_tool(tool_at(gate.url, "gone"), {}, permit=gate.permit)


async def test_a_name_that_myna_cannot_use_is_made_one_and_still_called(gate):
    state = (await tools_of(gate))["gate_state"]

    assert state.endpoint.url != gate.url
    assert await call_tool(state, {}, permit=gate.permit) == "[]"


async def test_arguments_that_the_server_wants_as_headers_are_sent_so(gate):
    routed = (await tools_of(gate))["routed"]

    answer = await call_tool(routed, {"region": "east"}, permit=gate.permit)

    assert answer == "routed to east"


async def test_a_picture_is_no_answer_but_the_person_hears_that_it_was_done(gate):
    with pytest.raises(ToolError, match="did that, but sent nothing"):
        await call_tool(tool_at(gate.url, "picture"), {}, permit=gate.permit)


async def test_secrets_are_sent_and_kept_nowhere(gate):
    written = {"Authorization": "Bearer {secret:ZOO}"}
    filled = {"Authorization": f"Bearer {SECRET}"}
    gate.authorizations.clear()

    listing = await list_tools(
        gate.url, permit=gate.permit, headers=written, sent_headers=filled
    )
    await call_tool(
        tool_at(gate.url, "visitors"),
        {"region": "east"},
        permit=gate.permit,
        headers=filled,
    )

    assert gate.authorizations == {f"Bearer {SECRET}"}
    assert SECRET not in repr(listing)
    assert listing.tools[0].endpoint.headers == written


async def test_secrets_that_a_server_repeats_are_kept_nowhere():
    written = {"Authorization": "Bearer {secret:ZOO}"}
    filled = {"Authorization": f"Bearer {SECRET}"}
    tools = [listed(description=f"Your key is {SECRET}.")]

    async with site(speaking(tools=tools, call=said(f"Hello {SECRET}"))) as running:
        url, permit = running.url("/mcp"), outside(running)
        listing = await list_tools(
            url, permit=permit, headers=written, sent_headers=filled
        )
        [tool] = listing.tools
        answer = await call_tool(tool, {}, permit=permit, headers=filled)

    assert tool.description == "Your key is (secret)."
    assert answer == "Hello (secret)"


async def test_a_secret_that_is_written_out_is_no_part_of_a_tool():
    async with site(speaking(tools=[listed()])) as running:
        listing = await list_tools(
            running.url("/mcp"),
            permit=outside(running),
            headers={"Authorization": f"Bearer {SECRET}"},
        )

    assert listing.tools == ()
    assert "stores it as a secret" in listing.left_out[0][1]


async def test_secrets_are_not_sent_in_the_clear_over_the_open_web():
    written = {"Authorization": "Bearer {secret:ZOO}"}
    filled = {"Authorization": f"Bearer {SECRET}"}

    with pytest.raises(ToolError, match="has to start with https://"):
        await list_tools(
            "http://zoo.test/mcp",
            permit=lambda address, port: True,
            resolver=Names(["93.184.216.34"]),
            headers=written,
            sent_headers=filled,
        )


async def test_a_proxy_of_the_environment_is_not_asked(gate, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert await tools_of(gate)


async def test_without_the_sdk_the_operator_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp.client.client", None)
    monkeypatch.delitem(sys.modules, "learning.mcp_session", raising=False)

    with pytest.raises(SettingsError, match=r"pip install myna\[mcp\]"):
        await list_tools("https://mcp.test/mcp", permit=is_public)


async def test_myna_starts_without_loading_the_sdk():
    code = "import sys, learning.mcp_tools; print('mcp' in sys.modules)"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )

    out, _ = await child.communicate()

    assert out == b"False\n"


async def test_structured_content_is_json_where_there_is_no_text():
    found = said(structuredContent={"visitors": 3, "où": "ici"})

    answer = await called_at(speaking(call=found))

    assert json.loads(answer) == {"visitors": 3, "où": "ici"}
    assert "où" in answer


async def test_texts_are_joined():
    assert await called_at(speaking(call=said("a", "b"))) == "a\nb"


async def test_what_a_server_promises_of_its_answers_is_not_run():
    pattern = {"type": "string", "pattern": "^(a+)+$"}
    schema = {"type": "object", "properties": {"x": pattern}}
    tools = [listed(outputSchema=schema)]
    found = said("hi", structuredContent={"x": "a" * 64 + "!"})

    assert await called_at(speaking(tools=tools, call=found)) == "hi"
