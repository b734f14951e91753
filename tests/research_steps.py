"""The steps that the tests of web research repeat: a search server, a site, a chat."""

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.chat import Chat
from bot.session import LocalSession
from learning.search import SearXNG
from learning.search_chain import SearchChain
from learning.web import GuardedFetcher
from tests.core_steps import MODERATOR, SERVER, Home, open_home
from tests.fake_site import Site, copied, page, site

TOPIC = "heron ferry timetable"
FERRY = """<html><head><title>Heron ferry</title></head><body><main>
<h1>Heron ferry</h1><h2>Timetable</h2>
<p>The Heron ferry leaves Kestrel Quay at 07:40 and at 16:20 on every weekday.</p>
<h2>Fares</h2><p>A return ticket for the Heron ferry costs eleven crowns.</p>
</main></body></html>"""
QUAY = """<html><head><title>Kestrel Quay</title></head><body><main>
<h1>Kestrel Quay</h1><p>Kestrel Quay has a waiting room that opens at six in the
morning and closes after the last boat.</p></main></body></html>"""


def searx(found, **fields):
    """Answer as SearXNG does."""
    body = json.dumps({"query": "q", "results": found, **fields}).encode()
    return page(body, content_type="application/json")


def result(url, title="Heron ferry", content="Times and fares."):
    return {"title": title, "url": url, "content": content}


def routes(answers):
    """Answer each path with its own page, HTML where it is text; 404 elsewhere."""

    async def answer(request):
        found = answers.get(request.path)
        if found is None:
            return web.Response(status=404)
        if isinstance(found, str):
            return page(found.encode())
        return await found(request) if callable(found) else copied(found)

    return answer


def permitting(there, **limits):
    """Make fetchers that reach this site, and nothing else inside."""
    return lambda: GuardedFetcher(
        permit=lambda address, port: (address, port) == ("127.0.0.1", there.port),
        **limits,
    )


@dataclass
class Desk:
    """A moderator's chat with a core that may search and read a site."""

    home: Home
    site: Site
    search: Site
    folder: object

    def chat(self, actor=MODERATOR, **fields):
        session = Chat(self.home.core, SERVER, actor, self.folder, **fields)
        return LocalSession(session, self.home.parts.clock)

    async def say(self, line, actor=MODERATOR, **options):
        return await self.chat(actor).execute(line, **options)

    async def counts(self):
        """Count the rows that a document would leave."""
        database = self.home.parts.database
        tables = ("documents", "lessons", "watches", "document_cards")
        counts = {}
        for table in tables:
            [row] = await database.rows(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - constants
            counts[table] = row["n"]
        return counts


NOTHING = {"documents": 0, "lessons": 0, "watches": 0, "document_cards": 0}


@asynccontextmanager
async def at_a_desk(tmp_path, pages, found=None, **changes):
    """Open a core beside a site of these pages and a search server.

    `found` is what the search answers: a response, a coroutine, or the paths of the
    site that it finds; without it, all of them. `max_bytes` and `timeout_seconds` are
    the fetcher's.
    """
    async with site(routes(pages)) as there:

        async def listed(_):
            paths = pages if found is None else found
            return searx([result(there.url(path)) for path in paths])

        is_answer = found is not None and not isinstance(found, list | tuple)
        async with site(found if is_answer else listed) as searching:
            limits = {
                name: changes.pop(name)
                for name in ("max_bytes", "timeout_seconds")
                if name in changes
            }
            changes.setdefault("fetcher", permitting(there, **limits))
            engines = (SearXNG(searching.url()),)
            changes.setdefault("search", SearchChain(engines))
            async with open_home(tmp_path, **changes) as home:
                yield Desk(home, there, searching, tmp_path)
