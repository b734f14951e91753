"""Transcripts of films and recordings: WebVTT and SRT."""

import html
import re
from collections.abc import Iterator

from learning.document import Document, Limits, Section
from learning.errors import DocumentError
from learning.extractors.text import decode

PASSAGE_CHARS = 400
"""Cues are joined up to about here, and on to the end of the sentence,"""
MOST_CHARS = 600
"""but not beyond here: speech recognition writes no full stops."""

_TIMES = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d\d)[.,]\d+\s+-->\s")
_SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_SENTENCE_END = re.compile(
    "[.!?\u2026\u3002\uff01\uff1f\u061f][\"'\u201d\u00bb\u300d)]*$"
)


def read(data: bytes, *, name: str, content_type: str, limits: Limits) -> Document:
    """Read the cues; a position is the time of a passage's first.

    Raises DocumentError where there are none.
    """
    del limits
    sections: list[Section] = []
    words: list[str] = []
    started = ""
    found = False
    for time, line in _cues(decode(data, content_type=content_type)):
        found = True
        if not words:
            started = time
        words.append(line)
        length = sum(map(len, words))
        ended = length >= PASSAGE_CHARS and _SENTENCE_END.search(line)
        if ended or length >= MOST_CHARS - len(line):
            sections.append(Section((), " ".join(words), started))
            words = []
    if not found:
        raise DocumentError(f"{name} holds no cues with times. Send it as text.")
    sections.append(Section((), " ".join(words), started))
    return Document("", tuple(sections))


def _cues(text: str) -> Iterator[tuple[str, str]]:
    """Yield times and lines; a line that rolls up once more is said once."""
    before: list[str] = []
    for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n")):
        lines = block.strip().split("\n")
        at = next((n for n, li in enumerate(lines) if _TIMES.match(li.strip())), None)
        if at is None:  # a header, a note or a style
            continue
        hours, minutes, seconds = _TIMES.match(lines[at].strip()).groups()  # type: ignore[union-attr]  # it matched above
        said = [_said(line) for line in lines[at + 1 :]]
        fresh = [line for line in said if line and line not in before]
        before = said
        if fresh:
            time = f"{int(hours or 0):02}:{int(minutes):02}:{seconds}"
            yield time, " ".join(fresh)


def _said(line: str) -> str:
    line = _TAG.sub("", _SPEAKER.sub(r"\1: ", line))
    return " ".join(html.unescape(line).split())
