"""What people may bring that is broken or hostile: a sentence each, and nothing stored.

Every row goes through a command, as somebody in a chat would bring it.
"""

import asyncio
import gzip
import os

import pytest
from aiohttp import web

from learning.search import SearXNG
from learning.search_chain import SearchChain
from learning.web import GuardedFetcher
from tests.core_steps import MODERATOR, SERVER
from tests.document_samples import changed, pdf, word, zipped
from tests.fake_site import Names, page, redirect, site
from tests.research_steps import FERRY, NOTHING, TOPIC, at_a_desk, searx

GIGABYTES = 2 * 1024**3
CAP = 100_000
INSIDE = (
    "http://169.254.169.254/latest/meta-data",
    "http://localhost/",
    "http://[::1]/",
)


def huge(path):
    with path.open("wb") as file:
        os.truncate(file.fileno(), GIGABYTES)


def written(content):
    return lambda path: path.write_bytes(content)


HASTY = {"max_bytes": CAP, "timeout_seconds": 1.0}


FILES = {
    "a file of 2 GB": ("film.txt", huge, "Myna reads up to"),
    "a zip bomb in a DOCX": (
        "bomb.docx",
        written(changed(word(), {"word/media/a.bin": b"\0" * 300 * 1024**2})),
        "unpacks to",
    ),
    "an encrypted PDF": (
        "letter.pdf",
        written(pdf(password="sesame")),  # noqa: S106
        "is protected with a password",
    ),
    "a scan without text": ("scan.pdf", written(pdf(words=False)), "scanned pictures"),
    "an empty file": ("empty.md", written(b""), "is empty"),
    "nothing but spaces": ("blank.txt", written(b" \n\t\n " * 50), "no"),
    "a damaged document": ("a.docx", written(word()[:400]), "damaged"),
    "an archive that is no document": (
        "a.docx",
        written(zipped({"a.exe": b"MZ"})),
        "",
    ),
    "a program with a document's name": (
        "a.pdf",
        written(b"MZ\x90\x00" + bytes(500)),
        "a Windows program",
    ),
    "no file at all": ("nowhere.pdf", lambda _: None, "Cannot read nowhere.pdf"),
}


@pytest.mark.parametrize(("name", "write", "why"), FILES.values(), ids=FILES)
async def test_a_bad_file_is_a_sentence_and_leaves_nothing(tmp_path, name, write, why):
    write(tmp_path / name)
    async with at_a_desk(tmp_path, {}) as desk:
        told = await desk.say(f"/import {name}")

        assert_refused(told, why)
        assert await desk.counts() == NOTHING


async def endless(request):
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    while True:
        await response.write(b"<p>and so on</p>" * 1000)


async def dripping(request):
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.01)


def claiming(size):
    async def answer(request):
        response = web.StreamResponse(
            headers={"Content-Type": "text/html", "Content-Length": str(size)}
        )
        await response.prepare(request)
        await asyncio.Event().wait()

    return answer


SCRIPTED = """<!doctype html><div id=root></div><script>render()</script>
<noscript>You need to enable JavaScript to run this app.</noscript>"""
PAGES = {
    "a page that never ends": (endless, "sent more than"),
    "a page that drips": (dripping, "took more than"),
    "a page that says it has 2 GB": (claiming(GIGABYTES), "sent more than"),
    "a packed page that unpacks to gigabytes": (
        page(gzip.compress(b"a" * 20 * CAP), Content_Encoding="gzip"),
        "sent more than",
    ),
    "a redirect to the cloud's metadata": (redirect(INSIDE[0]), "not on the open web"),
    "a redirect to this machine": (redirect(INSIDE[1]), "not on the open web"),
    "a redirect to a file": (redirect("file:///etc/passwd"), "web pages only"),
    "a page of scripts alone": (
        SCRIPTED,
        "scripts",
    ),
    "a page without words": ("<html><body></body></html>", ""),
    "a film": (page(b"\0" * 99, content_type="video/mp4"), "does not read"),
    "a page that is gone": (page(b"", status=410), "410"),
    "a page of noise": (page(bytes(range(256)) * 40, content_type="text/plain"), ""),
}


@pytest.mark.parametrize("command", ["/import {}", "/watch {} daily"])
@pytest.mark.parametrize(("answer", "why"), PAGES.values(), ids=PAGES)
async def test_a_bad_page_is_a_sentence_and_leaves_nothing(
    tmp_path, answer, why, command
):
    async with at_a_desk(tmp_path, {"/bad": answer}, **HASTY) as desk:
        told = await desk.say(command.format(desk.site.url("/bad")))

        assert_refused(told, why)
        assert await desk.counts() == NOTHING


