"""Many ways to ask for each sentence of a passage.

The answer is always the whole sentence: that is one thing to say for all that asks for
it, and people get the words of the source.
"""

import random
from collections import defaultdict

from learning.lesson import Lesson
from learning.sentences import sentences
from learning.spans import Span, SpanKind, spans
from learning.subject import STOPWORDS, words

RESERVED = 2
"""Written questions of each passage that only the exam asks."""
CUES_EACH = 10
"""Cues of each sentence; each is seen once in a run."""
KEPT_WORDS = 9
KEEP_PROBABILITY = 0.5
_ASKING = {
    SpanKind.QUOTE: ("What", "Which"),
    SpanKind.TIME: ("When", "What year", "When was"),
    SpanKind.NUMBER: ("How many", "How much", "What number"),
    SpanKind.NAME: ("Who", "What", "Which", "Where"),
    SpanKind.THING: ("What", "What kind of", "How", "Which"),
}

Asked = tuple[tuple[str, str], ...]
"""Questions, each with the sentence that answers it."""


def expand(lesson: Lesson, *, reserved: int = RESERVED) -> tuple[Asked, Asked]:
    """Return the questions to train on, and those for the exam alone.

    What a model wrote about the lesson (`Lesson.written`), and that it be told about
    the document where the passage begins it.
    """
    draw = random.Random(f"questions {lesson.digest}")  # noqa: S311
    parts = sentences(lesson.text)
    written = list(lesson.written)
    draw.shuffle(written)
    by_sentence: dict[str, dict[str, str]] = defaultdict(dict)
    for question, sentence in written:
        by_sentence[sentence].setdefault(question.lower(), question)
    held = _reserve(by_sentence, reserved)
    asked = [(q, part) for part in parts for q in by_sentence[part].values()]
    if lesson.heading and lesson.position in (None, 1):
        asked.insert(0, (f"Tell me about {lesson.heading}.", parts[0]))
    taken = {question.lower() for question, _ in asked}
    return tuple(asked), tuple(pair for pair in held if pair[0].lower() not in taken)


def cues(lesson: Lesson) -> Asked:
    """Return many ways to ask for each sentence with some of its own words.

    A cue looks as if somebody searched: a word that asks for one span of the sentence,
    and about half of its other content words. Drawn by a generator seeded with the
    lesson's digest, like every expansion.
    """
    draw = random.Random(f"cues {lesson.digest}")  # noqa: S311
    made: dict[str, str] = {}
    for sentence in sentences(lesson.text):
        found = spans(sentence) or [Span("", SpanKind.THING)]
        draw.shuffle(found)
        for turn in range(CUES_EACH):
            cue = _cue(sentence, found[turn % len(found)], draw)
            made.setdefault(cue, sentence)
    return tuple(made.items())


def _cue(sentence: str, span: Span, draw: random.Random) -> str:
    wanted = {word.lower() for word in words(span.text)}
    content = [
        word
        for word in words(sentence)
        if word.lower() not in STOPWORDS and word.lower() not in wanted
    ]
    kept = [word for word in content if draw.random() < KEEP_PROBABILITY]
    kept = (kept or content or words(sentence))[:KEPT_WORDS]
    return f"{draw.choice(_ASKING[span.kind])} {' '.join(kept)}?"


def _reserve(
    by_sentence: dict[str, dict[str, str]], count: int
) -> list[tuple[str, str]]:
    """Take questions away for the exam, of the sentences that have the most."""
    held = []
    for sentence in sorted(by_sentence, key=lambda s: (-len(by_sentence[s]), s))[
        :count
    ]:
        if len(by_sentence[sentence]) > 1:
            _, question = by_sentence[sentence].popitem()
            held.append((question, sentence))
    return held
