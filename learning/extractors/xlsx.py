"""Excel workbooks: every row of a visible sheet, with the names of its columns."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from learning.document import Document, Limits, Section
from learning.extractors.archive import office_file
from learning.extractors.table import row_sections


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read the values that Excel computed last."""
    del content_type
    book = openpyxl.load_workbook(
        office_file(data, name=name, limits=limits),
        read_only=True,
        data_only=True,
        keep_links=False,
    )
    sections: list[Section] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # it may claim a million rows of nothing
        sections += row_sections(
            _rows(sheet.iter_rows(values_only=True)),
            headings=(sheet.title,),
            where=f"sheet {sheet.title}, row",
        )
    return Document(book.properties.title or "", tuple(sections))


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return str(value.date()) if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return str(value)
    if isinstance(value, float):
        return f"{value:.12g}"
    return " ".join(str(value).split())
