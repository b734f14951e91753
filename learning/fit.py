"""Does a lesson answer a question, or is it only about the same thing?

A small logistic model over similarities judges each pair. 135M parameters read a note
well and judge poorly whether it fits ("Who maintains Orion?" answers "Where does Orion
run?"); sentence embeddings with the subject's name masked tell the two apart. The
weights are fitted on invented worlds by `python -m learning.fit_weights`.
"""

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from learning.expand import trigger_of
from learning.lesson import Lesson, LessonKind
from learning.subject import content_words, stem, subjects, words

WEIGHTS = Path(__file__).with_name("skills") / "fit.json"
FEATURES = (
    "cosine",
    "cosine_note",
    "cosine_masked",
    "subject_said",
    "words_covered",
    "same_kind_of_question",
    "other_kind_of_question",
    "stranger_named",
)
RULE_FEATURES = ("cosine_trigger", "cosine_note")

_KINDS = (
    ("person", re.compile(r"\b(?:who|whom|whose|who's)\b", re.IGNORECASE)),
    ("count", re.compile(r"\bhow (?:many|much)\b|\bnumber of\b", re.IGNORECASE)),
    (
        "time",
        re.compile(
            r"\b(?:when|what time|which day|what day|how long)\b", re.IGNORECASE
        ),
    ),
    ("place", re.compile(r"\b(?:where|where's|which room|what room)\b", re.IGNORECASE)),
    ("reason", re.compile(r"\bwhy\b", re.IGNORECASE)),
    ("way", re.compile(r"\bhow (?:do|can|does|to|should)\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Facets:
    """The texts of a lesson, or of a question in its light, that are compared."""

    asked: str
    note: str
    masked: str


def facets(lesson: Lesson) -> Facets:
    """Return the texts of a lesson whose vectors memory keeps."""
    if lesson.kind is LessonKind.RULE:
        trigger = trigger_of(lesson.text)
        return Facets(trigger, lesson.text, trigger)
    asked = lesson.question or lesson.text
    return Facets(asked, lesson.statement, without_names(asked, subject_stems(lesson)))


def subject_stems(lesson: Lesson) -> frozenset[str]:
    """Return the stems of all the names that a lesson is about."""
    return frozenset(stem for name in _names(lesson) for stem in name)


def without_names(text: str, names: frozenset[str]) -> str:
    """Return a text with the words of some names replaced by one pronoun."""
    kept: list[str] = []
    for word in words(text):
        if stem(word) in names:
            if not kept or kept[-1] != "it":
                kept.append("it")
        else:
            kept.append(word)
    joined = " ".join(kept)
    return re.sub(r"\b(?:the|our|my) it\b", "it", joined, flags=re.IGNORECASE)


def features(
    question: str,
    lesson: Lesson,
    *,
    cosine: float,
    cosine_note: float,
    cosine_masked: float,
) -> NDArray[np.float64]:
    """Return the numbers by which a pair is judged, as FEATURES names them."""
    if lesson.kind is LessonKind.RULE:
        return np.array([cosine, cosine_note])
    asked = {stem(w) for w in content_words(question)}
    said = {stem(w) for w in content_words(lesson.statement)}
    covered = len(asked & said) / max(1, len(asked))
    strangers = {
        stem(w)
        for w in words(question)[1:]
        if w[0].isupper() and w != "I" and stem(w) not in said
    }
    kind, other = kind_of_question(question), kind_of_question(lesson.question)
    known = kind != "" and other != ""
    return np.array(
        [
            cosine,
            cosine_note,
            cosine_masked,
            float(is_about(question, lesson)),
            covered,
            float(known and kind == other),
            float(known and kind != other),
            float(bool(strangers)),
        ]
    )


def kind_of_question(question: str) -> str:
    """Return what kind of answer a question wants, where its words say so."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), "")


def is_about(question: str, lesson: Lesson) -> bool:
    """Say whether a question names what a lesson is about.

    The first word of a name will do (`Orion` for the Orion staging server), or half
    of its words.
    """
    if lesson.kind is LessonKind.RULE:
        return False
    asked = {stem(w) for w in content_words(question)}
    return any(
        name[0] in asked or 2 * len(asked.intersection(name)) >= len(name)
        for name in _names(lesson)
    )


def probability(lesson: Lesson, numbers: NDArray[np.float64]) -> float:
    """Return how likely it is that the lesson answers the question."""
    weights = _weights()["rule" if lesson.kind is LessonKind.RULE else "note"]
    score = float(numbers @ np.array(weights["weights"]) + weights["bias"])
    return 1.0 / (1.0 + math.exp(-score))


def _names(lesson: Lesson) -> list[list[str]]:
    """Return the stems of each name: a question has one subject, a fact several."""
    asked = lesson.question if lesson.kind is LessonKind.QA else lesson.text
    names = subjects(asked)
    if lesson.kind is LessonKind.QA:
        names = names[:1]
    stems = [[stem(word) for word in content_words(name)] for name in names]
    return [name for name in stems if name]


@cache
def _weights() -> dict[str, dict[str, list[float]]]:
    fitted: dict[str, dict[str, list[float]]] = json.loads(WEIGHTS.read_text())
    return fitted
