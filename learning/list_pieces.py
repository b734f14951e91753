"""What commas, `and` and `or`, line breaks and quotation marks leave of a request."""

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from learning.request_words import RequestWords, quoted
from learning.value_shapes import Found

_SEPARATOR = re.compile(
    r"\s*[,;]?\s+(?:and|or|&|plus|'?n'?)\s+(?:then\s+|also\s+)?"
    r"|\s*[,;]\s+(?:then|also)\s+|\s*[,;](?:\s+|\Z)|\s*[/|]\s+|\s+[/|]|\n"
    r"|(?<=[^\W\d_])[,;/|](?=[^\W\d_])",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w+|[&,;/|\n]")
_QUOTES = '"\u201c\u201d\u00ab\u00bb'
_EDGE = re.compile(
    f"[{_QUOTES}]|:(?=\\s|\\Z)| [-\u2013\u2014]+\\s"
    # No sentence ends after `St.`, an initial or the number of an item.
    "|(?<!\\b[a-z0-9])(?<!\\b(?:st|mr|ms|dr|vs|[0-9][0-9]))(?<!\\bmrs)"
    '[.?!\u2026]+(?=\\s|\\Z|["\u201d\u00bb])',
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*\u2022]|\d{1,2}[.)])\s+")
HARD = frozenset({""})
"""The token of an edge over which no list goes."""
LEAD = frozenset({'"', ":"})
"""Of these edges, those after which a list begins at once, as a rule."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two marks, and whether these separate items."""

    start: int
    end: int
    left: frozenset[str]
    right: frozenset[str]

    @property
    def follows(self) -> bool:
        """Whether it may go on with a list."""
        return not self.left & HARD

    @property
    def is_quotation(self) -> bool:
        """Whether it stands between quotation marks."""
        return '"' in self.left and '"' in self.right

    @property
    def leads(self) -> bool:
        """Whether a list may go on after it."""
        return not self.right & HARD


def separators(text: str) -> frozenset[str]:
    """Return which separators of items stand within a text."""
    found = (match[0] for match in _SEPARATOR.finditer(text))
    return frozenset(token for each in found for token in _tokens(each))


def pieces_of(
    words: RequestWords, values: Collection[Found], titles: int
) -> Sequence[Piece]:
    """Return what stands between marks; where one of these is hard, no list goes on."""
    marks = sorted(_marks(words, values, titles), key=lambda each: each[:2])
    length = len(words.text)
    spans: list[tuple[int, int]] = []
    gaps = [HARD]
    start = 0
    for begin, end, tokens in [*marks, (length, length, HARD)]:
        if span := _trimmed(words.lines, start, begin):
            spans.append(span)
            gaps.append(tokens)
        else:
            gaps[-1] |= tokens
        start = max(start, end)
    between = itertools.pairwise(gaps)
    return [Piece(*span, *gap) for span, gap in zip(spans, between, strict=False)]


def _tokens(mark: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(mark.lower()))


def _marks(
    words: RequestWords, values: Collection[Found], titles: int
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield where a piece of text ends and the next begins, and what is between."""
    text = words.lines
    quotes = quoted(words.text)
    kept = [(each.start, each.end) for each in values]
    if len(quotes) <= titles:
        for begin, end in quotes:
            yield begin, end, HARD | {'"'}
        kept += quotes
    elif len(quotes) > 1:
        for begin, end in quotes:
            yield begin, begin + 1, frozenset({'"'})
            yield end - 1, end, frozenset({'"'})
        kept += quotes
    inside = {at for begin, end in kept for at in range(begin, end)}
    for pattern in (_SEPARATOR, _EDGE):
        for match in pattern.finditer(text):
            if not inside.intersection(range(*match.span())):
                yield (
                    *match.span(),
                    _tokens(match[0])
                    if pattern is _SEPARATOR
                    else HARD | ({'"' if match[0] in _QUOTES else match[0]} & LEAD),
                )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave out spaces, bullets and brackets around a piece; None where that is all."""
    start, end = _stripped(text, start, end, " \n)", " \n(")
    if (bullet := _BULLET.match(text, start)) and bullet.end() < end:
        start = bullet.end()
    inside = text[start:end]
    opened = inside.startswith("(") and ")" not in inside[:-1]
    closed = inside.endswith(")") and "(" not in inside[1:]
    start, end = _stripped(text, start + opened, end - closed, " \n", " \n")
    return (start, end) if start < end else None


def _stripped(
    text: str, start: int, end: int, before: str, behind: str
) -> tuple[int, int]:
    inside = text[start:end].rstrip(behind)
    return start + len(inside) - len(inside.lstrip(before)), start + len(inside)
