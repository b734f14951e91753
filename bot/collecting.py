"""Collecting: several pages or files become a document each, one after another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot import phrases
from bot.messages import Collected, Refused, SourceProblem
from bot.parts import refusal
from bot.reading import read_fetched, read_file, read_page
from learning.documents import raw_url
from learning.errors import DocumentError, MynaError
from learning.extractors.kind import BY_SUFFIX
from learning.run import Progress
from learning.sitemap import Sitemap, is_sitemap, read_sitemap
from moderation.provenance import SERVER_WIDE, Provenance
from moderation.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from bot.documents import Documents
    from bot.messages import Actor
    from bot.parts import Parts
    from bot.proposing import Proposing
    from bot.reading import Reading
    from learning.web import GuardedFetcher, Page
    from moderation.provenance import Scope

MAX_SITEMAPS = 10
"""Sitemaps of an index that are looked into."""
MAX_FILES = 5000
"""Files of a folder that are looked at, readable or not."""


class Collecting:
    """The use cases that read more than one page or file.

    What was read stays, whatever happens to the rest: each is stored by itself.
    """

    def __init__(
        self, parts: Parts, to_review: Documents, proposing: Proposing
    ) -> None:
        self._parts = parts
        self._proposing = proposing
        self._documents = to_review

    async def link(
        self,
        server: str,
        actor: Actor,
        url: str,
        *,
        scope: Scope,
        channel: str | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> Collected | Refused:
        """Read a page, or those that a sitemap lists."""
        refused = await self._proposing.refused_to_teach(server, actor, channel)
        if refused:
            return refused
        async with self._parts.fetcher() as fetcher:
            page = await fetcher.fetch(raw_url(url))
        if is_sitemap(page.content):
            # A moderator's: many pages at once are many to review.
            return refusal(actor, Permission.REVIEW) or await self._sitemap(
                server,
                actor,
                page,
                scope=scope,
                channel=channel,
                on_progress=on_progress,
            )
        reading = await read_fetched(page, url)
        added = await self._documents.add(
            server, actor, reading, scope=scope, channel=channel
        )
        return added if isinstance(added, Refused) else Collected((added,))

    async def pages(
        self,
        server: str,
        actor: Actor,
        urls: Sequence[str],
        *,
        scope: Scope,
        channel: str | None,
        query: str = "",
        left_out: int = 0,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Collected:
        async with self._parts.fetcher() as fetcher:
            readings = [
                (url, urlsplit(url).netloc, _page(fetcher, url, query)) for url in urls
            ]
            return await self._each(
                server,
                actor,
                readings,
                scope=scope,
                channel=channel,
                left_out=left_out,
                on_progress=on_progress,
            )

    async def _sitemap(
        self,
        server: str,
        actor: Actor,
        page: Page,
        *,
        scope: Scope,
        channel: str | None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Collected:
        """Read the pages that a fetched sitemap lists. Raises DocumentError."""
        most = self._parts.import_pages
        found = await asyncio.to_thread(read_sitemap, page.content, url=page.url)
        urls, problems = list(found.pages), list[SourceProblem]()
        if found.sitemaps:
            listed, problems = await self._indexed(found, most)
            urls += listed
        if not urls and not problems:
            raise DocumentError(phrases.sitemap_is_empty())
        collected = await self.pages(
            server,
            actor,
            urls[:most],
            scope=scope,
            channel=channel,
            left_out=len(urls[most:]) + found.elsewhere,
            on_progress=on_progress,
        )
        return Collected(
            collected.documents,
            (*problems, *collected.problems),
            collected.left_out,
        )

    async def folder(
        self,
        server: str,
        actor: Actor,
        folder: Path,
        *,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Collected | Refused:
        """Read the documents in a folder of this machine, and in those below it.

        Raises DocumentError where there is none that could be read.
        """
        refused = refusal(actor, Permission.REVIEW)
        if refused:
            return refused
        most = self._parts.import_pages
        files = await asyncio.to_thread(_documents_in, folder)
        if not files:
            raise DocumentError(phrases.folder_is_empty(folder.name))
        readings = []
        for file in files[:most]:
            name = file.relative_to(folder).as_posix()
            readings.append((name, name, _file(file, name)))
        return await self._each(
            server,
            actor,
            readings,
            scope=SERVER_WIDE,
            channel=None,
            left_out=len(files[most:]),
            on_progress=on_progress,
        )

    async def _indexed(
        self, index: Sitemap, most: int
    ) -> tuple[list[str], list[SourceProblem]]:
        """Return the pages of an index's sitemaps, until there are more than enough."""
        urls: dict[str, None] = {}
        problems = []
        async with self._parts.fetcher() as fetcher:
            for url in index.sitemaps[:MAX_SITEMAPS]:
                if len(urls) > most:
                    break
                try:
                    page = await fetcher.fetch(url)
                    found = await asyncio.to_thread(read_sitemap, page.content, url=url)
                except MynaError as exc:
                    problems.append(SourceProblem(url, str(exc)))
                else:
                    urls.update(dict.fromkeys(found.pages))
        return list(urls), problems

    async def _each(
        self,
        server: str,
        actor: Actor,
        readings: Sequence[tuple[str, str, Callable[[], Awaitable[Reading]]]],
        *,
        scope: Scope,
        channel: str | None,
        left_out: int,
        on_progress: Callable[[Progress], None] | None,
    ) -> Collected:
        documents, problems = [], []
        for number, (source, shown, read) in enumerate(readings):
            if on_progress:
                told = phrases.reading(shown)
                on_progress(Progress("reading", number, len(readings), text=told))
            try:
                added = await self._documents.add(
                    server, actor, await read(), scope=scope, channel=channel
                )
            except MynaError as exc:
                problems.append(SourceProblem(source, str(exc)))
                continue
            if isinstance(added, Refused):
                problems.append(SourceProblem(source, added.text))
            else:
                documents.append(added)
        return Collected(tuple(documents), tuple(problems), left_out)


def _page(
    fetcher: GuardedFetcher, url: str, query: str
) -> Callable[[], Awaitable[Reading]]:
    return lambda: read_page(fetcher, url, query=query)


def _file(file: Path, name: str) -> Callable[[], Awaitable[Reading]]:
    return lambda: read_file(file, name, provenance=Provenance.OPERATOR_FILE)


def _documents_in(folder: Path) -> list[Path]:
    """List the files that look like documents, by name; nothing hidden, no links."""
    found = []
    for seen, file in enumerate(folder.rglob("*")):
        if seen >= MAX_FILES:
            break
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        linked = file.is_symlink() or folder.resolve() not in file.resolve().parents
        if not hidden and not linked and file.is_file() and _is_readable(file):
            found.append(file)
    return sorted(found)


def _is_readable(file: Path) -> bool:
    return file.suffix.lower() in BY_SUFFIX
