"""Cuts a document into passages: each small enough to be one lesson, each said once."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from learning.boilerplate import is_boilerplate, without_running_lines
from learning.document import Document

SAME = 0.9
"""The Jaccard similarity of word shingles from which two passages say the same."""
SHINGLE_WORDS = 3
FULL_LINE_CHARS = 40
"""Shorter lines were ended by their writer, not by the width of a page."""
FULL_SHARE = 0.7
CONTINUED_SHARE = 1 / 3

Piece = tuple[str, str]
"""What stands between it and the piece before, and its text."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese write no spaces between words."""
_LEADING_VOWEL = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4\u200d]")
_WORD = re.compile(f"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern})\\w)+")
_NUMERAL = re.compile("[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]")
_LIST_MARK = re.compile(r"\s*(?:[-*\u2022\u2023\u25aa\u2013]|\(?\w{1,3}[.)])\s")
_CUTS = (
    re.compile(r"\n+"),
    # After a sentence; an abbreviation goes on in lower case.
    re.compile(
        "(?<=[.!?\u2026\u061f\u06d4\u0964\u0965])[\"'\u201d\u2019\u00bb)\\]]*\\s+"
        "(?![a-z\u00df-\u00ff])|(?<=[\u3002\uff01\uff1f\uff61])[\u300d\u300f\uff09]*"
    ),
    re.compile("(?<=[,;:\u060c\u061b])\\s+|(?<=[\u3001\uff0c\uff1b\uff1a])"),
    re.compile(r"\s+"),
)
"""Where a text may be cut, the best places first."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that can be learned by itself."""

    headings: tuple[str, ...]
    text: str
    position: str
    """Of the section in which it begins."""


def passages(
    document: Document, *, most_chars: int = 600, least_chars: int = 40
) -> tuple[Passage, ...]:
    """Cut a document at paragraphs, sentences, clauses or words, in this order.

    Passages of fewer than `least_chars` are joined to their neighbours under the same
    headings; none has more than `most_chars`. Left out are boilerplate, near-duplicates
    with the same numbers, and unbroken strings longer than a passage.
    """
    cut = [
        Passage(section.headings, text, section.position)
        for section in without_running_lines(document.sections)
        for text in _packed(_paragraphs(section.text), most_chars)
    ]
    return tuple(_distinct(_joined(cut, most_chars, least_chars)))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [" ".join(line.split()) for line in paragraph.split("\n")]
        lines = [line for line in lines if line]
        if lines and not is_boilerplate(lines):
            yield _unwrapped(lines)


def _unwrapped(lines: Sequence[str]) -> str:
    """Join lines that were broken only because the page was full."""
    full = max(FULL_LINE_CHARS, FULL_SHARE * max(map(len, lines)))
    continued = sum(map(_continues, lines[1:]))
    wrapped = continued > CONTINUED_SHARE * (len(lines) - 1)
    text = lines[0]
    for before, line in pairwise(lines):
        if (
            len(before) < (full / 2 if _is_unspaced(before[-1]) else full)
            or _LIST_MARK.match(line)
            or not (wrapped or _continues(line))
        ):
            text += "\n" + line
        elif before.endswith("-") and before[-2:-1].isalpha() and line[0].islower():
            text = text[:-1] + line
        elif _is_unspaced(before[-1]) and _is_unspaced(line[0]):
            text += line
        else:
            text += " " + line
    return text


def _continues(line: str) -> bool:
    """Say whether it may begin within a sentence, in scripts that show that."""
    return line[0].islower() or unicodedata.category(line[0]) == "Lo"


def _packed(paragraphs: Iterable[str], most: int) -> Iterator[str]:
    """Fill passages with whole paragraphs, or with as large pieces as fit."""
    text = ""
    for paragraph in paragraphs:
        for number, (gap, piece) in enumerate(_pieces(paragraph, most, 0)):
            joint = gap if number else "\n\n"
            if text and len(text) + len(joint) + len(piece) > most:
                yield text
                text = ""
            text = text + joint + piece if text else piece
    if text:
        yield text


