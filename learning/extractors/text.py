"""Plain text in any encoding."""

import re
from codecs import lookup

import charset_normalizer

from learning.document import Document, Limits
from learning.extractors.kind import HEAD_BYTES, wide
from learning.extractors.outline import Outline

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
GUESSED_BYTES = 100_000
"""Of which the encoding is guessed: more takes seconds and tells no more."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read paragraphs; a position is the number of a line."""
    del name, limits
    outline = Outline()
    paragraph: list[str] = []
    started = 1
    text = decode(data, content_type=content_type)
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            started = started if paragraph else number
            paragraph.append(line.rstrip())
        else:
            outline.add("\n".join(paragraph), f"line {started}")
            paragraph = []
    return Document("", outline.sections())


def decode(data: bytes, *, content_type: str = "", declared: str = "") -> str:
    """Decode by mark, header, declaration, UTF-8, and then by guessing; never fails.

    Bytes that fit nowhere become U+FFFD.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    named = _CHARSET.search(content_type)
    for encoding in (named[1] if named else "", declared, "utf-8"):
        try:
            return data.decode(lookup(encoding).name)
        except (LookupError, ValueError):
            continue  # it is no encoding, or it does not fit
    encoding = wide(data[:HEAD_BYTES])
    if not encoding:
        guess = charset_normalizer.from_bytes(data[:GUESSED_BYTES]).best()
        encoding = guess.encoding if guess else "latin-1"
    return data.decode(encoding, errors="replace")
