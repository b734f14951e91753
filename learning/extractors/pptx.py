"""PowerPoint presentations: a slide's title, its texts and tables, and its notes."""

from collections.abc import Iterable, Iterator
from typing import Any

import pptx

from learning.document import Document, Limits, Section
from learning.extractors.archive import office_file
from learning.extractors.outline import table_text


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a presentation; every slide is a section."""
    del content_type
    deck = pptx.Presentation(office_file(data, name=name, limits=limits))
    sections = []
    for number, slide in enumerate(deck.slides, start=1):
        heading = slide.shapes.title
        title = " ".join(heading.text_frame.text.split()) if heading else ""
        texts = list(_texts(slide.shapes, heading))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            texts.append(slide.notes_slide.notes_text_frame.text)
        # A slide of which only the title says anything.
        text = "\n\n".join(text for text in texts if text.strip()) or title
        headings = (title,) if title and text != title else ()
        sections.append(Section(headings, text, f"slide {number}"))
    return Document(deck.core_properties.title or "", tuple(sections))


def _texts(shapes: Iterable[Any], heading: Any) -> Iterator[str]:
    for shape in shapes:
        if heading is not None and shape.shape_id == heading.shape_id:
            continue
        if shape.has_text_frame:
            yield shape.text_frame.text.replace("\x0b", "\n")
        elif shape.has_table:
            yield table_text([[c.text for c in row.cells] for row in shape.table.rows])
        elif hasattr(shape, "shapes"):  # a group
            yield from _texts(shape.shapes, heading)
