"""Word documents: headings, paragraphs, lists and tables, with what was inserted."""

import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from learning.document import Document, Limits
from learning.extractors.archive import office_file
from learning.extractors.outline import Outline, table_text

HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
CONTENTS = re.compile(r"toc\b", re.IGNORECASE)
TEXT, TAB, BREAK = qn("w:t"), qn("w:tab"), {qn("w:br"), qn("w:cr")}
PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
CONTROL = qn("w:sdt")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a document; a position is the number of its paragraph."""
    del content_type
    document = docx.Document(office_file(data, name=name, limits=limits))
    styles = {style.style_id: style.name or "" for style in document.styles}
    outline = Outline()
    title = document.core_properties.title or ""
    for number, block in enumerate(_blocks(document.element.body), start=1):
        position = f"paragraph {number}"
        if block.tag == TABLE:
            rows = [[_text(cell) for cell in row.iter(CELL)] for row in block.iter(ROW)]
            outline.add(table_text(rows), position)
            continue
        style = styles.get(block.style or "", "")
        heading = HEADING.match(style)
        if style == "Title":
            title = _text(block)
        elif heading:
            outline.heading(int(heading[1]), _text(block))
        elif not CONTENTS.match(style):
            mark = "- " if "List" in style else ""
            outline.add(mark + _text(block) if _text(block) else "", position)
    return Document(title, outline.sections())


def _blocks(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables, also those inside forms' controls."""
    for child in parent:
        if child.tag in (PARAGRAPH, TABLE):
            yield child
        elif child.tag == CONTROL and child.find(qn("w:sdtContent")) is not None:
            yield from _blocks(child.find(qn("w:sdtContent")))


def _text(element: Any) -> str:
    """Return its words: inserted ones and links' too, deleted ones not."""
    parts = []
    for node in element.iter():
        if node.tag == TEXT and not any(
            a.tag == FALLBACK for a in node.iterancestors()
        ):
            parts.append(node.text or "")
        elif node.tag == TAB or node.tag in BREAK or node.tag == PARAGRAPH:
            parts.append(" ")
    return " ".join("".join(parts).split())
