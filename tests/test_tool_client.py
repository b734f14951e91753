"""Proves that a call reaches its own host only, and gives away nothing it was sent."""

import asyncio
import gzip
import json
import logging
import traceback
import tracemalloc
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from yarl import URL

from learning.errors import ToolError
from learning.tool_address import hosts_named
from learning.tool_body import HIDDEN
from learning.tool_client import MAX_BYTES, ToolClient, is_public_address
from learning.tool_request import ToolRequest
from learning.web_address import is_public
from tests.fake_site import Names, page, redirect, site
from tests.test_web import self_signed

KEY = "sk-grelbin/4711"
ASKED = "wherethekeyis"
SECRET = {"Authorization": f"Bearer {KEY}"}
JSON = "application/json"


def answer(fields, *, status=200, content_type=JSON, **headers):
    body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return page(body, content_type=content_type, status=status, **headers)


def outside(running):
    """The real judgement, with one site standing for the open web."""
    return lambda address, port: (
        (address, port) == (running.host, running.port)
        or is_public_address(address, port)
    )


def request_of(url, method="GET", *, headers=None, body=None, secrets=()):
    once = method not in ("GET", "HEAD")
    return ToolRequest(method, url, headers or {}, body, secrets, repeatable=not once)


async def sent(request, **options):
    async with ToolClient(**options) as client:
        return await client.send(request)


async def sent_to(reply, *, path="/", request=None, **options):
    async with site(reply) as running:
        return await sent(
            request_of(running.url(path), **(request or {})),
            permit=outside(running),
            **options,
        )


async def test_a_call_sends_its_request_and_returns_what_was_answered():
    got = []

    async def noting(request):
        got.append((request.method, request.raw_path, await request.read()))
        return answer({"players": 12}, content_type=f"{JSON}; charset=utf-8")

    async with site(noting) as running:
        found = await sent(
            request_of(
                running.url("/eu%2Fx?q=a%26b"),
                "POST",
                headers={"X-Key": "abc", "Content-Type": JSON},
                body=b'{"a": 1}',
            ),
            permit=outside(running),
        )

    assert got == [("POST", "/eu%2Fx?q=a%26b", b'{"a": 1}')]
    assert (found.status, found.content_type) == (200, JSON)
    assert json.loads(found.text) == {"players": 12}
    [request] = running.requests
    assert request.headers["X-Key"] == "abc"
    assert request.headers["Content-Type"] == JSON
    assert "Myna" in request.headers["User-Agent"]


async def test_text_is_decoded_as_it_is_declared():
    latin = await sent_to(
        page("Grüße".encode("latin-1"), content_type="text/plain; charset=latin-1")
    )
    marked = await sent_to(page(b"\xef\xbb\xbf{}", content_type=JSON))
    broken = await sent_to(page(b"a\xffb", content_type="text/plain"))

    assert (latin.text, marked.text, broken.text) == ("Grüße", "{}", "a\ufffdb")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
async def test_an_answer_may_have_no_body(method):
    found = await sent_to(
        page(b"", status=204, content_type=""), request={"method": method}
    )

    assert (found.status, found.text) == (204, "")


async def test_a_head_is_answered_however_long_the_body_would_be():
    found = await sent_to(page(b"x" * (2 * MAX_BYTES)), request={"method": "HEAD"})

    assert (found.status, found.text) == (200, "")


SPELLINGS = [
    "localhost",
    "127.0.0.1",
    "0x7f000001",
    "0.0.0.0",  # noqa: S104
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_this_machine_is_called(host):
    async with site(answer({})) as running:
        with pytest.raises(ToolError, match="TOOL_PRIVATE_HOSTS"):
            await sent(request_of(running.url(host=host)))

    assert running.requests == []


@pytest.mark.parametrize("host", SPELLINGS)
async def test_named_by_the_operator_those_spellings_do_lead_to_this_machine(host):
    async with site(answer({})) as running:
        await sent(
            request_of(str(URL(running.url(host=host)))),  # as `build` writes it
            private_hosts=hosts_named(f"{host}:{running.port}"),
        )

    assert len(running.requests) == 1


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "[fd00::1]"])
async def test_addresses_inside_the_network_are_not_connected_to(address):
    with pytest.raises(ToolError, match="not on the open web"):
        await sent(request_of(f"http://{address}/"), timeout_seconds=5)


@pytest.mark.parametrize("inside", ["127.0.0.1", "::ffff:127.0.0.1"])
async def test_a_name_that_leads_inside_is_not_called(inside):
    async with site(answer({})) as running:
        with pytest.raises(ToolError, match=r"intranet\.test:\d+ is not on the open"):
            await sent(
                request_of(running.url(host="intranet.test")),
                resolver=Names([inside]),
            )

    assert running.requests == []