@pytest.mark.parametrize(("answer", "why"), PAGES.values(), ids=PAGES)
async def test_a_bad_result_is_a_sentence_and_leaves_nothing(tmp_path, answer, why):
    async with at_a_desk(tmp_path, {"/bad": answer}, **HASTY) as desk:
        await desk.say(f"/research {TOPIC}")
        told = await desk.say("/research pick 1")

        assert_refused(told, why)
        assert await desk.counts() == NOTHING


@pytest.mark.parametrize("command", ["/import {}", "/watch {} daily"])
@pytest.mark.parametrize("url", INSIDE)
async def test_an_address_inside_the_network_is_refused(tmp_path, url, command):
    async with at_a_desk(tmp_path, {}, fetcher=GuardedFetcher) as desk:
        told = await desk.say(command.format(url))

        assert_refused(told, "not on the open web")
        assert await desk.counts() == NOTHING


async def test_a_name_that_changes_its_address_gets_nobody_inside(tmp_path):
    async with site(page(FERRY.encode())) as inner, site(None) as public:
        public.answer = redirect(public.url("/again", host="rebinding.test"))
        names = Names(["127.0.0.1"], ["169.254.169.254"])

        def fetcher():
            return GuardedFetcher(
                permit=lambda address, port: (
                    (address, port) == ("127.0.0.1", public.port)
                ),
                resolver=names,
            )

        async with at_a_desk(tmp_path, {}, fetcher=fetcher) as desk:
            told = await desk.say(f"/import {public.url(host='rebinding.test')}")

            assert_refused(told, "not on the open web")
            assert len(public.requests) == 1
            assert inner.requests == []
            assert await desk.counts() == NOTHING


SENTENCES = {
    "windows-1251": "Паром «Цапля» отходит от пристани в 07:40 и в 16:20 каждый день.",
    "shift_jis": "鷺の渡し船は毎日七時四十分と十六時二十分に桟橋から出発します。",
    "utf-16": "Der Reiherfährmann legt täglich um 07:40 Uhr und um 16:20 Uhr ab.",
    "iso-8859-1": "Le bac du héron quitte le quai à 07h40 et à 16h20 chaque jour.",
}


@pytest.mark.parametrize("encoding", SENTENCES)
async def test_other_languages_and_encodings_are_read_as_they_are(tmp_path, encoding):
    words = SENTENCES[encoding]
    html = f"<html><head><title>T</title></head><body><p>{words}</p></body></html>"
    pages = {
        "/said": page(
            html.encode(encoding), content_type=f"text/html; charset={encoding}"
        ),
        "/unsaid": page(
            html.replace("<head>", f"<head><meta charset='{encoding}'>").encode(
                encoding
            )
        ),
    }
    if encoding == "utf-16":  # a page in it cannot say so inside
        del pages["/unsaid"]
    async with at_a_desk(tmp_path, pages) as desk:
        for path in pages:
            told = await desk.say(f"/import {desk.site.url(path)}")
            assert told.ok, told.text
        waiting = await desk.home.core.queue(SERVER, MODERATOR)

    assert {each.lesson.text for each in waiting} == {words}


SEARCHES = {
    "down": (page(b"", status=503), "SearXNG is down"),
    "rate-limiting": (page(b"", status=429), "asked too often"),
    "without JSON": (page(b"", status=403), "does not allow JSON"),
    "nonsense": (page(b"{", content_type="application/json"), "cannot be read"),
    "endless": (endless, "SearXNG"),
    "its own engines fail": (
        searx([], unresponsive_engines=[["x", "timeout"]]),
        "do not answer",
    ),
}


@pytest.mark.parametrize(("answer", "why"), SEARCHES.values(), ids=SEARCHES)
async def test_a_search_engine_in_trouble_is_a_sentence(tmp_path, answer, why):
    async with at_a_desk(tmp_path, {}, found=answer) as desk:
        told = await desk.say(f"/research {TOPIC}")
        picked = await desk.say("/research pick 1")

        assert_refused(told, why)
        assert_refused(picked, "search first")
        assert await desk.counts() == NOTHING


async def test_a_search_engine_that_is_not_there_is_a_sentence(tmp_path):
    engines = SearchChain((SearXNG("http://127.0.0.1:9/"),))
    async with at_a_desk(tmp_path, {}, search=engines) as desk:
        told = await desk.say(f"/research {TOPIC}")

        assert_refused(told, "SearXNG is down")
        assert await desk.counts() == NOTHING


def assert_refused(told, why):
    assert not told.ok
    assert why in told.text
    assert told.text[-1] in ".)"
    assert "Something broke" not in told.text
    assert "Traceback" not in told.text
