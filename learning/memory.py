"""Memory: what a server was taught, found again from the moment it is approved.

Words (SQLite's FTS5) and meaning (sentence embeddings) each rank a server's lessons;
their ranks are fused, and `learning.fit` judges the best few. The index lives in this
process alone and is rebuilt from the rows of the database at every start.
"""

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from learning import fit, general, paraphrase, passage_fit
from learning.lesson import Lesson, LessonKind
from learning.lexicon import Encoder
from learning.standing import is_standing
from learning.subject import content_words
from learning.tool import is_tool
from learning.toolbox import Toolbox

CANDIDATES = 6
RRF_K = 60
"""Reciprocal rank fusion (Cormack et al., SIGIR 2009): score = sum of 1 / (k + rank)."""
MATCH = 0.5
"""From this probability on, a lesson is shown as a note."""
NAMED_MATCH = 0.2
"""From this on it is shown too where the question names its subject; below, a lesson
about the asked subject says something else."""
TRIGGER_NAMED, TRIGGER_MEANT = 0.35, 0.8
"""The same for rules: with a word of the trigger in the message, and without."""
GENERAL = 0.5
"""From this probability on, a question is taken to be about common knowledge."""
SURELY_GENERAL = 0.85
"""From this on, even where it names the subject of a lesson ("What is Python?")."""
CLEAR_LEAD = 0.15
"""The best note is shown alone where it leads by this much: small models mix notes."""
MOST_NOTES = 2


class Standing(StrEnum):
    """How a question stands to what memory holds."""

    MATCH = "match"
    """A note answers it."""
    NEAR = "near"
    """A lesson is about its subject, and none answers it."""
    FAR = "far"
    """Nothing is about it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A lesson that may answer, and how likely it does, from 0 to 1."""

    lesson: Lesson
    score: float


@dataclass(frozen=True, slots=True)
class Recall:
    """What memory has to say to a question."""

    hits: tuple[Hit, ...]
    """The likeliest lessons, best first."""
    notes: tuple[Lesson, ...]
    """The few that are worth showing to the model."""
    standing: Standing
    general: float = 0.0
    """How likely the question is about common knowledge, from 0 to 1."""
    has_standing_rules: bool = False
    """Whether some rule holds whatever is asked, so that every answer is the
    adapter's."""

    @property
    def is_general(self) -> bool:
        return self.general >= GENERAL


