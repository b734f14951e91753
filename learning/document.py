"""What a file or a page says: its sections, and the limits within which it is read."""

from dataclasses import dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Section:
    """Text that stands under the same headings."""

    headings: tuple[str, ...]
    """From the outermost to the innermost."""
    text: str
    """Paragraphs are separated by an empty line."""
    position: str
    """For people: `page 3`, `slide 2`, `sheet Prices, row 4`, `00:12:30`, or empty."""


@dataclass(frozen=True, slots=True)
class Document:
    """A title and at least one section with words in it."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    max_bytes: int = 20_000_000
    max_text_bytes: int = 8_000_000
    """Of what the reader may answer, as UTF-8 JSON; a long novel has 3 million."""
    memory_bytes: int = 1024 * MEBIBYTE
    """Of address space. Python with the largest of the readers takes 160 MiB."""
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    max_unpacked_bytes: int = 200_000_000
    """Of all members of an archive together, by its own directory."""
    max_members: int = 5000
    max_ratio: int = 200
    """Unpacked to packed, judged from 10 MB on; spreadsheets reach 50."""


LIMITS = Limits()
