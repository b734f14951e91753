"""Proves that no MCP server gets further than one on the open web may, nor costs more.

The servers are written by hand, and hostile.
"""

import asyncio
import gzip
import json
import logging

import httpx2
import pytest

from learning.errors import ToolError
from learning.mcp_tools import call_tool, list_tools
from learning.mcp_transport import GuardedTransport
from learning.web_address import is_public
from tests.fake_site import Names, page, redirect, site
from tests.mcp_steps import (  # noqa: F401 - the fixtures are used by every test
    SECRET,
    any_port,
    at_most_soon,
    called_at,
    events,
    gone,
    listed,
    listed_by,
    nothing_keeps_running,
    outside,
    said,
    speaking,
    tool_at,
)


@pytest.mark.parametrize(
    "url", ["mcp.test", "ftp://mcp.test", f"https://u:{SECRET}@mcp.test/"]
)
async def test_what_is_no_address_is_refused_without_repeating_it(url):
    with pytest.raises(ToolError, match="no address of an MCP server") as caught:
        await list_tools(url, permit=is_public)

    assert SECRET not in str(caught.value)


async def test_a_private_address_is_neither_listed_nor_called():
    async with site(speaking(tools=[listed()], call=said("hi"))) as running:
        url = running.url(f"/mcp?key={SECRET}")
        for asked in (
            list_tools(url, permit=is_public),
            call_tool(tool_at(url), {}, permit=is_public),
        ):
            with pytest.raises(ToolError, match="not on the open web") as caught:
                await asked
            assert SECRET not in str(caught.value)

    assert running.requests == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "::ffff:127.0.0.1"])
async def test_a_name_that_leads_inside_is_not_connected_to(inside):
    async with site(speaking(tools=[listed()])) as running:
        with pytest.raises(ToolError, match=r"^zoo\.test:\d+ is not on the open web"):
            await list_tools(
                running.url("/mcp", host="zoo.test"),
                permit=any_port,
                resolver=Names([inside]),
            )

    assert running.requests == []


async def test_a_name_that_changes_its_address_midway_is_judged_anew():
    hello = speaking(tools=[listed()])

    async def hanging_up(request):
        response = await hello(request)
        response.force_close()
        return response

    async with site(hanging_up, host="0.0.0.0") as running:  # noqa: S104
        with pytest.raises(ToolError, match=r"^zoo\.test:\d+ is not on the open web"):
            await list_tools(
                running.url("/mcp", host="zoo.test"),
                permit=lambda address, port: address == "127.0.0.1",
                resolver=Names(["127.0.0.1"], ["127.0.0.2"]),
            )

    assert len(running.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status):
    async with site(redirect("/elsewhere", status=status)) as running:
        with pytest.raises(ToolError, match="leads to another address"):
            await list_tools(running.url("/mcp"), permit=outside(running))

    assert [request.path for request in running.requests] == ["/mcp"]


async def test_a_name_without_a_server_is_said():
    class Nowhere(Names):
        async def resolve(self, host, port=0, family=0):
            raise OSError("unknown")

    with pytest.raises(ToolError, match=r"zoo\.test is no host"):
        await list_tools(
            f"https://zoo.test/?key={SECRET}", permit=is_public, resolver=Nowhere([])
        )


async def test_a_server_that_wants_a_password_is_said():
    with pytest.raises(ToolError, match="does not let Myna in"):
        await listed_by(page(status=401))


async def test_a_header_that_cannot_be_sent_is_no_way_to_smuggle_another():
    async with site(speaking(tools=[listed()])) as running:
        for value in (f"a\r\nX-Evil: {SECRET}", f"ü{SECRET}"):
            with pytest.raises(ToolError) as caught:
                await list_tools(
                    running.url("/mcp"),
                    permit=outside(running),
                    headers={"X-Key": value},
                )
            assert SECRET not in str(caught.value)

    assert running.requests == []


async def silence(request):
    await gone(request)
    yield b""


async def chatter(request):
    while True:
        yield b": still thinking\n\n"
        await asyncio.sleep(0.01)


async def flood(request):
    while True:
        yield b": " + b"x" * 60_000 + b"\n\n"


async def later(request):
    yield b"id: 1\nretry: 600000\ndata:\n\n"


async def one_endless_event(request):
    yield b"data: "
    while True:
        yield b"x" * 60_000


async def hanging_up(request):
    yield b"id: 1\nretry: 0\ndata:\n\n"


@pytest.mark.parametrize("pieces", [silence, chatter, later])
async def test_a_stream_without_an_end_is_left_in_time(pieces):
    with pytest.raises(ToolError, match=r"took (too long|more than 0\.3 seconds)"):
        await called_at(events(pieces), timeout_seconds=0.3)


