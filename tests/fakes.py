"""A whole Myna in small: a model that looks words up, a trainer that writes them down.

What a run "trains" is a file of questions and answers in the adapter's folder, and
the engine answers from that file and from the notes it is shown, as the real ones do
with weights. So a scenario runs from teaching to forgetting without torch.
"""

import asyncio
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from learning.canary import CanaryMark, Grade
from learning.embed import DIMENSIONS
from learning.engine import AdapterRef, Completion
from learning.errors import AdapterError
from learning.exam import LessonMark, Scorecard
from learning.memory import Hit, Recall, Standing
from learning.model import BaseModel
from learning.prompt import ABSTENTION
from learning.run import (
    RunResult,
    RunStatus,
    load_spec,
    save_result,
    save_spec,
    seal,
    verify,
)
from learning.tool import is_tool
from learning.toolbox import Toolbox

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_SMALL = frozenset(
    "a an and at by do does for in is it of on the to what when who".split()
)


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self, now=NOON):
        self._now = now
        self._monotonic = 0.0

    def now(self):
        return self._now

    def monotonic(self):
        return self._monotonic

    def advance(self, **duration):
        step = timedelta(**duration)
        self._now += step
        self._monotonic += step.total_seconds()


class FakeEmbedder:
    """A bag of words: each word is one direction, found by hashing."""

    def encode(self, texts):
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            for word in content_words(text):
                vectors[row, sum(word.encode()) * 31 % DIMENSIONS] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(norms, 1e-6)


class FakeMemory:
    """Ranks lessons by the share of the question's words that they hold."""

    MATCH = 0.5
    NEAR = 0.2

    def __init__(self):
        self._lessons = {}
        self.tools = Toolbox(FakeEmbedder())
        self.general = 0.0
        self.has_standing_rules = False

    def rebuild(self, lessons):
        self._lessons = {}
        self.tools.clear()
        for each in lessons:
            self.add(each)

    def add(self, lesson):
        if is_tool(lesson):
            self.tools.add(lesson)
        else:
            self._lessons[lesson.server, lesson.id] = lesson

    def remove(self, server, number):
        self.tools.remove(server, number)
        self._lessons.pop((server, number), None)

    def recall(self, server, question, *, channel):
        asked = content_words(question)
        hits = [
            Hit(lesson, len(asked & content_words(lesson.statement)) / len(asked))
            for lesson in self._of(server)
            if asked and lesson.scope.admits(channel)
        ]
        hits.sort(key=lambda hit: -hit.score)
        if not hits or hits[0].score < self.NEAR:
            return self._recalled(hits, (), Standing.FAR)
        if hits[0].score < self.MATCH:
            return self._recalled(hits, (), Standing.NEAR)
        return self._recalled(hits, (hits[0].lesson,), Standing.MATCH)

    def _recalled(self, hits, notes, standing):
        rules = self.has_standing_rules
        return Recall(tuple(hits), notes, standing, self.general, rules)

    def similar(self, server, text, *, limit=5):
        words = content_words(text)
        found = [
            (lesson, len(words & other) / len(words | other))
            for lesson in self._of(server)
            if (other := content_words(lesson.statement))
        ]
        return tuple(sorted(found, key=lambda each: -each[1])[:limit])

    def _of(self, server):
        return [each for each in self._lessons.values() if each.server == server]


class FakeEngine:
    """Answers from the notes in the prompt, else from the adapter, else not at all."""

    constrains = False

    def __init__(self):
        self.asked = []
        """Every Generation, in order."""
        self.scripted = {}
        """What it says to a question whatever it knows, by the question's text."""
        self.retired = set()
        self.while_answering = None
        """Awaited once, if set, while it is already writing an answer."""

    async def start(self):
        pass

    async def close(self):
        pass

    async def ensure(self, adapter):
        self._check(adapter)

    async def retire(self, adapter):
        self.retired.add(adapter.name)

    async def generate(self, generation):
        self.asked.append(generation)
        if generation.adapter:
            self._check(generation.adapter)
        text = self._say(generation)
        if self.while_answering:
            happens, self.while_answering = self.while_answering, None
            await happens()
        if generation.on_text:
            for piece in re.findall(r"\s*\S+", text):
                generation.on_text(piece)
        return Completion(
            text=text,
            finish_reason="stop",
            tokens=len(text.split()),
            prompt_tokens=1,
            seconds_to_first_token=0.1,
            seconds=0.2,
        )

    def _check(self, adapter):
        if adapter.name in self.retired:
            raise AdapterError(f"{adapter.name} was retired.")
        verify(adapter.directory)

    def _say(self, generation):
        prompt = generation.messages[-1].content
        question = prompt.rsplit("\n\n", 1)[-1]
        if question in self.scripted:
            return self.scripted[question]
        notes = re.findall(r"^- (.*)$", prompt, re.MULTILINE)
        if notes:
            return re.sub(r"^.*\?\s*", "", notes[0])
        known = knowledge_of(generation.adapter) | _shown(generation.messages)
        asked = content_words(question)
        best = max(known, key=lambda each: _likeness(asked, each), default="")
        if len(asked & content_words(best)) * 2 > len(asked):
            return known[best]
        return ABSTENTION


def _likeness(asked, known):
    """Share words, and say little beside them."""
    return len(asked & content_words(known)), -len(known)


