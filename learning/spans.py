"""Spans of a sentence that somebody may ask for: names, dates, numbers, things."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from learning.subject import STOPWORDS


class SpanKind(StrEnum):
    """What a span looks like."""

    QUOTE = "quote"
    TIME = "time"
    NUMBER = "number"
    NAME = "name"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence that could answer a question."""

    text: str
    kind: SpanKind


_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November"
    "|December)"
)
_LINKS = "of|the|de|da|von|van|for|del|la"
_PATTERNS = (
    (SpanKind.QUOTE, re.compile(r"[\"“]([^\"”]{2,60})[\"”]")),
    (
        SpanKind.TIME,
        re.compile(
            rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH}(?: \d{{1,2}},?)?(?: \d{{4}})?\b"
            r"|\b(?:1\d{3}|20\d\d)s?\b|\b\d{1,2}:\d\d(?: ?[ap]m)?\b"
        ),
    ),
    (
        SpanKind.NUMBER,
        re.compile(
            r"(?:[$€£]\s?)?\b\d[\d,]*(?:\.\d+)?"
            r"(?:\s?(?:%|per ?cent\b|[mb]illion\b))?(?:\s[a-z][a-z-]+)?"
        ),
    ),
    (
        SpanKind.NAME,
        re.compile(
            rf"\b[A-Z][\w'\u2019.-]*(?:\s(?:(?:{_LINKS})\s(?=[A-Z]))?[A-Z0-9][\w'\u2019.-]*)*"
        ),
    ),
)
_TOKEN = re.compile(r"[A-Za-z][\w'\u2019-]*|\d[\d,.]*|[^\w\s]")
# A run of content words after one of these is most likely a noun with its adjectives.
_BEFORE_A_THING = frozenset(
    """the a an of in by with for from as into their its his her our your and or on
    called between no many some""".split()
)
_FUNCTION_WORDS = STOPWORDS | frozenset(
    """upon onto having being been will shall might such another through against within
    without because since until although though however therefore thus hence here again
    once further both own""".split()
)
MOST_WORDS = 3


def spans(sentence: str) -> list[Span]:
    """Return a sentence's spans, each text once, quotes and dates first."""
    found: dict[str, Span] = {}
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            text = _trimmed(match[match.lastindex or 0])
            if text:
                found.setdefault(text.lower(), Span(text, kind))
    for text in _things(sentence):
        found.setdefault(text.lower(), Span(text, SpanKind.THING))
    return list(found.values())


def spread(sentences: Sequence[str], most: int) -> list[tuple[int, Span]]:
    """Choose up to `most` spans of a text, taking turns over its sentences.

    Returns each with its sentence's number. Things come after everything else.
    """
    waiting = [
        sorted(spans(sentence), key=lambda span: span.kind is SpanKind.THING)
        for sentence in sentences
    ]
    turns = max(map(len, waiting), default=0)
    ordered = [
        (number, queue[turn])
        for turn in range(turns)
        for number, queue in enumerate(waiting)
        if turn < len(queue)
    ]
    return ordered[:most]


def _trimmed(text: str) -> str:
    words = text.strip(" ,.;:'\"()").split()
    while words and words[0].lower() in _FUNCTION_WORDS:
        words = words[1:]
    while words and words[-1].lower() in _FUNCTION_WORDS:
        words = words[:-1]
    return " ".join(words).strip(" ,.;:'\"()")


def _things(sentence: str) -> Iterator[str]:
    run: list[str] = []
    before = start = ""
    for token in [*_TOKEN.findall(sentence), "."]:
        word = token.lower()
        if token[0].isalnum() and word not in _FUNCTION_WORDS:
            start = start if run else before
            run.append(token)
            continue
        is_verb = len(run) == 1 and run[0].endswith(("ed", "ing"))
        if run and len(run) <= MOST_WORDS and start in _BEFORE_A_THING and not is_verb:
            text = " ".join(run)
            if text in sentence:
                yield text
        run, before = [], word
