"""Every format goes from a real file to an answer that cites it."""

import pytest
from aiohttp import web

from bot.chat import Chat
from bot.session import LocalSession
from learning.embed import Embedder
from learning.memory import Memory
from learning.web import GuardedFetcher
from tests import document_samples as samples
from tests.core_steps import MEMBER, MODERATOR, SERVER, open_home
from tests.fake_site import page, site

JSON = f'{{"rules": {{"meeting": "{samples.FACT}", "loot": "{samples.LOOT}"}}}}'
CSV = "Item,Price,Seller\nSword of Brenn,20,Bo\nShield of Brenn,30,Al\n"
TEXT = f"Rules\n\n{samples.FACT}\n\nLoot\n\n{samples.LOOT}\n"
MEETS = ("When does the guild of Brenn meet?", "Friday")
SWORD = ("What is the price of the Sword?", "20")
FILES = {
    "guild.html": (samples.PAGE.encode(), *MEETS),
    "guild.pdf": (samples.pdf, *MEETS),
    "guild.docx": (samples.word, *MEETS),
    "guild.pptx": (samples.presentation, *MEETS),
    "prices.xlsx": (samples.workbook, *SWORD),
    "guild.md": (samples.MARKDOWN.encode(), *MEETS),
    "guild.txt": (TEXT.encode(), *MEETS),
    "prices.csv": (CSV.encode(), *SWORD),
    "guild.json": (JSON.encode(), *MEETS),
    "guild.epub": (samples.epub, *MEETS),
    "guild.vtt": (samples.VTT.encode(), *MEETS),
    "guild.srt": (samples.SRT.encode(), *MEETS),
}
HEADINGS = {
    "guild.html": "Rules",
    "guild.pdf": "Rules, page 1",
    "guild.docx": "Rules",
    "guild.pptx": "Rules",
    "prices.xlsx": "Prices",
    "guild.md": "Rules",
    "guild.epub": "Rules",
}


@pytest.fixture(scope="module")
def embedder():
    return Embedder()


async def cited(folder, home, command, question):
    """Import and approve, as a moderator types it; return what a member is told."""
    chat = Chat(home.core, SERVER, MODERATOR, folder)
    session = LocalSession(chat, home.parts.clock)
    imported = await session.execute(command)
    assert imported.ok, imported.text
    approved = await session.execute("/approve document 1")
    assert approved.ok, approved.text
    assert (await session.execute("/document 1")).ok
    asking = Chat(home.core, SERVER, MEMBER, folder)
    return await LocalSession(asking, home.parts.clock).execute(question)


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_answered_from_and_cited(tmp_path, embedder, name):
    content, question, said = FILES[name]
    (tmp_path / name).write_bytes(content() if callable(content) else content)
    async with open_home(tmp_path, memory=Memory(embedder)) as home:
        answer = await cited(tmp_path, home, f"/import {name}", question)

    assert said in answer.text
    assert "taught by Mona" in answer.source
    assert name in answer.source
    assert HEADINGS.get(name, "") in answer.source


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/guild", samples.PAGE.encode(), "text/html"),
        ("/guild.pdf", samples.pdf(), "application/pdf"),
    ],
)
async def test_a_link_is_answered_from_and_cited(
    tmp_path, embedder, path, body, content_type
):
    async with (
        site(page(body, content_type=content_type)) as there,
        open_home(
            tmp_path, memory=Memory(embedder), fetcher=lambda: permitting(there)
        ) as home,
    ):
        url = there.url(path)
        answer = await cited(tmp_path, home, f"/import {url}", MEETS[0])

    assert MEETS[1] in answer.text
    assert url in answer.source
    assert "Rules" in answer.source


async def test_a_github_repository_is_answered_from_its_readme(tmp_path, embedder):
    async def serve(request):
        assert request.path == "/brenn/guild/HEAD/README.md"
        return web.Response(text=samples.MARKDOWN, content_type="text/plain")

    github = "https://github.com/brenn/guild"
    async with (
        site(serve) as there,
        open_home(
            tmp_path, memory=Memory(embedder), fetcher=lambda: _Raw(there)
        ) as home,
    ):
        answer = await cited(tmp_path, home, f"/import {github}", MEETS[0])

    assert MEETS[1] in answer.text
    assert github in answer.source
    assert "Rules" in answer.source


class _Raw:
    """A fetcher to which GitHub's files lie on a site of this machine."""

    def __init__(self, there):
        self._there = there
        self._inner = permitting(there)

    async def __aenter__(self):
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *failure):
        await self._inner.__aexit__(*failure)

    async def fetch(self, url):
        raw = "https://raw.githubusercontent.com"
        assert url.startswith(raw)
        return await self._inner.fetch(self._there.url(url.removeprefix(raw)))


def permitting(there):
    return GuardedFetcher(
        permit=lambda address, port: (address, port) == ("127.0.0.1", there.port)
    )


async def test_a_table_without_a_lessons_columns_is_a_document(tmp_path):
    (tmp_path / "prices.csv").write_text(CSV)
    (tmp_path / "faq.csv").write_text("question,answer\nWho?,Priya.\n")
    async with open_home(tmp_path) as home:
        session = LocalSession(
            Chat(home.core, SERVER, MODERATOR, tmp_path), home.parts.clock
        )
        document = await session.execute("/import prices.csv")
        faq = await session.execute("/import faq.csv")

    assert document.lessons[0]["kind"] == "passage"
    assert faq.lessons[0]["kind"] == "qa"


async def test_a_file_larger_than_what_is_read_is_not_read_whole(tmp_path):
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(2_000_000_000)
    async with open_home(tmp_path) as home:
        session = LocalSession(
            Chat(home.core, SERVER, MODERATOR, tmp_path), home.parts.clock
        )
        outcome = await session.execute("/import huge.txt")

    assert not outcome.ok
    assert "2,000 MB" in outcome.text
