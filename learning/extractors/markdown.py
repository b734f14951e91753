"""Markdown: headings, paragraphs, lists, code and tables; front matter is dropped."""

import re

import lxml.html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from learning.document import Document, Limits
from learning.extractors.outline import Outline, table_text
from learning.extractors.text import decode

_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?\n)?\1[ \t]*(?:\n|$)", re.DOTALL)
_TITLE = re.compile(r"^title\s*[:=]\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a text; a position is the number of a line."""
    del name, limits
    text = decode(data, content_type=content_type).replace("\r\n", "\n")
    front = _FRONT.match(text)
    title = _TITLE.search(front[2] or "") if front else None
    skipped = front[0].count("\n") if front else 0
    tokens = (
        MarkdownIt("commonmark")
        .enable("table")
        .parse(text[front.end() :] if front else text)
    )
    walk = _Walk(skipped)
    for token in tokens:
        walk.visit(token)
    first = next((tokens[n + 1] for n, t in enumerate(tokens) if t.tag == "h1"), None)
    return Document(
        title[1] if title else _inline(first) if first else "",
        walk.outline.sections(),
    )


class _Walk:
    """Goes through the tokens; what a list or a table holds waits for its end."""

    def __init__(self, skipped: int) -> None:
        self.outline = Outline()
        self._skipped = skipped
        self._position = ""
        self._heading = 0
        self._lists = 0
        self._items: list[str] = []
        self._rows: list[list[str]] = []

    def visit(self, token: Token) -> None:
        if token.map and not self._lists and token.nesting >= 0:
            self._position = f"line {token.map[0] + 1 + self._skipped}"
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1])
            case "bullet_list_open" | "ordered_list_open":
                self._lists += 1
            case "bullet_list_close" | "ordered_list_close":
                self._end_list()
            case "list_item_open":
                mark = f"{token.info}." if token.info else "-"
                self._items.append("  " * (self._lists - 1) + mark)
            case "tr_open":
                self._rows.append([])
            case "table_close":
                self.outline.add(table_text(self._rows), self._position)
                self._rows = []
            case "inline" | "fence" | "code_block" | "html_block":
                self._say(_text(token))

    def _say(self, text: str) -> None:
        if self._heading:
            self.outline.heading(self._heading, text)
            self._heading = 0
        elif self._rows:
            self._rows[-1].append(text)
        elif self._lists:
            self._items[-1] += f" {text}"
        else:
            self.outline.add(text, self._position)

    def _end_list(self) -> None:
        self._lists -= 1
        if not self._lists:
            self.outline.add("\n".join(self._items), self._position)
            self._items = []


def _text(token: Token) -> str:
    if token.type == "inline":
        return _inline(token)
    if token.type == "html_block":
        return _without_tags(token.content)
    return token.content.strip("\n")


def _inline(token: Token) -> str:
    """Return the words, without pictures, emphasis and the addresses of links."""
    parts = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
    return "".join(parts).strip()


def _without_tags(content: str) -> str:
    if re.fullmatch(r"\s*<!--.*?-->\s*", content, re.DOTALL):
        return ""
    tree = lxml.html.fragment_fromstring(content, create_parent="div")
    return " ".join(str(tree.text_content()).split())
