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

from learning import dialogue
from learning.lesson import Lesson, LessonKind
from learning.rule import trigger_of
from learning.subject import (
    STOPWORDS,
    content_words,
    kind_of_question,
    stem,
    subjects,
    words,
)

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
_NUMBER = re.compile(
    r"\d|\b(?:no|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|twenty|thirty|forty|fifty|hundred|thousand|dozen|half|once|twice|free)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:noon|midnight|dawn|dusk"
    r"|morning|evening|night|spring|summer|autumn|winter|day|week|month|year"
    r"|today|tomorrow|always|never|daily|weekly|monthly|yearly|every|after|before"
    r"|when|during|january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?<=\s)(?:[A-Z][\w'-]*\s?)+")
VALUE_MISSING = 2.0
"""Taken off the score of a lesson without a number where a number is asked for, or
without a name where a person is. The invented worlds have too few such pairs to fit."""
RULE_FEATURES = ("cosine_trigger", "cosine_note")


@dataclass(frozen=True, slots=True)
class Facets:
    """The texts of a lesson, or of a question in its light, that are compared."""

    asked: str
    note: str
    masked: str


def facets(lesson: Lesson) -> Facets:
    """Return the texts of a lesson whose vectors memory keeps."""
    if lesson.kind is LessonKind.RULE:
        shown = [message for message, _ in lesson.examples]
        trigger = " ".join([trigger_of(lesson.text), *shown])
        return Facets(trigger, lesson.text, trigger)
    asked = _asked(lesson)
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


def names_trigger(message: str, rule: Lesson) -> bool:
    """Say whether a message has a content word of what triggers a rule."""
    said = {stem(word) for word in content_words(message)}
    return any(stem(w) in said for w in content_words(trigger_of(rule.text)))


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


def may_hold(question: str, lesson: Lesson) -> bool:
    """Say whether a lesson's value could be of the kind that a question wants."""
    kind = kind_of_question(question)
    if lesson.kind in (LessonKind.RULE, LessonKind.DIALOGUE):
        return True
    if kind == kind_of_question(lesson.question):
        return True
    value = lesson.answer or lesson.text
    if kind == "count":
        return _NUMBER.search(value) is not None
    if kind == "time":
        return _NUMBER.search(value) is not None or _TIME.search(value) is not None
    if kind == "person":
        return _may_name_somebody(value, lesson)
    return True


def probability(question: str, lesson: Lesson, numbers: NDArray[np.float64]) -> float:
    """Return how likely it is that the lesson answers the question."""
    weights = _weights()["rule" if lesson.kind is LessonKind.RULE else "note"]
    score = float(numbers @ np.array(weights["weights"]) + weights["bias"])
    if not may_hold(question, lesson):
        score -= VALUE_MISSING
    return 1.0 / (1.0 + math.exp(-score))


def _may_name_somebody(value: str, lesson: Lesson) -> bool:
    """Say whether a capitalised word besides the subject could be a name."""
    if not any(letter.isupper() for letter in lesson.statement[1:]):
        return True  # its author does not write capitals
    if lesson.kind is LessonKind.QA:
        about = subject_stems(lesson)
        names = [w for w in words(value) if w[0].isupper() and stem(w) not in about]
        return len(names) > 1 or any(name in words(value)[1:] for name in names)
    first, *_ = [*words(value), ""]
    return first.lower() not in STOPWORDS or len(_CAPITALISED.findall(value)) > 1


def _names(lesson: Lesson) -> list[list[str]]:
    """Return the stems of each name: a question has one subject, a fact several."""
    names = subjects(_asked(lesson))
    if lesson.kind is LessonKind.QA and names and names[0][0].islower():
        names = names[:1]
    stems = [[stem(word) for word in content_words(name)] for name in names]
    return [name for name in stems if name]


def _asked(lesson: Lesson) -> str:
    if lesson.kind is LessonKind.DIALOGUE:
        return dialogue.asked(lesson)
    return lesson.question or lesson.text


@cache
def _weights() -> dict[str, dict[str, list[float]]]:
    fitted: dict[str, dict[str, list[float]]] = json.loads(WEIGHTS.read_text())
    return fitted
