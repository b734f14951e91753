"""Reading: a file or a page becomes passages, each of which can be one lesson."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from learning.documents import LIMITS, extract, raw_url
from learning.errors import DocumentError, ImportFileError
from learning.passages import Passage, passages
from moderation.provenance import Provenance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from learning.document import Document
    from learning.web import GuardedFetcher, Page

PASSAGE_CHARS = 400
"""Longer notes are read badly by a small model, and crowd its context."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document said when it was read."""

    source: str
    """A link or a file's name, by which it is known again."""
    title: str
    provenance: Provenance
    passages: tuple[Passage, ...]
    text_digest: str
    """Of the passages: what only moves or frames them is no change."""
    query: str = ""
    """What was searched for, where it was found by searching."""


async def read_file(
    content: Path | bytes, name: str, *, provenance: Provenance = Provenance.UPLOAD
) -> Reading:
    """Read a document of any kind; `name` tells its kind, and is what people see.

    Raises ImportFileError where there is no such file, or DocumentError.
    """
    if isinstance(content, Path):
        content = await asyncio.to_thread(_content, content, name)
    return reading_of(await extract(content, name=name), name, provenance)


async def read_page(fetcher: GuardedFetcher, url: str, *, query: str = "") -> Reading:
    """Fetch a page of the open web and read it; GitHub's pages are read as files.

    Raises FetchError or DocumentError.
    """
    return await read_fetched(await fetcher.fetch(raw_url(url)), url, query=query)


async def read_fetched(page: Page, url: str, *, query: str = "") -> Reading:
    """Read a page that was fetched from `url`. Raises DocumentError."""
    parts = urlsplit(page.url)
    name = unquote(PurePosixPath(parts.path).name) or parts.netloc
    said = page.content_type
    if page.charset:  # it counts more than what a page says of itself
        said = f"{said}; charset={page.charset}"
    document = await extract(page.content, name=name, content_type=said)
    return reading_of(document, url, Provenance.WEB, query=query)


def reading_of(
    document: Document, source: str, provenance: Provenance, *, query: str = ""
) -> Reading:
    """Cut a document into passages. Raises DocumentError where there are none."""
    found = passages(document, most_chars=PASSAGE_CHARS)
    if not found:
        raise DocumentError(f"{source} has no passage that could be learned.")
    title = document.title or source
    return Reading(source, title, provenance, found, digest_of(found), query)


def is_link(source: str) -> bool:
    """Say whether a source is a page's address, and no file's name."""
    return source.lower().startswith(("http://", "https://"))


def digest_of(found: Sequence[Passage]) -> str:
    """Return the sha256 of what passages say."""
    said = [[passage.headings, passage.text] for passage in found]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _content(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > LIMITS.max_bytes:
            raise DocumentError(
                f"{name} has {path.stat().st_size / 1_000_000:,.0f} MB, and Myna reads"
                f" up to {LIMITS.max_bytes // 1_000_000}. Send the part of it that"
                " matters."
            )
        with path.open("rb") as file:
            return file.read(LIMITS.max_bytes + 1)
    except OSError as exc:
        reason = exc.strerror or "no reason was given"
        raise ImportFileError(f"Cannot read {name}: {reason}.") from exc
