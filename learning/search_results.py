"""What a search found, as plain text and plain links."""

import re
from dataclasses import dataclass
from html import unescape

from learning.errors import FetchError
from learning.web_address import web_address
from moderation.text import clean

MAX_TITLE_CHARS = 200
MAX_SNIPPET_CHARS = 500
MAX_RAW_CHARS = 5000
"""How much of a field is cleaned at all."""
ROUNDS = 8
TAG = re.compile(r"<[/!?]?[A-Za-z][^<>]*>|<!--[^<>]*-->")


@dataclass(frozen=True)
class Result:
    """One page found: plain text without markup, and an http(s) address."""

    title: str
    url: str
    snippet: str


def results(
    listed: object, *, keys: tuple[str, str, str], limit: int
) -> tuple[Result, ...] | None:
    """Read a list of objects whose keys for title, link and snippet are `keys`.

    Entries without a usable link are dropped, and so is a link's second mention.
    None when `listed` is no list.
    """
    if not isinstance(listed, list):
        return None
    title, link, snippet = keys
    found: dict[str, Result] = {}
    for entry in listed:
        if len(found) >= limit:
            break
        if not isinstance(entry, dict) or not isinstance(entry.get(link), str):
            continue
        try:
            url = web_address(entry[link])
        except FetchError:
            continue
        found.setdefault(
            str(url.with_scheme("https")).rstrip("/"),
            Result(
                title=plain(entry.get(title), max_chars=MAX_TITLE_CHARS)
                or str(url.host),
                url=str(url),
                snippet=plain(entry.get(snippet), max_chars=MAX_SNIPPET_CHARS),
            ),
        )
    return tuple(found.values())


def plain(text: object, *, max_chars: int) -> str:
    """Return one line without markup, entities, hidden or control characters."""
    if not isinstance(text, str):
        return ""
    line = text[:MAX_RAW_CHARS]
    for _ in range(ROUNDS):
        before, line = line, clean(TAG.sub("", unescape(line)))
        if line == before:
            break
    else:  # tags inside tags without end
        line = line.replace("<", "").replace(">", "")
    line = " ".join(line.split())
    return line if len(line) <= max_chars else f"{line[: max_chars - 1].rstrip()}…"
