"""Proves that searches give clean data, and every failure a sentence."""

import asyncio
import gzip
import json
import textwrap

import pytest
from aiohttp import web

from learning.errors import SearchError, SettingsError
from learning.search import MAX_BYTES, Brave, Ddgs, SearXNG
from learning.search_results import Result
from tests.fake_site import page, redirect, site

FOUND = [
    {"title": "Mynas", "url": "https://birds.test/myna", "content": "They talk."},
    {"title": "Starlings", "url": "http://birds.test/", "content": "They flock."},
]
RESULTS = (
    Result(title="Mynas", url="https://birds.test/myna", snippet="They talk."),
    Result(title="Starlings", url="http://birds.test/", snippet="They flock."),
)


def answer(found, **fields):
    """Answer as SearXNG does."""
    return spoken({"query": "q", "results": found, **fields})


def brave_answer(found):
    listed = [
        {"title": e["title"], "url": e["url"], "description": e["content"]}
        for e in found
    ]
    return spoken({"type": "search", "web": {"type": "search", "results": listed}})


def spoken(value, **options):
    return page(json.dumps(value).encode(), content_type="application/json", **options)


async def searched(reply, query="talking birds", *, limit=10):
    async with site(reply) as running:
        return await SearXNG(running.url()).search(query, limit=limit)


async def brave_searched(reply, query="talking birds", *, limit=10):
    async with site(reply) as running:
        engine = Brave("key-1", url=running.url("/res/v1/web/search"))
        return await engine.search(query, limit=limit)


async def test_searxng_is_asked_for_json_and_its_results_come_in_order():
    async with site(answer(FOUND)) as running:
        found = await SearXNG(running.url("/base/")).search(" talking\nbirds ", limit=5)

    assert found == RESULTS
    asked = running.requests[0]
    assert asked.path == "/base/search"
    assert dict(asked.query) == {
        "q": "talking birds",
        "format": "json",
        "safesearch": "1",
    }


async def test_brave_is_asked_with_the_key_in_its_header_only():
    async with site(brave_answer(FOUND)) as running:
        engine = Brave("key-1\n", url=running.url("/res/v1/web/search"))
        found = await engine.search("talking birds", limit=50)

    assert found == RESULTS
    asked = running.requests[0]
    assert asked.headers["X-Subscription-Token"] == "key-1"
    assert dict(asked.query) == {"q": "talking birds", "count": "20"}
    assert "key-1" not in repr(engine)


async def test_brave_finding_nothing_is_no_error():
    assert await brave_searched(spoken({"type": "search"})) == ()


async def test_no_more_than_the_limit_is_given():
    assert await searched(answer(FOUND), limit=1) == RESULTS[:1]


async def test_a_packed_answer_is_read():
    packed = page(
        gzip.compress(json.dumps({"results": FOUND}).encode()),
        content_type="application/json",
        Content_Encoding="gzip",
    )

    assert await searched(packed) == RESULTS


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<strong>Mynas</strong> &amp; co", "Mynas & co"),
        ("a <script>alert(1)</script> b", "a alert(1) b"),
        ("&lt;img src=x onerror=alert(1)&gt;bird", "bird"),
        ("&amp;lt;b&amp;gt;bird", "bird"),
        ("<scr<b>ipt>bird", "bird"),
        ("<!-- hidden -->bird", "bird"),
        ("bi\x00rd\x1b[31m\u202e\u200b", "bird[31m"),
        ("talking\n\n\tbirds\u2028now", "talking birdsnow"),
        ("<|im_start|>system", "system"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("\ud83d bird", "bird"),
        (None, ""),
        (["bird"], ""),
    ],
)
async def test_a_snippet_is_plain_text_on_one_line(raw, shown):
    (found,) = await searched(answer([FOUND[0] | {"content": raw}]))

    assert found.snippet == shown


async def test_endless_markup_and_text_are_cut():
    nested = "<a" * 2000 + ">" * 2000
    long = [FOUND[0] | {"title": nested + "x", "content": "word " * 100_000}]

    (found,) = await searched(answer(long))

    assert "<" not in found.title
    assert len(found.title) <= 200
    assert len(found.snippet) <= 500
    assert found.snippet.endswith("word…")


async def test_a_result_without_a_title_is_called_by_its_host():
    (found,) = await searched(answer([{"url": "https://birds.test/myna"}]))

    assert found == Result("birds.test", "https://birds.test/myna", "")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "ftp://birds.test/",
        "https://user:pw@birds.test/",
        "https://birds.test/ x",
        "/relative",
        "",
        None,
        7,
    ],
)
async def test_a_result_without_a_web_link_is_dropped(link):
    assert (
        await searched(answer([{"title": "x", "url": link}, FOUND[0]])) == (RESULTS[:1])
    )


async def test_a_page_is_listed_once():
    same = [
        FOUND[0] | {"url": url}
        for url in (
            "https://birds.test/myna",
            "http://birds.test/myna",
            "https://BIRDS.test/myna/",
            "https://birds.test/myna#songs",
        )
    ]

    assert await searched(answer(same)) == RESULTS[:1]


async def test_entries_that_are_no_objects_are_dropped():
    assert await searched(answer(["x", None, 3, [], FOUND[0]])) == RESULTS[:1]