async def test_a_name_that_changes_its_address_is_judged_at_every_connection():
    """The name is looked up once for each connection, and that answer is judged."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])

    async with (
        site(answer({})) as running,
        ToolClient(permit=outside(running), resolver=names) as client,
    ):
        call = request_of(running.url(host="rebinding.test"))
        await client.send(call)
        with pytest.raises(ToolError, match="not on the open web"):
            await client.send(call)

    assert len(running.requests) == 1
    assert names.answers == [["127.0.0.2"]]


async def test_the_operator_permits_one_host_and_port_and_no_other():
    async with site(answer({})) as listed, site(answer({})) as other:
        options = {
            "private_hosts": hosts_named(f"tools.test:{listed.port}"),
            "resolver": Names(["127.0.0.1"]),
        }
        await sent(request_of(listed.url(host="tools.test")), **options)
        for running, host in ((other, "tools.test"), (listed, "other.test")):
            with pytest.raises(ToolError, match="not on the open web"):
                await sent(request_of(running.url(host=host)), **options)

    assert len(listed.requests) == 1
    assert other.requests == []


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_redirect_is_followed_even_to_the_same_host(status, method):
    async with site(answer({"stolen": True})) as other:
        for target in (other.url("/steal"), "/here"):
            async with site(redirect(target, status=status)) as running:
                with pytest.raises(ToolError, match=f"answered {status}"):
                    await sent(
                        request_of(running.url(), method, headers=SECRET),
                        permit=lambda address, port: True,
                    )
            assert len(running.requests) == 1

    assert other.requests == []


async def test_a_secret_is_sent_over_http_to_no_public_host():
    async with site(answer({})) as running:
        call = request_of(running.url(), headers=SECRET, secrets=(KEY,))
        with pytest.raises(ToolError, match="https://"):
            await sent(call, permit=outside(running))
        assert running.requests == []

        await sent(call, private_hosts=hosts_named(f"127.0.0.1:{running.port}"))

    assert running.requests[0].headers["Authorization"] == f"Bearer {KEY}"


async def test_a_host_without_a_valid_certificate_is_sent_nothing(tmp_path):
    async with site(answer({}), tls=self_signed(tmp_path)) as running:
        with pytest.raises(ToolError, match="no valid certificate"):
            await sent(
                request_of(
                    f"https://127.0.0.1:{running.port}/", headers=SECRET, secrets=(KEY,)
                ),
                permit=outside(running),
            )

    assert running.requests == []


async def test_an_answer_that_never_ends_is_left():
    reached = 0

    async def endless(request):
        nonlocal reached
        response = web.StreamResponse(headers={"Content-Type": JSON})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)
            reached += 10_000

    with pytest.raises(ToolError, match="more than 64 KB"):
        await sent_to(endless)

    assert reached < 16 * 1024**2  # what sockets hold


async def test_an_answer_of_exactly_the_allowed_size_is_read():
    found = await sent_to(page(b"x" * MAX_BYTES, content_type="text/plain"))

    assert len(found.text) == MAX_BYTES
    with pytest.raises(ToolError, match="more than 64 KB"):
        await sent_to(page(b"x" * (MAX_BYTES + 1), content_type="text/plain"))


@pytest.mark.parametrize("status", [200, 500])
async def test_a_bomb_is_left_before_it_fills_the_memory(status):
    bomb = answer(
        gzip.compress(bytes(50 * 1024**2)), status=status, Content_Encoding="gzip"
    )

    tracemalloc.start()
    try:
        with pytest.raises(ToolError, match=r"more than 64 KB|answered 500"):
            await sent_to(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 10 * 1024**2


async def test_a_packed_answer_is_unpacked():
    found = await sent_to(answer(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"))

    assert found.text == '{"a": 1}'


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"full"])
async def test_a_host_that_drips_is_left(start):
    """Slow-loris: each byte comes in time, the answer never does."""
    if start == b"full":
        start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n"

    async def drip(reader, writer):
        try:
            writer.write(start)
            while True:
                await asyncio.sleep(0.02)
                if start:
                    writer.write(b"x")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            writer.close()

    async with listening(drip) as port:
        with pytest.raises(ToolError, match=r"more than 0\.3 seconds"):
            await sent(
                request_of(f"http://127.0.0.1:{port}/?q={ASKED}"),
                private_hosts=hosts_named(f"127.0.0.1:{port}"),
                timeout_seconds=0.3,
            )


@pytest.mark.parametrize(
    "content_type",
    ["image/png", "application/octet-stream", "application/pdf", "nonsense", ""],
)
async def test_what_is_neither_text_nor_json_is_refused(content_type):
    with pytest.raises(ToolError, match="neither text nor JSON"):
        await sent_to(page(b"x", content_type=content_type))


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/ld+json", "text/csv", "application/xml", "application/a+xml"],
)
async def test_text_json_and_xml_are_taken(content_type):
    found = await sent_to(page(b"x", content_type=content_type))

    assert found.content_type == content_type


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "400 (Bad Request)"),
        (401, "401 (Unauthorized)"),
        (404, "404 (Not Found)"),
        (429, "429 (Too Many Requests)"),
        (503, "503 (Service Unavailable)"),
        (599, "599"),
    ],
)
async def test_an_error_is_told_by_its_number(status, said):
    async with site(answer({}, status=status)) as running:
        with pytest.raises(ToolError) as refusal:
            await sent(request_of(running.url()), permit=outside(running))

    assert str(refusal.value) == f"127.0.0.1:{running.port} answered {said}."
    assert refusal.value.detail == ""


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"title": "No", "detail": "There is no region xx."}, "There is no region xx."),
        ({"message": "Bad\n\tregion"}, "Bad region"),
        ({"error": {"code": 7, "message": "No region."}}, "No region."),
        ({"error": "no_region"}, "no_region"),
        ({"detail": "x" * 999}, "x" * 300),
        ({"detail": f"{'x' * 290} {KEY}"}, f"{'x' * 290} {HIDDEN}"),
        ({"detail": f"Bad key {KEY}"}, f"Bad key {HIDDEN}"),
        ({"detail": 7}, ""),
        ([1], ""),
        (b"[" * 5000, ""),
        (b"no JSON", ""),
    ],
)
async def test_what_json_says_is_wrong_is_kept_beside_the_error(fields, detail):
    reply = answer(fields, status=400, content_type="application/problem+json")

    async with site(reply) as running:
        with pytest.raises(ToolError) as refusal:
            await sent(
                request_of(running.url(), secrets=(KEY,)),
                private_hosts=hosts_named(f"127.0.0.1:{running.port}"),
            )

    assert refusal.value.detail == detail[:300]
    assert "answered 400" in str(refusal.value)


async def test_the_words_of_an_error_page_are_not_kept():
    with pytest.raises(ToolError) as refusal:
        await sent_to(page(b"<p>Forbidden, call me</p>", status=403))

    assert refusal.value.detail == ""


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        json.dumps(f"Bearer {KEY}"),
        '"sk-grelbin\\/4711"',
        "https://x/?key=sk-grelbin%2F4711",
    ],
)
async def test_a_secret_that_a_host_repeats_is_covered(written):
    async with site(page(written.encode(), content_type="text/plain")) as running:
        found = await sent(
            request_of(running.url(), headers=SECRET, secrets=(KEY,)),
            private_hosts=hosts_named(f"127.0.0.1:{running.port}"),
        )

    assert HIDDEN in found.text
    assert "4711" not in found.text


@asynccontextmanager
async def listening(serve):
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def breaking(times):
    """A server that reads a request and hangs up, before it answers at last."""
    asked = []

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split()[0].decode())
        if len(asked) > times:
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                b"Content-Length: 2\r\n\r\nok"
            )
        writer.close()

    async with listening(serve) as port:
        yield port, asked


async def called(port, method):
    return await sent(
        request_of(f"http://127.0.0.1:{port}/?q={ASKED}", method),
        private_hosts=hosts_named(f"127.0.0.1:{port}"),
    )


async def test_a_get_is_tried_once_more_where_the_connection_broke():
    async with breaking(1) as (port, asked):
        found = await called(port, "GET")
    async with breaking(9) as (other, all_asked):
        with pytest.raises(ToolError, match="cannot be reached"):
            await called(other, "GET")

    assert (found.text, asked) == ("ok", ["GET", "GET"])
    assert all_asked == ["GET", "GET"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_what_may_change_something_is_sent_once(method):
    async with breaking(1) as (port, asked):
        with pytest.raises(ToolError, match="cannot be reached"):
            await called(port, method)

    assert asked == [method]


async def test_one_host_answers_four_at_once_and_another_does_not_wait_for_it():
    inside, most, go = 0, 0, asyncio.Event()
    full = asyncio.Event()

    async def slow(request):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == 4:
            full.set()
        await go.wait()
        inside -= 1
        return answer({})

    async with (
        site(slow) as busy,
        site(answer({})) as idle,
        ToolClient(permit=lambda address, port: True) as client,
        asyncio.TaskGroup() as tasks,
    ):
        for _ in range(9):
            tasks.create_task(client.send(request_of(busy.url())))
        await full.wait()
        await client.send(request_of(idle.url()))
        go.set()

    assert most == 4
    assert len(busy.requests) == 9


async def test_cookies_are_not_kept_and_no_proxy_is_used(monkeypatch):
    async with (
        site(answer({})) as proxy,
        site(answer({}, Set_Cookie="who=me")) as running,
    ):
        monkeypatch.setenv("http_proxy", proxy.url())
        async with ToolClient(permit=outside(running)) as client:
            await client.send(request_of(running.url()))
            await client.send(request_of(running.url()))

    assert proxy.requests == []
    assert "Cookie" not in running.requests[1].headers


class Nobody(Names):
    async def resolve(self, host, port=0, family=0):
        raise OSError("no such name")


async def noise(reader, writer):
    writer.write(f"SSH-2.0 {ASKED}\r\n\r\n".encode())
    writer.close()


async def failing(tmp_path):
    """Every way in which a call fails, as a request and a client's options."""
    query, everywhere = f"/{ASKED}?key={ASKED}", {"permit": lambda address, port: True}
    async with site(answer({})) as closed:
        pass
    yield request_of(closed.url(query), headers=SECRET), everywhere
    yield request_of(f"https://127.0.0.1:{closed.port}{query}"), {}
    yield request_of(f"https://nowhere.test{query}"), {"resolver": Nobody([])}
    yield request_of(f"https://{'a' * 64}.test{query}"), {}
    yield request_of(f"http://127.1{query}"), {}
    yield request_of(f"http://exa_mple..test{query}"), {"resolver": Names(["10.0.0.1"])}
    yield request_of(f"ftp://example.org{query}"), {}
    yield request_of(f"https://{ASKED}@example.org{query}"), {}
    yield request_of(f"https://example.org{query}\r\nHost: x"), {}
    yield (
        request_of(f"http://example.org{query}", headers=SECRET, secrets=(KEY,)),
        {},
    )
    async with listening(noise) as port:
        yield request_of(f"http://127.0.0.1:{port}{query}", headers=SECRET), everywhere
    for reply in (
        answer({"detail": KEY}, status=401),
        redirect(f"https://example.org/?key={KEY}"),
        page(b"x", content_type=f"image/{ASKED}"),
        page(b"x" * (MAX_BYTES + 1), content_type="text/plain"),
        page(b"x", content_type="text/plain", Content_Encoding="br"),
    ):
        async with site(reply) as running:
            for method in ("GET", "POST"):
                yield (
                    request_of(
                        running.url(query), method, headers=SECRET, secrets=(KEY,)
                    ),
                    {"private_hosts": hosts_named(f"127.0.0.1:{running.port}")},
                )
    async with site(answer({}), tls=self_signed(tmp_path)) as running:
        url = f"https://127.0.0.1:{running.port}{query}"
        yield request_of(url, headers=SECRET, secrets=(KEY,)), everywhere


