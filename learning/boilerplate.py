"""What stands on pages and is about nothing: notices, menus, running headers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from learning.document import Section

NOTICE_CHARS = 500
"""A longer paragraph is about cookies, and not a notice that they are used."""
MENU_LINES = 4
MENU_LINE_CHARS = 30
EDGE_LINES = 2
LEAST_PAGES = 3

_COOKIE = re.compile(r"cookie|\u30af\u30c3\u30ad\u30fc", re.IGNORECASE)
_CONSENT = re.compile(
    r"\b(?:we|site|website|page|wir|seite|nous|site|nosotros|sitio|web|noi|sito|wij)"
    r"\b[^.!?]{0,60}\b(?:uses?|using|store|verwende[nt]|nutz(?:en|t)|utilisons|utilise"
    r"|utilizamos|usamos|usa|utilizza|gebruik(?:en|t))\b[^.!?]{0,60}cookie"
    r"|^\W*(?:usamos|utilizamos|utilizziamo)\b.{0,30}cookie"
    r"|\b(?:accept|allow|reject|manage|agree to|consent to)\b[^.!?]{0,40}cookies?\b"
    r"|cookie\W(?:settings|preferences|policy|consent|notice|einstellungen)"
    r"|cookies?\s+(?:akzeptieren|zulassen|ablehnen)|(?:accepter|refuser)\b.{0,20}cookies"
    r"|aceptar\b.{0,20}cookies|\u30af\u30c3\u30ad\u30fc.{0,20}\u4f7f\u7528"
    r"|\u0438\u0441\u043f\u043e\u043b\u044c\u0437\u0443.{0,40}cookie",
    re.IGNORECASE,
)
_MENU_WORDS = re.compile(
    r"\b(?:home|about(?: us)?|contact(?: us)?|log ?in|log ?out|sign ?(?:in|up)|register"
    r"|search|menu|privacy(?: policy)?|terms(?: of (?:use|service))?|imprint|sitemap|faq"
    r"|blog|news|shop|cart|account|share|tweet|facebook|twitter|instagram|linkedin"
    r"|next|previous|back to top|subscribe|newsletter|careers|press|help|support"
    r"|skip to (?:main )?content|startseite|kontakt|impressum|datenschutz|anmelden"
    r"|accueil|inicio|contacto|mentions l\u00e9gales|aviso legal)\b",
    re.IGNORECASE,
)
_SEPARATED = re.compile(r"\s[|\u00b7\u2022\u203a\u00bb/]\s")
_DIGITS = re.compile(r"\d+")


def is_boilerplate(lines: Sequence[str]) -> bool:
    """Say whether a paragraph is a cookie notice or a menu."""
    return _is_cookie_notice(" ".join(lines)) or _is_menu(lines)


def without_running_lines(sections: Sequence[Section]) -> Iterator[Section]:
    """Yield sections without the headers, footers and numbers that pages repeat.

    A line runs when it stands at the edge of half of the pages, and of at least three,
    its numbers aside.
    """
    pages: dict[str, list[int]] = defaultdict(list)
    for number, section in enumerate(sections):
        if section.position.startswith("page "):
            pages[section.position].append(number)
    texts = [section.text.split("\n") for section in sections]
    edges = {page: _edges(texts, numbers) for page, numbers in pages.items()}
    counts = Counter(
        key for lines in edges.values() for key in {key for _, _, key in lines}
    )
    most = max(LEAST_PAGES, len(pages) / 2)
    running = {key for key, count in counts.items() if count >= most}
    dropped = {
        (number, line)
        for lines in edges.values()
        for number, line, key in lines
        if key in running
    }
    for number, section in enumerate(sections):
        kept = [
            line for at, line in enumerate(texts[number]) if (number, at) not in dropped
        ]
        yield Section(section.headings, "\n".join(kept), section.position)


def _edges(
    texts: Sequence[Sequence[str]], numbers: Sequence[int]
) -> list[tuple[int, int, str]]:
    """Return section, line and key of a page's first and last lines."""
    lines = [
        (number, at, _DIGITS.sub("#", " ".join(line.split())).casefold())
        for number in numbers
        for at, line in enumerate(texts[number])
        if line.strip()
    ]
    return [*lines[:EDGE_LINES], *lines[EDGE_LINES:][-EDGE_LINES:]]


def _is_cookie_notice(text: str) -> bool:
    return (
        len(text) <= NOTICE_CHARS
        and _COOKIE.search(text) is not None
        and _CONSENT.search(text) is not None
    )


def _is_menu(lines: Sequence[str]) -> bool:
    """Say whether they are short entries of which a third is on every site's menu."""
    entries = [
        entry.strip(" -*\u2022")
        for line in lines
        for entry in _SEPARATED.split(line)
        if entry.strip()
    ]
    known = sum(_MENU_WORDS.fullmatch(entry) is not None for entry in entries)
    return (
        len(entries) >= MENU_LINES
        and max(map(len, entries)) <= MENU_LINE_CHARS
        and 3 * known >= len(entries)
    )