def _pieces(text: str, most: int, level: int) -> Iterator[Piece]:
    """Cut a text where it is too long; the first piece's gap is its caller's."""
    if len(text) <= most:
        yield "", text
        return
    if level == len(_CUTS):
        yield from (("", chunk) for chunk in _unspaced_chunks(text, most))
        return
    start, gap = 0, ""
    ends = [(m.start(), m.end()) for m in _CUTS[level].finditer(text)]
    for at, end in [*ends, (len(text), len(text))]:
        part = text[start:end].strip()
        for number, (inner, piece) in enumerate(_pieces(part, most, level + 1)):
            if piece:
                yield (inner if number else gap), piece
        broken = text[at:end]
        gap = "\n" if "\n" in broken else " " if broken[-1:].isspace() else ""
        start = end


def _unspaced_chunks(word: str, most: int) -> Iterator[str]:
    """Cut between characters of scripts without spaces; drop any other long string."""
    if 2 * len(_UNSPACED.findall(word)) < len(word):
        return  # encoded data, not a word
    start = 0
    while start < len(word):
        end = start + most
        while start + most // 2 < end < len(word) and _belongs(word, end):
            end -= 1
        yield word[start:end]
        start = end


def _belongs(word: str, at: int) -> bool:
    """Say whether the character belongs to the one before it."""
    return (
        unicodedata.category(word[at])[0] == "M"
        or word[at] == "\u200d"
        or _LEADING_VOWEL.match(word[at - 1]) is not None
    )


def _is_unspaced(character: str) -> bool:
    return _UNSPACED.match(character) is not None


def _joined(cut: Sequence[Passage], most: int, least: int) -> list[Passage]:
    joined: list[Passage] = []
    for passage in cut:
        before = joined[-1] if joined else None
        if (
            before
            and before.headings == passage.headings
            and min(len(before.text), len(passage.text)) < least
            and len(before.text) + len(passage.text) + 2 <= most
        ):
            text = f"{before.text}\n\n{passage.text}"
            joined[-1] = Passage(before.headings, text, before.position)
        else:
            joined.append(passage)
    return joined


def _distinct(found: Sequence[Passage]) -> Iterator[Passage]:
    """Leave out near-duplicates; only passages that share rare shingles are compared.

    Two sets of Jaccard similarity s share one of their n - ceil(s n) + 1 rarest
    elements (Chaudhuri et al., A Primitive Operator for Similarity Joins, 2006).
    """
    sets = [_shingles(passage) for passage in found]
    common = Counter(shingle for shingles in sets for shingle in shingles)
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, (passage, shingles) in enumerate(zip(found, sets, strict=True)):
        rarest = sorted(shingles, key=lambda shingle: (common[shingle], shingle))
        rarest = rarest[: len(rarest) - ceil(SAME * len(rarest)) + 1]
        near = {other for shingle in rarest for other in holders[shingle]}
        if any(
            _numbers(found[other]) == _numbers(passage)
            and len(sets[other] & shingles) >= SAME * len(sets[other] | shingles)
            for other in near
        ):
            continue
        for shingle in rarest:
            holders[shingle].append(number)
        yield passage


def _shingles(passage: Passage) -> frozenset[tuple[str, ...]]:
    """Return the runs of words, with the heading: two days may both be `closed`."""
    text = " ".join((*passage.headings[-1:], passage.text)).casefold()
    words = _WORD.findall(text) or text.split()
    starts = range(max(1, len(words) - SHINGLE_WORDS + 1))
    return frozenset(tuple(words[at : at + SHINGLE_WORDS]) for at in starts)


def _numbers(passage: Passage) -> list[str]:
    """Return what makes two passages of a template differ: dates, prices, times."""
    text = " ".join((*passage.headings[-1:], passage.text))
    return sorted(re.findall(r"\d+", text)) + sorted(_NUMERAL.findall(text))
