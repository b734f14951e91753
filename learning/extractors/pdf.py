"""PDF files: the text of their pages, with headings from their bookmarks."""

import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw

from learning.document import Document, Limits, Section
from learning.errors import DocumentError

Bookmark = tuple[int, str, int | None]
"""Its level, its title, and the page's index."""

_HYPHEN = re.compile("[\x02\ufffe]\r?\n?")
"""What PDFium writes for a hyphen at the end of a line."""


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read the pages; raises DocumentError where a password is needed."""
    del content_type, limits
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if exc.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise DocumentError(
                f"{name} is protected with a password. Save it without one."
            ) from exc
        raise
    bookmarks = list(_bookmarks(document))
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    for index in range(len(document)):
        page = document[index]
        text = _HYPHEN.sub("", page.get_textpage().get_text_range())
        page.close()
        lines = text.replace("\r\n", "\n").split("\n")
        here = [(level, title) for level, title, at in bookmarks if at == index]
        start = 0
        for level, title in here:
            at = _line_of(title, lines, start)
            if at is not None:
                sections.append(_section(path, lines[start:at], index))
                start = at + 1
            path = [*(outer for outer in path if outer[0] < level), (level, title)]
        sections.append(_section(path, lines[start:], index))
    return Document(document.get_metadata_value("Title"), tuple(sections))


def _bookmarks(document: pypdfium2.PdfDocument) -> Iterator[Bookmark]:
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        yield (
            bookmark.level,
            " ".join(bookmark.get_title().split()),
            target.get_index() if target else None,
        )


def _line_of(title: str, lines: list[str], start: int) -> int | None:
    """Find the line that is this heading, with or without its number."""
    wanted = title.casefold()
    for at in range(start, len(lines)):
        line = " ".join(lines[at].split()).casefold()
        if line and (line == wanted or line.lstrip("0123456789. ") == wanted):
            return at
    return None


def _section(path: list[tuple[int, str]], lines: list[str], index: int) -> Section:
    headings = tuple(title for _, title in path if title)
    return Section(headings, "\n".join(lines), f"page {index + 1}")
