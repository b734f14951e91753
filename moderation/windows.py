"""Cuts a text into windows of a few sentences, each small enough for one vector."""

import re
from math import ceil

from moderation.text import Span

SENTENCES = 3
MOST_CHARS = 400
"""The embedder reads 256 tokens; a longer window's end would go unseen."""

_PARAGRAPH = re.compile(r"(?:(?!\n[^\S\n]*\n).)+", re.DOTALL)
_SENTENCE = re.compile(
    rf"\S.{{0,{MOST_CHARS - 4}}}?(?:[.!?\u2026][\"'\u2019\u201d)\]]{{0,3}}(?=\s)"
    rf"|[\u3002\uff01\uff1f]|\n|\Z)"
    rf"|\S.{{0,{MOST_CHARS - 1}}}(?!\S)|\S{{1,{MOST_CHARS}}}",
    re.DOTALL,
)
"""Up to its end; a longer one is cut at a space, or anywhere."""


def windows(text: str) -> list[Span]:
    """Return where each window lies: up to three sentences of one paragraph.

    An order between two ordinary sentences would be a third of their vector, and one
    in a page of them nothing at all.
    """
    found: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        sentences = _SENTENCE.finditer(text, *paragraph.span())
        found += _grouped([match.span() for match in sentences])
    return found


def _grouped(sentences: list[Span]) -> list[Span]:
    """Join neighbours evenly: four sentences make two and two, not three and one."""
    groups = ceil(len(sentences) / SENTENCES)
    size = ceil(len(sentences) / groups) if groups else 1
    found: list[Span] = []
    count = 0
    for start, end in sentences:
        if found and count < size and end - found[-1][0] <= MOST_CHARS:
            found[-1] = (found[-1][0], end)
            count += 1
        else:
            found.append((start, end))
            count = 1
    return found
