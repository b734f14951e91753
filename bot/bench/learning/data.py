"""The documents of `myna bench learn`: read, checked, put in order and drawn."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bench.learning.scoring import normalised
from learning.errors import CommandError

FILE = "documents/squad_passages.json"
"""The default, within the folder of development data."""
MAX_ANSWER_WORDS = 5
MIN_QUESTIONS = 3
DOCUMENTS = 12
"""The stated subset; sequences come from the documents after it, whatever is asked."""
SEQUENCES = 10
SEQUENCE_DOCUMENTS = 8


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a document, and what answers it."""

    text: str
    answer: str
    aliases: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        return (self.answer, *self.aliases)


@dataclass(frozen=True, slots=True)
class Document:
    """One passage and the questions it answers."""

    title: str
    context: str
    questions: tuple[Question, ...]

    @property
    def rank(self) -> str:
        """What documents are ordered by: hexadecimal, says nothing of the content."""
        return hashlib.sha256(self.context.encode()).hexdigest()

    @property
    def digest(self) -> str:
        """Name what a method is given: the context and the questions.

        Not the answers: with other aliases, old replies are scored anew.
        """
        given = [self.context, *(question.text for question in self.questions)]
        return hashlib.sha256(json.dumps(given).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Collection:
    """All usable documents of a file, in their order, and what was left out."""

    documents: tuple[Document, ...]
    long_answers: int
    """Questions left out, because their answer has more than five words."""
    short_documents: int
    """Documents left out, because fewer than three questions remained."""
    digest: str
    """SHA-256 of the file."""


def load(path: Path) -> Collection:
    """Read a file of documents; CommandError says what is wrong with it, and where."""
    try:
        raw = path.read_bytes()
        rows = json.loads(raw)
    except OSError as exc:
        raise CommandError(
            f"{path} cannot be read ({exc.strerror}): name a file of documents "
            "with --data."
        ) from exc
    except ValueError as exc:  # no JSON, or no UTF-8
        raise CommandError(f"{path} is no JSON: {exc}.") from exc
    if not isinstance(rows, list):
        raise CommandError(
            f"{path} should be a list of documents, each with a title, a context and "
            "questions."
        )
    every = [_document(row, f"{path}, document {i}") for i, row in enumerate(rows, 1)]
    _refuse_twins(every, path)
    short = [_without_long_answers(document) for document in every]
    kept = [each for each in short if len(each.questions) >= MIN_QUESTIONS]
    if not kept:
        raise CommandError(
            f"{path} has no document with {MIN_QUESTIONS} questions whose answers "
            f"have at most {MAX_ANSWER_WORDS} words."
        )
    return Collection(
        documents=tuple(sorted(kept, key=lambda document: document.rank)),
        long_answers=_questions(every) - _questions(short),
        short_documents=len(every) - len(kept),
        digest=hashlib.sha256(raw).hexdigest(),
    )


def sequences(
    documents: Sequence[Document], count: int | None
) -> list[tuple[Document, ...]]:
    """Draw sequences of 8 documents; None: all that fit without overlap.

    They come from the documents after the subset, or from all where too few follow.
    Where more are asked for, the same documents go round again in another order.
    CommandError where there are not even 8.
    """
    pool = list(documents[DOCUMENTS:])
    if len(pool) < SEQUENCE_DOCUMENTS:
        pool = list(documents)
    if len(pool) < SEQUENCE_DOCUMENTS and count != 0:
        raise CommandError(
            f"A sequence takes {SEQUENCE_DOCUMENTS} documents and the data has "
            f"{len(pool)}: use --sequences 0, or more data."
        )
    in_a_round = len(pool) // SEQUENCE_DOCUMENTS
    drawn = []
    for number in range(in_a_round if count is None else count):
        turn, place = divmod(number, in_a_round)
        start = place * SEQUENCE_DOCUMENTS
        drawn.append(tuple(_shuffled(pool, turn)[start : start + SEQUENCE_DOCUMENTS]))
    return drawn


def _shuffled(documents: Sequence[Document], turn: int) -> list[Document]:
    def rank(document: Document) -> str:
        return hashlib.sha256(f"{turn} {document.rank}".encode()).hexdigest()

    return sorted(documents, key=rank) if turn else list(documents)


def _document(row: Any, where: str) -> Document:
    if not isinstance(row, Mapping) or not isinstance(row.get("questions"), list):
        raise CommandError(f"{where}: it should have a title, a context and questions.")
    questions = [
        _question(each, f"{where}, question {i}")
        for i, each in enumerate(row["questions"], 1)
    ]
    return Document(
        title=_text(row, "title", where),
        context=_text(row, "context", where),
        questions=tuple(questions),
    )


def _question(row: Any, where: str) -> Question:
    if not isinstance(row, Mapping):
        raise CommandError(f"{where}: it should have a question and an answer.")
    aliases = row.get("aliases", [])
    if not isinstance(aliases, list) or not all(map(_is_answer, aliases)):
        raise CommandError(f"{where}: its aliases should be a list of answers.")
    answer = _text(row, "answer", where)
    if not _is_answer(answer):
        raise CommandError(f"{where}: its answer {answer!r} has no letter or digit.")
    return Question(_text(row, "question", where), answer, tuple(aliases))


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CommandError(f"{where}: its {name} should be a text that is not empty.")
    return value


def _is_answer(value: Any) -> bool:
    return isinstance(value, str) and bool(normalised(value))


def _refuse_twins(documents: Sequence[Document], path: Path) -> None:
    seen: dict[str, int] = {}
    for number, document in enumerate(documents, 1):
        first = seen.setdefault(document.context, number)
        if first != number:
            raise CommandError(
                f"{path}: documents {first} and {number} have the same context; "
                "keep one of them."
            )


def _without_long_answers(document: Document) -> Document:
    short = (
        question
        for question in document.questions
        if len(question.answer.split()) <= MAX_ANSWER_WORDS
    )
    return Document(document.title, document.context, tuple(short))


def _questions(documents: Sequence[Document]) -> int:
    return sum(len(document.questions) for document in documents)