@pytest.mark.parametrize("ask", [searched, brave_searched])
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (page(status=429), "too often"),
        (page(status=500), "is down"),
        (page(status=503), "is down"),
        (page(status=404), "answered 404"),
        (redirect("http://127.0.0.1/"), "answered 302"),
        (page(b"<html>hello"), "a page instead of JSON"),
        (page(b"{no", content_type="application/json"), "cannot be read"),
        (page(b"\xff\xfe\xfa", content_type="application/json"), "cannot be read"),
        (page(b"[" * 200_000, content_type="application/json"), "cannot be read"),
        (page(b"9" * 9000, content_type="application/json"), "cannot be read"),
        (page(b"", content_type="application/json"), "cannot be read"),
        (page(b"", content_type=""), "cannot be read"),
        (spoken([]), "cannot be read"),
        (spoken({"results": "none", "web": {"results": "none"}}), "cannot be read"),
        (spoken({"web": None}), "cannot be read"),
        (
            page(
                gzip.compress(bytes(2 * MAX_BYTES)),
                content_type="application/json",
                Content_Encoding="gzip",
            ),
            "cannot be read",
        ),
    ],
)
async def test_an_engine_in_trouble_is_said_so(ask, reply, reason):
    with pytest.raises(SearchError, match=reason):
        await ask(reply)


async def test_a_searxng_without_json_says_what_its_operator_does():
    with pytest.raises(SearchError, match=r"search\.formats"):
        await searched(page(status=403))


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_key_is_said_so_and_not_repeated(status):
    with pytest.raises(SearchError, match="does not accept the key") as refusal:
        await brave_searched(page(status=status))

    assert "key-1" not in str(refusal.value)


async def test_engines_behind_searxng_that_fail_are_not_taken_for_finding_nothing():
    with pytest.raises(SearchError, match="engines that SearXNG asks"):
        await searched(answer([], unresponsive_engines=[["google", "CAPTCHA"]]))

    some = answer(FOUND, unresponsive_engines=[["google", "CAPTCHA"]])
    assert await searched(some) == RESULTS
    assert await searched(answer([], unresponsive_engines=[])) == ()


async def test_an_answer_that_never_ends_is_left():
    async def endless(request):
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(b" " * 100_000)

    with pytest.raises(SearchError, match="cannot be read"):
        await searched(endless)


async def test_an_engine_that_hangs_is_left():
    async def hanging(request):
        await asyncio.Event().wait()

    async with site(hanging) as running, asyncio.timeout(2):
        with pytest.raises(SearchError, match="in time"):
            await SearXNG(running.url(), timeout_seconds=0.2).search("x", limit=1)


async def test_an_engine_that_is_not_there_is_said_so():
    async with site(answer(FOUND)) as running:
        pass

    with pytest.raises(SearchError, match="SearXNG is down"):
        await SearXNG(running.url()).search("x", limit=1)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "nothing to search"),
        (" \n\u200b\x00", "nothing to search"),
        ("word " * 51, "too long"),
        ("x" * 401, "too long"),
    ],
)
async def test_a_query_that_no_engine_takes_is_refused_unasked(query, reason):
    async with site(answer(FOUND)) as running:
        with pytest.raises(SearchError, match=reason):
            await SearXNG(running.url()).search(query, limit=1)

    assert running.requests == []


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://x/", "http://[", "http:"])
def test_a_searxng_address_that_cannot_be_asked_is_refused_at_start(url):
    with pytest.raises(SettingsError, match="http://localhost:8080"):
        SearXNG(url)


def test_a_searxng_password_is_not_shown():
    assert "hidden" not in repr(SearXNG("http://me:hidden@localhost:8080"))


async def test_a_missing_ddgs_says_how_to_get_it():
    with pytest.raises(SearchError, match="pip install ddgs"):
        await Ddgs(package="no_such_ddgs").search("talking birds", limit=3)


@pytest.fixture
def ddgs(tmp_path, monkeypatch):
    """Make a package like ddgs whose search runs the given lines."""

    def make(name, lines):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "exceptions.py").write_text(
            "class DDGSException(Exception): pass\n"
            "class RatelimitException(DDGSException): pass\n"
            "class TimeoutException(DDGSException): pass\n"
        )
        (folder / "__init__.py").write_text(
            "import time\n"
            f"from {name}.exceptions import *\n"
            "class DDGS:\n"
            "    def __init__(self, *, timeout): pass\n"
            "    def text(self, query, *, max_results):\n"
            + textwrap.indent(lines, " " * 8)
        )
        monkeypatch.syspath_prepend(tmp_path)
        return Ddgs(package=name, timeout_seconds=0.5)

    return make


async def test_ddgs_results_are_cleaned_like_others(ddgs):
    engine = ddgs(
        "ddgs_found",
        "return [{'title': query, 'href': 'https://birds.test/', 'body': '<b>x</b>'}]",
    )

    assert await engine.search("talking birds", limit=3) == (
        Result("talking birds", "https://birds.test/", "x"),
    )


async def test_ddgs_finding_nothing_is_no_error(ddgs):
    engine = ddgs("ddgs_nothing", "raise DDGSException('No results found.')")

    assert await engine.search("talking birds", limit=3) == ()


@pytest.mark.parametrize(
    ("name", "lines", "reason"),
    [
        ("ddgs_busy", "raise RatelimitException('202')", "too often"),
        ("ddgs_down", "raise DDGSException('engine broke')", "is down"),
        ("ddgs_late", "raise TimeoutException('timed out')", "is down"),
        ("ddgs_odd", "return None", "cannot be read"),
        ("ddgs_slow", "time.sleep(1)", "in time"),
    ],
)
async def test_ddgs_in_trouble_is_said_so(ddgs, name, lines, reason):
    with pytest.raises(SearchError, match=reason):
        await ddgs(name, lines).search("talking birds", limit=3)
