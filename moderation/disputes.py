"""Does a text say something else than a lesson that answers what it is about?

A lesson that was approved knows the answer to a question. A text about that question
which does not give the answer, or takes it back, puts another in its place: texts that
are written to poison a memory do nothing else (PoisonedRAG, Zou et al. 2024). Measured
by `myna bench safety`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.answers import places, stands_by
from moderation.tokens import Token, tokens
from moderation.values import NEGATION

ABOUT, MENTIONS = 0.53, 0.45
"""How much a text must be about a question to dispute its answer: by leaving it out,
and where it takes the answer back or puts another number beside it."""
COVERED, ALIKE = 0.3, 0.7
"""What the question's words in the text, and the likeness of both, count for."""
ENOUGH_WORDS = 3
"""Of a question with fewer content words, having them all proves less."""
LEAST_COVERED = 0.4
"""The share that a text needs where nothing shows whether it has an answer: of
questions that want neither a number nor a person."""
WINDOW_SENTENCES = 3
PREFIX = 5
"""Letters from which on two words count as one: heaven, heavenly."""

SENTENCE = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]?[A-Z0-9])|\n+")
_ASKS = r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can)\b"
ASKED_IN_A_FACT = re.compile(
    rf"(?P<question>[^?]{{8,300}}\?|{_ASKS}[^?:]{{8,300}}(?=:))"
    r"[\s\"'\u201d:]+(?P<answer>[^?]{1,300})"
    r"|(?:the|a) (?:\w+ )?answer to (?:the question )?[\"'\u201c]"
    r"(?P<quoted>[^\"\u201c\u201d]{8,300})[\"'\u201d],? is:? (?P<said>[^?]{1,300})",
    re.IGNORECASE,
)
"""A fact that is a question and its answer: "Who leads? Priya." """
NAME_WANTED = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
NO_EXCEPTION = re.compile(
    r"\b(?:no|without|not a single)(?: \w+)? exceptions?\b", re.IGNORECASE
)
NEVERTHELESS = re.compile(
    r"\b(?:some|only|few|fewer|many|most|optional\w*|var(?:y|ies)|depends?|rarely|hardly"
    r"|without|lack\w*|instead|exempt\w*|sometimes|partly|myth|misconception\w*|false"
    r"|wrong|contrary)\b",
    re.IGNORECASE,
)
"""What denies a question without a negation."""
LONG_ANSWER = 6
"""Words; of a longer answer the first clause tells."""
CLAUSE = re.compile(r"[;(]|,(?!\s*\d)|\.\s|\s(?:and|but|because|so|when|while)\s")


@dataclass(frozen=True, slots=True)
class Known:
    """What an approved lesson answers."""

    question: str
    answer: str


def known_of(question: str, answer: str, text: str) -> Known | None:
    """Return what a lesson answers; a fact may be taught as "Who leads? Priya."."""
    if question and answer:
        return Known(question, _telling(question, answer))
    match = ASKED_IN_A_FACT.fullmatch(text.strip())
    if match is None:
        return None
    question = match["question"] or match["quoted"]
    return Known(question, _telling(question, match["answer"] or match["said"]))


def restates(text: str, known: Known) -> bool:
    """Say whether a text gives the known answer and no other beside it."""
    if _is_yes(known.answer) is not None:
        return not _answers_otherwise(text, known)
    if NEGATION.search(known.question):
        return bool(places(known.answer, text))
    return stands_by(known.answer, text) and not _has_rival(text, known)


def disputes(text: str, known: Known, likeness: float) -> bool:
    """Say whether a text answers a known question otherwise.

    `likeness` is the better cosine of the question to the text and to its sentences.
    """
    if restates(text, known):
        return False
    words = len({token.form for token in tokens(known.question)})
    weight = COVERED * min(1.0, words / ENOUGH_WORDS)
    about, place = max(
        (weight * covered(known.question, window) + ALIKE * likeness, window)
        for window in windows(text)
    )
    if _is_yes(known.answer) is not None:
        return about >= ABOUT and _answers_otherwise(place, known)
    if _mentions(text, known):
        return about >= MENTIONS
    return about >= ABOUT and _gives_what_is_wanted(place, known)


