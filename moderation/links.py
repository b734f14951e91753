"""Finds links that are not what they seem, or that run code where they are opened."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from moderation.confusables import is_disguised
from moderation.text import Span

SCHEME = re.compile(
    r"(?<![\w-])(?:(?:java|vb|live)\s?script:\s?(?=\S*[(=%/\[;.])\S+"
    r"|data:(?!image/(?:gif|jpe?g|png|webp))[\w.+-]{1,40}/[\w.+-]{1,40}[;,]\S*|data:(?:;base64)?,\S+|data:;\S+"
    r"|(?:file|smb|jar|blob|view-source|ms-[a-z-]{2,30}|search-ms|intent):/?/?(?<=[/:])(?=/?[\w.%~]+[/:\\])\S+"
    r"|(?<![:\w\\])\\\\[\w.-]+\\\S+)",
    re.IGNORECASE,
)
WEB = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}:)?//[^\s<>\"'`)\]]+", re.IGNORECASE)
BARE = re.compile(r"(?<![\w@/.-])(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w@])")
SHOWN = re.compile(
    r"\[\s*(?:https?://|(?=www\.))(?P<shown>(?:[\w-]+\.)+[a-z]{2,24})[^\]\n]{0,200}\]\(\s*<?(?P<target>https?://[^\s)>]+)",
    re.IGNORECASE,
)
NUMERIC = re.compile(r"(?:0x[\da-f]+|\d{8,10}|0\d+(?:\.\d+){3})$", re.IGNORECASE)


def bad_links(text: str) -> list[tuple[str, Span]]:
    """Find links to hold: each with what is wrong with it, and its place."""
    found = [("runs code or opens a file", m.span()) for m in SCHEME.finditer(text)]
    found += _disguised(text)
    for match in SHOWN.finditer(text):
        if not _leads_to(match["target"], match["shown"].lower()):
            found.append(("shows one address and leads to another", match.span()))
    return found


def _disguised(text: str) -> Iterator[tuple[str, Span]]:
    for match in WEB.finditer(text):
        try:
            url = urlsplit(match.group())
        except ValueError:
            continue
        host = (url.hostname or "").rstrip(".")
        if "@" in url.netloc and url.scheme.lower() in {"", "http", "https", "ftp"}:
            yield "hides its host behind a name", match.span()
        elif NUMERIC.match(host):
            yield "hides its host in a number", match.span()
        elif _is_lookalike(host):
            yield "has a host that may pass for another", match.span()
    for match in BARE.finditer(text):
        host = match.group()
        if ("xn--" in host.lower() or not host.isascii()) and _is_lookalike(host):
            yield "has a host that may pass for another", match.span()


def _is_lookalike(host: str) -> bool:
    labels = host.split(".")
    if any(label.lower().startswith("xn--") for label in labels):
        return True
    top_is_latin = labels[-1].isascii()
    return any(is_disguised(label, alone=top_is_latin) for label in labels)


def _leads_to(target: str, shown: str) -> bool:
    """Say whether a target is at the site shown; one that is no address is not."""
    try:
        host = urlsplit(target).hostname or ""
    except ValueError:
        return False
    shown, host = shown.removeprefix("www."), host.removeprefix("www.")
    return host == shown or host.endswith(f".{shown}") or shown.endswith(f".{host}")