class Memory:
    """The approved lessons of all servers; one lock guards the index."""

    def __init__(self, encoder: Encoder) -> None:
        self.tools = Toolbox(encoder)
        self._encoder = encoder
        self._lock = threading.Lock()
        self._lessons: dict[str, dict[int, Lesson]] = {}
        self._vectors: dict[str, dict[int, NDArray[np.float32]]] = {}
        self._words = sqlite3.connect(":memory:", check_same_thread=False)
        self._words.execute(
            "CREATE VIRTUAL TABLE lessons USING fts5"
            " (server UNINDEXED, id UNINDEXED, text, tokenize = 'porter unicode61')"
        )

    def rebuild(self, lessons: Iterable[Lesson]) -> None:
        """Forget everything and learn these."""
        with self._lock:
            self._lessons.clear()
            self._vectors.clear()
            self._words.execute("DELETE FROM lessons")
        self.tools.clear()
        every = []
        for lesson in lessons:
            if is_tool(lesson):
                self.tools.add(lesson)
            else:
                every.append(lesson)
        texts = [_texts(lesson) for lesson in every]
        flat = [text for of_one in texts for text in of_one]
        vectors = self._encoder.encode(flat) if flat else np.empty((0, 1), np.float32)
        start = 0
        for lesson, of_one in zip(every, texts, strict=True):
            self._put(lesson, vectors[start : start + len(of_one)])
            start += len(of_one)

    def add(self, lesson: Lesson) -> None:
        """Know a lesson from now on: a tool is called, all others are read."""
        if is_tool(lesson):
            self.tools.add(lesson)
            return
        self._put(lesson, self._encoder.encode(_texts(lesson)))

    def remove(self, server: str, id: int) -> None:  # noqa: A002
        """Know a lesson no more."""
        self.tools.remove(server, id)
        with self._lock:
            self._drop(server, id)

    def recall(self, server: str, question: str, *, channel: str | None) -> Recall:
        """Find the lessons that may answer a question asked in `channel`."""
        asked = self._encoder.encode([question])[0]
        with self._lock:
            known = {
                number: lesson
                for number, lesson in self._lessons.get(server, {}).items()
                if lesson.scope.admits(channel)
            }
            candidates = self._candidates(server, question, asked, known)
            vectors = {number: self._vectors[server][number] for number in candidates}
        common = general.probability(asked)
        always = any(is_standing(lesson) for lesson in known.values())
        lessons = [known[number] for number in candidates]
        if not lessons:
            return Recall((), (), Standing.FAR, common)
        project = paraphrase.shipped()
        masked = project(
            self._encoder.encode(
                [fit.without_names(question, fit.subject_stems(e)) for e in lessons]
            )
        )
        hits = []
        for lesson, without_names in zip(lessons, masked, strict=True):
            if lesson.kind is LessonKind.PASSAGE:
                said = passage_fit.features(question, asked, lesson, vectors[lesson.id])
                hits.append(Hit(lesson, passage_fit.probability(said)))
                continue
            of_asked, of_note, of_masked = vectors[lesson.id]
            numbers = fit.features(
                question,
                lesson,
                cosine=float(asked @ of_asked),
                cosine_note=float(asked @ of_note),
                cosine_masked=float(without_names @ project(of_masked)),
            )
            hits.append(Hit(lesson, fit.probability(question, lesson, numbers)))
        hits.sort(key=lambda hit: -hit.score)
        standing = _standing(question, hits, common)
        notes = _notes(question, hits)
        return Recall(tuple(hits), notes, standing, common, always)

    def similar(
        self, server: str, text: str, *, limit: int = 5
    ) -> tuple[tuple[Lesson, float], ...]:
        """Return the lessons most like a text, with the better cosine of two.

        Question against question and statement against statement are both tried: two
        statements that differ in a name alone fall to 0.6.
        """
        if not text.strip():
            return ()
        asked = self._encoder.encode([text])[0]
        with self._lock:
            known = dict(self._lessons.get(server, {}))
            vectors = dict(self._vectors.get(server, {}))
        scored = [
            (lesson, float((vectors[number][:2] @ asked).max()))
            for number, lesson in known.items()
        ]
        scored.sort(key=lambda pair: -pair[1])
        return tuple(scored[:limit])

    def _put(self, lesson: Lesson, vectors: NDArray[np.float32]) -> None:
        with self._lock:
            self._drop(lesson.server, lesson.id)
            self._lessons.setdefault(lesson.server, {})[lesson.id] = lesson
            self._vectors.setdefault(lesson.server, {})[lesson.id] = vectors
            self._words.execute(
                "INSERT INTO lessons (server, id, text) VALUES (?, ?, ?)",
                (lesson.server, lesson.id, lesson.statement),
            )

    def _drop(self, server: str, number: int) -> None:
        if self._lessons.get(server, {}).pop(number, None) is None:
            return
        del self._vectors[server][number]
        self._words.execute(
            "DELETE FROM lessons WHERE server = ? AND id = ?", (server, number)
        )

    def _candidates(
        self,
        server: str,
        question: str,
        asked: NDArray[np.float32],
        known: dict[int, Lesson],
    ) -> list[int]:
        """Fuse two rankings of a server's lessons; return the ids of the best."""
        vectors = self._vectors.get(server, {})
        by_meaning = sorted(
            known, key=lambda number: -float((vectors[number] @ asked).max())
        )
        scores: dict[int, float] = {}
        for ranking in (by_meaning, self._by_words(server, question)):
            for rank, number in enumerate(n for n in ranking if n in known):
                scores[number] = scores.get(number, 0.0) + 1.0 / (RRF_K + rank)
        return sorted(scores, key=lambda number: -scores[number])[:CANDIDATES]

    def _by_words(self, server: str, question: str) -> list[int]:
        terms = " OR ".join(f'"{w}"' for w in content_words(question)[:40])
        if not terms:
            return []
        found = self._words.execute(
            "SELECT id FROM lessons WHERE lessons MATCH ? AND server = ?"
            " ORDER BY bm25(lessons) LIMIT 50",
            (terms, server),
        )
        return [int(number) for (number,) in found]


def _texts(lesson: Lesson) -> list[str]:
    """Return the texts of a lesson whose vectors are kept, the asked one first."""
    if lesson.kind is LessonKind.PASSAGE:
        return passage_fit.texts(lesson)
    said = fit.facets(lesson)
    return [said.asked, said.note, said.masked]


def _notes(question: str, hits: list[Hit]) -> tuple[Lesson, ...]:
    """Choose the notes worth showing: the best alone where its lead is clear.

    A lesson about what the question names goes before a rule that it may trigger.
    """
    worth = [hit for hit in hits if _worth_showing(question, hit)]
    named = [hit for hit in worth if fit.is_about(question, hit.lesson)]
    worth = (named or worth)[:MOST_NOTES]
    if len(worth) > 1 and worth[0].score - worth[1].score > CLEAR_LEAD:
        worth = worth[:1]
    return tuple(hit.lesson for hit in worth)


def _worth_showing(question: str, hit: Hit) -> bool:
    if hit.lesson.kind is LessonKind.RULE:
        named = fit.names_trigger(question, hit.lesson)
        return hit.score >= (TRIGGER_NAMED if named else TRIGGER_MEANT)
    named = fit.is_about(question, hit.lesson)
    return hit.score >= (NAMED_MATCH if named else MATCH)


def _standing(question: str, hits: list[Hit], common: float) -> Standing:
    if any(_worth_showing(question, hit) for hit in hits):
        return Standing.MATCH
    about = any(fit.is_about(question, hit.lesson) for hit in hits)
    if about and common < SURELY_GENERAL:
        return Standing.NEAR
    return Standing.FAR
