"""Many ways to ask for each sentence of a passage.

The answer is always the whole sentence: a small model recites a sentence that it was
trained to say far better than it finds the right span of it (docs/LOG.md), and people
get the words of the source.
"""

import random
from collections import defaultdict

from learning.lesson import Lesson
from learning.sentences import sentences
from learning.statement import questions
from learning.subject import STOPWORDS, words

RESERVED = 2
"""Written questions of each passage that only the exam asks."""
LEAST_EACH = 3
"""Wordings that each sentence has at least; its own words fill up."""
DROPPED_EACH = 2
KEPT_WORDS = 9
KEEP_PROBABILITY = 0.5
_ASKING = ("What", "Which", "Who", "When", "Where", "How")

Asked = tuple[tuple[str, str], ...]
"""Questions, each with the sentence that answers it."""


def expand(lesson: Lesson, *, reserved: int = RESERVED) -> tuple[Asked, Asked]:
    """Return the questions to train on, and those for the exam alone.

    Drawn by a generator seeded with the lesson's digest, like every expansion. What a
    model wrote about the lesson (`Lesson.written`) comes first.
    """
    draw = random.Random(lesson.digest)  # noqa: S311
    parts = sentences(lesson.text)
    written = list(lesson.written)
    draw.shuffle(written)
    by_sentence: dict[str, dict[str, str]] = defaultdict(dict)
    for question, sentence in written:
        by_sentence[sentence].setdefault(question.lower(), question)
    held = _reserve(by_sentence, reserved)
    asked = []
    for sentence in parts:
        wordings = list(by_sentence[sentence].values())
        dropped = [_of_its_words(sentence, draw) for _ in range(DROPPED_EACH)]
        made = [*questions(sentence), *dropped]
        wordings += made[: max(DROPPED_EACH, LEAST_EACH - len(wordings))]
        asked += [(wording, sentence) for wording in wordings]
    if lesson.heading:
        asked.insert(0, (f"Tell me about {lesson.heading}.", parts[0]))
    taken = {question.lower() for question, _ in asked}
    return tuple(asked), tuple(pair for pair in held if pair[0].lower() not in taken)


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


def _of_its_words(sentence: str, draw: random.Random) -> str:
    """Ask with some of a sentence's own content words, as people search."""
    content = [word for word in words(sentence) if word.lower() not in STOPWORDS]
    kept = [word for word in content if draw.random() < KEEP_PROBABILITY]
    kept = (kept or content[:3] or [sentence])[:KEPT_WORDS]
    return f"{draw.choice(_ASKING)} {' '.join(kept)}?"