def _telling(question: str, answer: str) -> str:
    """Return what of an answer answers: of "Priya maintains it, as ever" Priya."""
    if _is_yes(answer) is not None:
        return answer
    if len(tokens(answer)) > LONG_ANSWER:
        first = CLAUSE.split(answer, maxsplit=1)[0]
        answer = first if tokens(first) else answer
    asked = {token.form for token in tokens(question)}
    new = [token for token in tokens(answer) if token.form not in asked]
    if NAME_WANTED.search(question):
        new = [token for token in new if answer[token.start].isupper()] or new
    return " ".join(answer[token.start : token.end] for token in new) or answer


def windows(text: str) -> Iterator[str]:
    sentences = [each for each in SENTENCE.split(text) if each.strip()] or [text]
    for start in range(max(1, len(sentences) - WINDOW_SENTENCES + 1)):
        yield " ".join(sentences[start : start + WINDOW_SENTENCES])


def covered(question: str, text: str) -> float:
    """Return the share of a question's content words that a text has."""
    asked = {token.form for token in tokens(question)}
    said = {token.form for token in tokens(text)}
    beginnings = {form[:PREFIX] for form in said if len(form) >= PREFIX}
    found = [w for w in asked if w in said or w[:PREFIX] in beginnings]
    return len(found) / len(asked) if asked else 0.0


def _mentions(text: str, known: Known) -> bool:
    """Say whether the known answer is in the text, though disputed there."""
    return bool(places(known.answer, text))


def _has_rival(text: str, known: Known) -> bool:
    """Say whether a text counts the asked thing twice: 4 seasons, and 5 seasons."""
    wanted = [token.form for token in tokens(known.answer)]
    numbers = {form for form in wanted if form[0].isdigit()}
    if len(numbers) != 1:
        return False
    unit = _unit(known, wanted)
    asked = {token.form for token in tokens(known.question)}
    said = tokens(text)
    return any(
        token.is_number
        and token.form not in numbers | asked
        and unit in [after.form for after in said[index + 1 : index + 3]]
        for index, token in enumerate(said)
    )


def _unit(known: Known, wanted: list[str]) -> str:
    """Return what is counted: of "4 years" years, else what the question names."""
    words = [form for form in wanted if not form[0].isdigit()]
    if words:
        return words[0]
    _, _, counted = known.question.lower().partition("how many ")
    return next((token.form for token in tokens(counted)), "")


def _gives_what_is_wanted(text: str, known: Known) -> bool:
    """Say whether a text has a value of the wanted kind besides what was asked."""
    answer, asked = tokens(known.answer), tokens(known.question)
    others = {token.form for token in asked}
    said = [token for token in tokens(text) if token.form not in others]
    if any(token.is_number for token in answer):
        return any(token.is_number for token in said)
    is_name = any(known.answer[token.start].isupper() for token in answer)
    if is_name and NAME_WANTED.search(known.question):
        return any(_may_be_a_name(text, token) for token in said)
    return covered(known.question, text) >= LEAST_COVERED


def _may_be_a_name(text: str, token: Token) -> bool:
    """Say whether a word is a name, or may be one that opens its sentence."""
    if token.is_name:
        return True
    follows = re.match(r"\s+(?:is|was|has|had|did)\b|,", text[token.end :])
    return text[token.start].isupper() and follows is not None


def _is_yes(answer: str) -> bool | None:
    """Read a yes or a no; None for any other answer."""
    match = re.match(r"\W*(yes|no)\b(?!\s+\w+\s*$)", answer, re.IGNORECASE)
    return match and match[1].lower() == "yes"


def _answers_otherwise(text: str, known: Known) -> bool:
    """Say whether a text denies what is so, or affirms what is not."""
    text = NO_EXCEPTION.sub("", text)
    denied = bool(NEGATION.search(text) or NEVERTHELESS.search(text))
    return denied if _is_yes(known.answer) else not denied
