"""From a document to rows of an import: each passage a fact, with where it stands."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bot.lesson_files import read_lessons
from bot.messages import ImportRow
from learning.documents import extract, raw_url
from learning.errors import ImportFileError
from learning.passages import passages
from moderation.provenance import Provenance

if TYPE_CHECKING:
    from learning.document import Document
    from learning.web import GuardedFetcher

LESSON_FILES = frozenset({".csv", ".jsonl"})
"""Files whose rows are lessons themselves; any other file is a document."""
PASSAGE_CHARS = 400
"""Longer notes are read badly by a small model, and crowd its context."""


async def file_rows(path: Path, *, name: str = "") -> tuple[ImportRow, ...]:
    """Read a file of lessons, or a document's passages; `name` is what people see.

    Raises ImportFileError or DocumentError.
    """
    shown = name or path.name
    if Path(shown).suffix.lower() in LESSON_FILES:
        return await asyncio.to_thread(read_lessons, path)
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as exc:
        reason = exc.strerror or "no reason was given"
        raise ImportFileError(f"Cannot read {shown}: {reason}.") from exc
    return _rows(await extract(data, name=shown), shown)


async def page_rows(fetcher: GuardedFetcher, url: str) -> tuple[ImportRow, ...]:
    """Fetch a page of the open web, and read its passages.

    Raises FetchError or DocumentError.
    """
    page = await fetcher.fetch(raw_url(url))
    parts = urlsplit(page.url)
    name = unquote(PurePosixPath(parts.path).name) or parts.netloc
    document = await extract(page.content, name=name, content_type=page.content_type)
    return _rows(document, url, provenance=Provenance.WEB)


def _rows(
    document: Document, source: str, *, provenance: Provenance | None = None
) -> tuple[ImportRow, ...]:
    rows = []
    found = passages(document, most_chars=PASSAGE_CHARS)
    for number, passage in enumerate(found, start=1):
        headings = " › ".join(passage.headings)  # noqa: RUF001 - a breadcrumb's mark
        place = ", ".join(filter(None, (headings, passage.position)))
        fields = {
            "kind": "fact",
            "text": f"{headings}: {passage.text}" if headings else passage.text,
            "source": f"{source} ({place})" if place else source,
        }
        rows.append(ImportRow(number, fields, provenance=provenance))
    return tuple(rows)
