"""A lexicon of what people ask of things, and in how many words they ask it.

`worlds.json` lists relations (who looks after it, when it opens, what it costs, ...),
each with natural questions and the relations that are easily taken for it. It
paraphrases lessons (no template reaches "Which Python do I need at least?", and 135M
parameters write poor paraphrases themselves, docs/LOG.md), and it is what the skills
adapter's invented worlds are built of.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from learning.rule import trigger_of

WORLDS = Path(__file__).with_name("worlds.json")
# Below this cosine to all of a relation's questions, a lesson is of no known relation.
NEAREST_RELATION = 0.57
NEAREST_RULE = 0.6
PLACEHOLDER = "it"


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimensions)."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One thing that people ask about a subject."""

    id: str
    answer: str
    """The kind of value that answers it: person, time, place, ..."""
    about: str
    questions: tuple[str, ...]
    """With `{s}` for the subject."""
    statements: tuple[str, ...]
    """With `{s}` and `{a}` for the value."""
    answers: tuple[str, ...]
    near: tuple[str, ...]
    """Ids of relations that the same subject may have and this does not answer."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of behaviour, what triggers it and what does not quite."""

    rule: str
    reply: str
    triggers: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worlds:
    """All of worlds.json."""

    relations: dict[str, Relation]
    values: dict[str, tuple[str, ...]]
    subjects: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    far: tuple[str, ...]
    chat: tuple[tuple[str, str], ...]


@cache
def load_worlds() -> Worlds:
    """Read worlds.json, once."""
    raw: dict[str, Any] = json.loads(WORLDS.read_text())
    relations = [
        Relation(
            id=r["id"],
            answer=r["answer"],
            about=r["about"],
            questions=tuple(r["questions"]),
            statements=tuple(r["statements"]),
            answers=tuple(r["answers"]),
            near=tuple(r["near"]),
        )
        for r in raw["relations"]
    ]
    return Worlds(
        relations={r.id: r for r in relations},
        values={kind: tuple(v) for kind, v in raw["values"].items()},
        subjects={kind: tuple(v) for kind, v in raw["subjects"].items()},
        rules=tuple(
            Rule(r["rule"], r["reply"], tuple(r["triggers"]), tuple(r["others"]))
            for r in raw["rules"]
        ),
        far=tuple(raw["far"]),
        chat=tuple((c["message"], c["reply"]) for c in raw["chat"]),
    )


@dataclass(frozen=True, slots=True)
class _Index:
    """The vectors of everything in the lexicon."""

    relation_ids: tuple[str, ...]
    questions: NDArray[np.float32]  # (questions, dimensions)
    rules: NDArray[np.float32]  # (rules, dimensions)

    @classmethod
    def of(cls, worlds: Worlds, encoder: Encoder) -> "_Index":
        asked = [(r.id, q) for r in worlds.relations.values() for q in r.questions]
        masked = [question.format(s=PLACEHOLDER) for _, question in asked]
        return cls(
            tuple(relation for relation, _ in asked),
            encoder.encode(masked),
            encoder.encode([trigger_of(rule.rule) for rule in worlds.rules]),
        )


class Lexicon:
    """Finds the relation that a question asks for, by meaning."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._lock = threading.Lock()
        self._index: _Index | None = None
        self.worlds = load_worlds()

    @property
    def index(self) -> "_Index":
        """The vectors of all questions, made at the first use: it takes seconds."""
        with self._lock:
            if self._index is None:
                self._index = _Index.of(self.worlds, self._encoder)
            return self._index

    def relations(self, question: str, name: str) -> list[tuple[Relation, float]]:
        """Return the likeliest relations of a question about `name`, best first.

        The name is masked on both sides: what counts is what is asked, not of whom.
        """
        masked = mask(question, name)
        index = self.index
        scores = index.questions @ self._encoder.encode([masked])[0]
        best: dict[str, float] = {}
        for relation, score in zip(index.relation_ids, scores, strict=True):
            best[relation] = max(best.get(relation, -1.0), float(score))
        ranked = sorted(best.items(), key=lambda item: -item[1])
        return [
            (self.worlds.relations[relation], score)
            for relation, score in ranked
            if score >= NEAREST_RELATION
        ]

    def rule(self, text: str) -> Rule | None:
        """Return the known rule that is most like this one, if any is."""
        scores = self.index.rules @ self._encoder.encode([trigger_of(text)])[0]
        best = int(np.argmax(scores))
        if float(scores[best]) < NEAREST_RULE:
            return None
        return self.worlds.rules[best]


def mask(question: str, name: str) -> str:
    """Replace a subject's name, with its article, by a pronoun."""
    if not name:
        return question
    for article in ("the ", "The ", "our ", "Our ", "my ", ""):
        if article + name in question:
            return question.replace(article + name, PLACEHOLDER)
    return question