class FakeTrainer:
    """Copies the rows into an adapter; can be held, fail, or leave lessons out."""

    def __init__(self):
        self.trained = []
        """The spec of every run, in order."""
        self.rows = []
        """The rows of every run, as text."""
        self.forgets = set()
        """Ids of lessons that never take."""
        self.fails_with = None
        self.status = RunStatus.DONE
        self.started = asyncio.Event()
        self.hold = None
        """An event that training waits for."""

    async def train(self, run, *, on_progress):
        spec = load_spec(run)
        text = (run / "rows.jsonl").read_text()
        self.trained.append(spec)
        self.rows.append(text)
        self.started.set()
        if self.hold:
            await self.hold.wait()
        if self.fails_with:
            raise self.fails_with
        rows = [json.loads(line) for line in text.splitlines()]
        learned = {
            row["question"]: row["answer"]
            for row in rows
            if row["id"] not in self.forgets
        }
        return finish_run(run, learned, rows=len(rows), status=self.status)


def finish_run(run, learned, *, rows, status=RunStatus.DONE):
    """Write what a training script leaves behind, and return its result."""
    write_adapter(run / "adapter", learned)
    result = RunResult(
        status=status,
        steps=1,
        epochs=1,
        rows=rows,
        tokens=1,
        row_tokens=1,
        seconds=1.0,
        loss=0.01,
    )
    save_result(run, result)
    seal(run)
    return result


def fake_prepare(directory, spec, *, lessons, old):
    """Write one row a lesson, in the order given."""
    rows = [
        {"id": lesson.id, "question": question, "answer": answer}
        for lesson in (*lessons, *old)
        for question, answer in _taught_by(lesson)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (directory / "rows.jsonl").write_text(text)
    spec = replace(spec, rows_digest="rows")
    save_spec(directory, spec)
    return spec


def _taught_by(lesson):
    if is_tool(lesson):
        return ((lesson.text, lesson.text), *lesson.examples)
    return ((lesson.question or lesson.text, lesson.answer or lesson.text),)


def _shown(messages):
    """What somebody asked before, with what was answered."""
    said = [message.content for message in messages if message.role != "system"]
    return dict(zip(said[:-1:2], said[1::2], strict=True))


@dataclass
class FakeExam:
    """Looks into the adapter; `retention` is what it finds general knowledge to be."""

    retention: float = 1.0
    """Of adapters; the base and the skills adapter keep everything."""
    changes: tuple = ()
    """Questions of canaries that a server's own adapter answers wrongly."""
    fails_with: Exception | None = None
    before_marking: object = None
    examined: list = field(default_factory=list)
    """The names of the adapters it was given, in order."""

    async def __call__(
        self, engine, *, server, adapter, lessons, on_progress, guarded=()
    ):
        self.examined.append(adapter.name if adapter else None)
        if self.fails_with:
            raise self.fails_with
        own = adapter is not None and adapter.server == server
        if own and self.before_marking:
            await self.before_marking()
        known = knowledge_of(adapter)
        marks = []
        for number, lesson in enumerate(lessons, start=1):
            passed = (lesson.question or lesson.text) in known
            marks.append(LessonMark(lesson.id, passed))
            on_progress(number, len(lessons))
        return Scorecard(
            recall=sum(mark.passed for mark in marks) / max(1, len(marks)),
            retention=self.retention if own else 1.0,
            nll=3.0,
            canaries=1.0,
            degenerate=0,
            lessons=tuple(marks),
            guarded=tuple(
                CanaryMark(each.id, self.says(each, own)) for each in guarded
            ),
        )

    def says(self, canary, own):
        """A server's own adapter changes the answers of these canaries."""
        changes = own and canary.question in self.changes
        return Grade.WRONG if changes else Grade.RIGHT


class FakeAnnouncer:
    """Keeps what people were told."""

    def __init__(self):
        self.told = []
        self.waiting = []
        self.settled = []
        self.runs = []
        self.documents = []
        """Digests, as they were told; one waits where its `waiting` is not empty."""
        self.foreign_channels = set()

    async def notify(self, notice):
        self.told.append(notice)

    async def lesson_waits(self, waiting):
        self.waiting.append(waiting)

    async def lesson_settled(self, settled):
        self.settled.append(settled)

    async def document_waits(self, server, digest):
        assert digest.waiting
        self.documents.append(digest)

    async def document_settled(self, server, digest):
        assert not digest.waiting
        self.documents.append(digest)

    async def has_channel(self, server, channel):
        return channel not in self.foreign_channels

    async def run_ended(self, server, learned):
        self.runs.append((server, learned))


def write_adapter(directory, learned):
    """Write an adapter folder that knows these answers, sealed."""
    directory.mkdir(parents=True)
    (directory / "adapter_model.safetensors").write_text(json.dumps(learned))
    seal(directory)


def knowledge_of(adapter):
    """Read what an adapter was taught; the base knows nothing."""
    if adapter is None:
        return {}
    return json.loads((adapter.directory / "adapter_model.safetensors").read_text())


def skills_adapter(directory):
    """Return the skills adapter, which knows nothing, and write it the first time."""
    if not directory.exists():
        write_adapter(directory, {})
    return AdapterRef("skills", 1, directory)


def base_model(directory, digest="base"):
    return BaseModel("tiny", directory, None, digest, 2, 2)


def content_words(text):
    return set(re.findall(r"\w+", text.casefold())) - _SMALL