@pytest.mark.parametrize("pieces", [flood, one_endless_event])
async def test_a_stream_of_more_than_the_cap_is_left(pieces):
    with pytest.raises(ToolError):
        await called_at(events(pieces))


async def test_a_server_cannot_have_itself_asked_for_ever():
    async with site(events(hanging_up)) as running:
        with pytest.raises(ToolError, match="again and again"):
            await call_tool(tool_at(running.url("/mcp")), {}, permit=outside(running))

    assert len(running.requests) < 100


async def test_a_server_that_says_nothing_is_left_in_time():
    async def slow(request):
        await gone(request)

    with pytest.raises(ToolError, match=r"^127\.0\.0\.1:\d+ took"):
        await listed_by(slow, timeout_seconds=0.3)


def clinging(polite, asked):
    """Answer as `polite` does in a session that never ends, and note what is asked."""

    async def answer(request):
        asked.append(request.method)
        if request.method == "DELETE":
            await gone(request)
        response = await polite(request)
        response.headers["Mcp-Session-Id"] = "1"
        return response

    return answer


async def test_a_server_that_is_slow_to_say_goodbye_does_not_cost_the_answer():
    polite, asked = speaking(call=said("hello")), []

    assert await called_at(clinging(polite, asked), timeout_seconds=0.5) == "hello"
    assert asked[-1] == "DELETE"


async def test_nobody_listens_for_what_a_server_says_unasked():
    polite, asked = speaking(call=said("hello")), []

    await called_at(clinging(polite, asked), timeout_seconds=0.5)

    assert set(asked) == {"POST", "DELETE"}


async def test_a_server_that_took_too_long_is_not_even_said_goodbye():
    asked = []

    async def slow(request):
        message = await request.json()
        if message["method"] == "tools/call":
            await gone(request)
        return await speaking()(request)

    with pytest.raises(ToolError, match="took"):
        await called_at(clinging(slow, asked), timeout_seconds=0.3)

    assert set(asked) == {"POST"}


async def test_nothing_is_sent_after_the_deadline():
    async with site(page()) as running:
        transport = GuardedTransport(
            "zoo.test",
            permit=outside(running),
            resolver=None,
            max_bytes=9,
            deadline=asyncio.get_running_loop().time() - 1,
            has_bare_secrets=False,
        )
        request = httpx2.Request("POST", running.url("/mcp"))
        async with transport:
            with pytest.raises(httpx2.TransportError):
                await transport.handle_async_request(request)

    assert running.requests == []
    assert transport.failure == "zoo.test took too long; try again later."


async def test_giving_up_midway_leaves_nothing_running():
    started = asyncio.Event()

    async def slow(request):
        started.set()
        await gone(request)

    async with site(slow) as running:
        task = asyncio.create_task(
            list_tools(running.url("/mcp"), permit=outside(running))
        )
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("size", [70_000, 300_000])
async def test_an_answer_of_more_than_the_cap_is_refused(size):
    with pytest.raises(ToolError, match="sent more than Myna reads"):
        await called_at(speaking(call=said("x" * size)))


async def test_a_list_of_more_than_the_cap_is_refused():
    tools = [listed(description="x" * 200_000)]

    with pytest.raises(ToolError, match="sent more than Myna reads"):
        await listed_by(speaking(tools=tools), max_bytes=50_000)


async def test_a_packed_answer_is_not_unpacked():
    bomb = gzip.compress(b" " * 10_000_000)
    packed = page(bomb, content_type="application/json", Content_Encoding="gzip")

    with pytest.raises(ToolError, match="packed"):
        await called_at(speaking(call=lambda params: packed))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", b'{"jsonrpc": "2.0"}', b"[" * 60_000]
)
async def test_what_is_no_answer_is_an_error_and_not_logged(body, caplog):
    caplog.set_level(logging.INFO)
    answer = page(body + SECRET.encode(), content_type="application/json")

    with pytest.raises(ToolError, match="did not answer as an MCP server does"):
        await called_at(speaking(call=lambda params: answer))

    assert SECRET not in caplog.text


async def test_a_page_is_no_mcp_server():
    with pytest.raises(ToolError, match="did not answer as an MCP server does"):
        await listed_by(page())


async def test_a_question_instead_of_an_answer_is_not_answered():
    async def asking(request):
        question = {
            "jsonrpc": "2.0",
            "id": 7,
            "method": "sampling/createMessage",
            "params": {"messages": [], "maxTokens": 9},
        }
        yield f"data: {json.dumps(question)}\n\n".encode()

    with pytest.raises(ToolError, match="did not answer as an MCP server does"):
        await called_at(events(asking))
