"""Does a passage answer a question, or is it only about the same thing?

A passage says many things, so a question is compared with each of its sentences. The
weights of a small logistic model over what comes of that are fitted on
`readings.jsonl` by `python -m learning.passage_fit_weights`.
"""

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from learning import general
from learning.lesson import Lesson
from learning.sentences import sentences
from learning.subject import content_words, kind_of_question, stem, words

WEIGHTS = Path(__file__).with_name("skills") / "passage_fit.json"
FEATURES = (
    "best_sentence",
    "second_sentence",
    "whole",
    "words_covered",
    "words_covered_by_sentence",
    "stranger_named",
    "number_missing",
    "general",
)
MOST_SENTENCES = 24

Vectors = NDArray[np.float32]


def texts(lesson: Lesson) -> list[str]:
    """Return the texts of a passage that are compared: all of it, then each sentence.

    A sentence is read under its heading, which often names what it is about.
    """
    under = f"{lesson.heading}: " if lesson.heading else ""
    said = sentences(lesson.text)[:MOST_SENTENCES]
    return [under + lesson.text, *(under + sentence for sentence in said)]


def features(
    question: str, asked: Vectors, lesson: Lesson, vectors: Vectors
) -> NDArray[np.float64]:
    """Return the numbers by which a pair is judged, as FEATURES names them.

    `asked` is the question's vector, (384,); `vectors` are those of `texts`,
    (texts, 384).
    """
    whole, *cosines = (vectors @ asked).tolist()
    order = np.argsort(cosines)[::-1]
    parts = texts(lesson)
    best = parts[1 + int(order[0])]
    said = {stem(word) for word in words(parts[0])}
    wanted = {stem(word) for word in content_words(question)}
    of_best = {stem(word) for word in words(best)}
    strangers = any(
        word[0].isupper() and word != "I" and stem(word) not in said
        for word in words(question)[1:]
    )
    counts = kind_of_question(question) == "count"
    return np.array(
        [
            cosines[order[0]],
            cosines[order[1]] if len(order) > 1 else 0.0,
            whole,
            len(wanted & said) / max(1, len(wanted)),
            len(wanted & of_best) / max(1, len(wanted)),
            float(strangers),
            float(counts and not any(letter.isdigit() for letter in best)),
            general.probability(asked),
        ]
    )


def probability(numbers: NDArray[np.float64]) -> float:
    """Return how likely a passage answers a question, from 0 to 1."""
    weights, bias = _weights()
    score = float(numbers @ weights) + bias
    return 1.0 / (1.0 + math.exp(-score))


@cache
def _weights() -> tuple[NDArray[np.float64], float]:
    fitted = json.loads(WEIGHTS.read_text())
    return np.array(fitted["weights"]), float(fitted["bias"])