async def test_no_failure_repeats_the_secret_or_what_was_asked(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    failed = 0

    async for request, options in failing(tmp_path):
        with pytest.raises(ToolError) as refusal:
            await sent(request, timeout_seconds=5, **options)
        told = "".join(traceback.format_exception(refusal.value))
        failed += 1

        for text in (str(refusal.value), refusal.value.detail, repr(request)):
            assert KEY not in text
            assert ASKED not in text
        assert KEY not in told
        assert ASKED not in told

    assert failed == 22
    assert KEY not in caplog.text
    assert ASKED not in caplog.text


@pytest.mark.parametrize(
    ("address", "port", "public"),
    [
        ("93.184.216.34", 443, True),
        ("93.184.216.34", 8443, True),
        ("2606:4700::1111", 8080, True),
        ("10.0.0.1", 443, False),
        ("127.0.0.1", 80, False),
        ("169.254.169.254", 80, False),
        ("::1", 443, False),
        ("::ffff:10.0.0.1", 443, False),
        ("fe80::1%2", 443, False),
        ("no address", 443, False),
    ],
)
def test_any_port_of_a_public_address_may_be_called(address, port, public):
    assert is_public_address(address, port) is public
    assert is_public(address, 8443) is False  # pages are read on the web's ports


async def test_a_client_outside_async_with_is_a_mistake_of_ours():
    with pytest.raises(RuntimeError):
        await ToolClient().send(request_of("http://example.org/"))
