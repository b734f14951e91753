"""CSV tables, and the rows of any other."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from learning.document import Document, Limits, Section
from learning.extractors.outline import row_text
from learning.extractors.text import decode

SNIFFED_CHARS = 8192
_NUMBER = re.compile(r"[\d\s.,:/%€$£¥+-]+")


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read a table whose separator is found out."""
    del limits
    text = decode(data, content_type=content_type)
    csv.field_size_limit(len(text) + 1)
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(
            text[:SNIFFED_CHARS], delimiters=",;\t|"
        )
    except csv.Error:  # one column, or too little to tell
        dialect = "excel-tab" if name.lower().endswith(".tsv") else "excel"
    rows = csv.reader(io.StringIO(text, newline=""), dialect)
    return Document("", tuple(row_sections(rows, headings=(), where="row")))


def row_sections(
    rows: Iterable[list[str]], *, headings: tuple[str, ...], where: str
) -> Iterator[Section]:
    """Yield a section for each row, named by the first one if that holds names."""
    numbered = ((n, row) for n, row in enumerate(rows, start=1) if any(row))
    first = next(numbered, None)
    if first is None:
        return
    second = next(numbered, None)
    header = first[1] if second and _holds_names(first[1]) else []
    rest = [second] if second else []
    for number, row in chain([] if header else [first], rest, numbered):
        yield Section(headings, row_text(header, row), f"{where} {number}")


def _holds_names(row: list[str]) -> bool:
    names = [cell.strip().casefold() for cell in row if cell.strip()]
    return (
        len(names) > 1
        and len(set(names)) == len(names)
        and not any(_NUMBER.fullmatch(name) for name in names)
    )
