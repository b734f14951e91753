"""The pages that a sitemap lists, read as a stream that nothing can multiply in."""

import xml.parsers.expat
from contextlib import suppress
from dataclasses import dataclass

from yarl import URL

from learning.errors import DocumentError, FetchError
from learning.web_address import web_address

MAX_LISTED = 50_000
"""The most addresses that sitemaps.org lets one file list."""
CHUNK_BYTES = 65_536
MAX_DEPTH = 10
ROOTS = frozenset({"urlset", "sitemapindex"})
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in its order, each address once and on its own host."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """Further sitemaps, where it is an index of them."""
    elsewhere: int = 0
    """How many addresses were left out: other hosts, or no web addresses."""


def is_sitemap(content: bytes) -> bool:
    """Say whether a file begins as a sitemap does."""
    roots: list[str] = []
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: roots.append(_local(name))
    with suppress(xml.parsers.expat.ExpatError, LookupError, ValueError):
        parser.Parse(content[:HEAD_BYTES], False)  # noqa: FBT003
    return bool(roots) and roots[0] in ROOTS


def read_sitemap(content: bytes, *, url: str) -> Sitemap:
    """Read the sitemap that was at `url`; what is not on the same host is left out.

    Raises DocumentError where it is damaged, or declares entities.
    """
    host = URL(url).host
    reader = _Reader()
    try:
        reader.read(content)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError) as exc:
        raise DocumentError(
            f"The sitemap of {host} is damaged; share the pages one by one."
        ) from exc
    pages, elsewhere = _same_host(reader.pages, host)
    sitemaps, elsewhere_too = _same_host(reader.sitemaps, host)
    return Sitemap(pages, sitemaps, elsewhere + elsewhere_too)


def _same_host(listed: list[str], host: str | None) -> tuple[tuple[str, ...], int]:
    kept: dict[str, None] = {}
    elsewhere = 0
    for each in listed:
        try:
            url = web_address(each)
        except FetchError:
            elsewhere += 1
            continue
        if url.host == host:
            kept[str(url)] = None
        else:
            elsewhere += 1
    return tuple(kept), elsewhere


class _Reader:
    """Collects every <loc> below <url> and <sitemap>, and nothing else."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.sitemaps: list[str] = []
        self._above: list[str] = []
        self._loc: list[str] | None = None
        self._parser = xml.parsers.expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._heard

    def read(self, content: bytes) -> None:
        for start in range(0, len(content), CHUNK_BYTES):
            if len(self.pages) + len(self.sitemaps) >= MAX_LISTED:
                return
            self._parser.Parse(content[start : start + CHUNK_BYTES], False)  # noqa: FBT003
        self._parser.Parse(b"", True)  # noqa: FBT003

    def _begin(self, name: str, _: object) -> None:
        if len(self._above) >= MAX_DEPTH:
            raise ValueError("nested without end")
        self._above.append(_local(name))
        if self._above[-1] == "loc":
            self._loc = []

    def _heard(self, text: str) -> None:
        if self._loc is not None:
            self._loc.append(text)

    def _end(self, _: str) -> None:
        name = self._above.pop()
        parent = self._above[-1] if self._above else ""
        if name == "loc" and self._loc is not None:
            listed = {"url": self.pages, "sitemap": self.sitemaps}.get(parent)
            if listed is not None:
                listed.append("".join(self._loc).strip())
            self._loc = None


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    """Stop at a document type: it could declare entities, and a sitemap needs none."""
    raise DocumentError(
        "That sitemap declares a document type, which could hide a bomb;"
        " share the pages one by one."
    )
