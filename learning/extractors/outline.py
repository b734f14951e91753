"""Collects paragraphs under their headings, as sections with exact positions."""

from collections.abc import Sequence

from learning.document import Section

GROUP_CHARS = 500
"""Paragraphs are grouped up to here, so that a section's position stays near."""


class Outline:
    """What a reader tells as it goes through a document."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._path: list[tuple[int, str]] = []
        self._group: list[str] = []
        self._position = ""

    def heading(self, level: int, title: str) -> None:
        """Open a heading; those of its level and below it close."""
        title = " ".join(title.split())
        if not title:
            return
        self._close()
        self._path = [outer for outer in self._path if outer[0] < level]
        self._path.append((level, title))

    def add(self, text: str, position: str = "") -> None:
        """Add a paragraph under the headings that are open."""
        text = text.strip()
        if not text:
            return
        if sum(map(len, self._group)) + len(text) > GROUP_CHARS:
            self._close()
        if not self._group:
            self._position = position
        self._group.append(text)

    def sections(self) -> tuple[Section, ...]:
        """Return all that was added; headings without text are left out."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._group:
            headings = tuple(title for _, title in self._path)
            text = "\n\n".join(self._group)
            self._sections.append(Section(headings, text, self._position))
        self._group = []


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """Write a table as lines that can be understood alone.

    Two columns are read as names and values; of more, the first row names the others'.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    columns = max(map(len, filled), default=0)
    if columns <= 2 or len(filled) == 1:  # noqa: PLR2004
        return "\n".join(": ".join(c for c in row if c.strip()) for row in filled)
    header, *others = filled
    return "\n".join(row_text(header, row) for row in others)


def row_text(header: Sequence[str], row: Sequence[str]) -> str:
    """Write a row as `Item: Sword; Price: 20`, without its empty cells."""
    names = [*header, *[""] * (len(row) - len(header))]
    cells = (
        (name.strip(), cell.strip()) for name, cell in zip(names, row, strict=False)
    )
    return "; ".join(
        f"{name}: {cell}" if name else cell for name, cell in cells if cell
    )
