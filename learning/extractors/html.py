"""Web pages: the part that is about something, with its headings."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.html
from lxml.etree import ParserError
from trafilatura import extract

from learning.document import Document, Limits, Section
from learning.extractors.outline import Outline, table_text
from learning.extractors.text import decode

TRUSTED_CHARS = 250
"""Trafilatura's own minimum; below it, it drops headings and guesses."""
DECLARED_WITHIN_BYTES = 2048

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = set(
    "address article blockquote body center dd details div dl dt fieldset figcaption"
    " figure main ol p pre section summary table tbody td th tr ul".split()
)
DROPPED = set(
    "aside audio button canvas dialog footer head iframe input nav noscript object"
    " script select style svg template textarea video".split()
)
_META = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml[^>]*>")
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|activate|turn on|requires?|needs?)\s+java\s?script|java\s?script is"
    r" (?:disabled|required|not enabled)",
    re.IGNORECASE,
)


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a page without its navigation, footers and comments."""
    del name, limits
    tree = page_tree(data, content_type)
    if tree is None:
        return Document("", ())
    title = str(tree.findtext(".//title") or "")
    # It works on a copy, and gives the page's main part as simpler HTML.
    main = extract(tree, output_format="html", include_comments=False) or ""
    sections = tree_sections(lxml.html.document_fromstring(main)) if main else ()
    if _chars(sections) < TRUSTED_CHARS:
        whole = tree_sections(tree)
        sections = whole if _chars(whole) < 4 * TRUSTED_CHARS else sections or whole
    if _chars(sections) < TRUSTED_CHARS and _NEEDS_SCRIPT.search(
        " ".join(section.text for section in sections)
    ):
        sections = ()
    return Document(" ".join(title.split()), sections)


def page_tree(data: bytes, content_type: str = "") -> Any:
    """Parse a page, decoded as it declares itself; None where there is nothing.

    Entities that it declares stay as they are: this is no XML parser.
    """
    meta = _META.search(data[:DECLARED_WITHIN_BYTES])
    declared = meta[1].decode() if meta else ""
    text = decode(data, content_type=content_type, declared=declared)
    try:
        return lxml.html.document_fromstring(_XML.sub("", text, count=1))
    except ParserError:
        return None


def tree_sections(tree: Any) -> tuple[Section, ...]:
    """Return all text of a page but its navigation, forms and scripts."""
    walk = _Walk()
    walk.visit(tree)
    walk.end_block()
    return walk.outline.sections()


class _Walk:
    def __init__(self) -> None:
        self.outline = Outline()
        self._text = ""
        self._items: list[str] = []
        self._lists = 0

    def visit(self, element: Any) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in DROPPED:  # a comment has no tag
            return
        if tag in HEADINGS:
            self.end_block()
            self.outline.heading(int(tag[1]), _words(element))
        elif tag == "pre":
            self.end_block()
            self.outline.add(str(element.text_content()).strip("\n"))
        elif tag == "table" and element.find(".//table") is None:
            self.end_block()
            self.outline.add(table_text([list(_cells(r)) for r in element.iter("tr")]))
        elif tag == "br":
            self._text += "\n"
        else:
            self._visit_inside(element, tag)

    def end_block(self) -> None:
        lines = (" ".join(line.split()) for line in self._text.split("\n"))
        text = "\n".join(line for line in lines if line)
        self._text = ""
        if not text:
            return
        if self._lists:
            self._items.append("- " + text.replace("\n", " "))
        else:
            self.outline.add(text)

    def _visit_inside(self, element: Any, tag: str) -> None:
        is_list = tag in {"ul", "ol", "dl"}
        is_block = tag in BLOCKS or tag == "li"
        if is_block:
            self.end_block()
        self._lists += is_list
        self._text += _spaced(element.text)
        for child in element:
            self.visit(child)
            self._text += _spaced(child.tail)
        if is_block:
            self.end_block()
        self._lists -= is_list
        if is_list and not self._lists:
            self.outline.add("\n".join(self._items))
            self._items = []


def _cells(row: Any) -> Iterator[str]:
    for cell in row:
        if cell.tag in {"td", "th"}:
            yield _words(cell)


def _words(element: Any) -> str:
    return " ".join(str(element.text_content()).split())


def _spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _chars(sections: tuple[Section, ...]) -> int:
    return sum(len(section.text) for section in sections)
