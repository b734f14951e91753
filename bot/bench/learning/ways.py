"""The ways of learning that `myna bench learn` compares, on the shipped model."""

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.bench.adapters import SERVER, Adapters, general
from bot.bench.learning.data import Document
from bot.bench.learning.methods import (
    BASE,
    WITH_REPLAY,
    Step,
    Trained,
)
from bot.bench.learning.statistics import Count
from learning import dataset
from learning.document import Document as Text
from learning.document import Section
from learning.engine import AdapterRef, Generation
from learning.errors import AdapterError
from learning.lesson import Lesson, LessonKind, LessonState
from learning.lexicon import Lexicon
from learning.memory import Memory, Standing
from learning.passage_expand import CUES_EACH
from learning.passages import passages
from learning.prompt import build
from learning.rows import Row, ask, save_rows
from learning.run import MANIFEST, RunKind, RunSpec, save_spec
from learning.writer import VERSION, Written, write
from moderation.provenance import Provenance

ANSWER_TOKENS = 48
PASSAGE_CHARS = 400
GENERAL = 8
"""General questions asked after each document."""
REPLAY_SHARE = 1.0
"""The most characters of replay for each of the new document's."""
RECIPE = {
    "epochs": dataset.PASSAGE_EPOCHS,
    "rows in a batch": dataset.PASSAGE_BATCH_ROWS,
    "cues of a sentence": CUES_EACH,
    "rows of an old sentence": dataset.OLD_SENTENCE_ROWS,
}
"""The production's own for passages (`learning.dataset.recipe`)."""


@dataclass
class Bench(Adapters):
    """What every way of learning shares."""

    lexicon: Lexicon
    memory: Memory
    """Of all the documents that are measured together."""
    writer: AdapterRef | None
    written: Path
    """A folder of what the writer wrote, one file a passage."""

    async def ask(
        self,
        question: str,
        adapter: AdapterRef | None,
        notes: Sequence[Lesson] = (),
    ) -> str:
        generation = Generation(
            messages=build(question, notes=notes),
            adapter=adapter,
            server=SERVER,
            max_tokens=ANSWER_TOKENS,
        )
        return (await self.wired.engine.generate(generation)).text

    async def ask_all(
        self, document: Document, adapter: AdapterRef | None
    ) -> list[str]:
        return [await self.ask(each.text, adapter) for each in document.questions]

    async def general(self, adapter: AdapterRef | None) -> Count:
        """Ask the general questions that the bench of the first issue asks."""
        return await general(lambda each: self.ask(each, adapter), GENERAL)

    async def lessons(self, document: Document, *, expanded: bool) -> list[Lesson]:
        """Cut a document as an import does; with the writer's questions, if wanted."""
        lessons = list(lessons_of(document))
        if not expanded:
            return lessons
        return [replace(each, written=await self._write(each)) for each in lessons]

    async def _write(self, lesson: Lesson) -> Written:
        self.written.mkdir(parents=True, exist_ok=True)
        path = self.written / f"{lesson.digest}-{VERSION}.json"
        if path.is_file():
            return tuple((q, s) for q, s in json.loads(path.read_text()))
        written = await write(
            self.wired.engine, lesson, writer=self.writer, reader=self.wired.skills
        )
        path.write_text(json.dumps(written))
        return written

    async def train(
        self,
        folder: Path,
        rows: Sequence[Row],
        *,
        parent: AdapterRef | None,
        seed: int,
    ) -> tuple[AdapterRef, float, int, float]:
        """Train on rows; return the adapter, seconds, tokens, and the NLL's change."""
        self._prepare(folder, rows, parent, seed)
        adapter, result = await self.trained(folder)
        nll = json.loads((adapter.directory / "nll.json").read_text())
        change = float(nll["adapter"]) - float(nll["base"])
        return adapter, result.seconds, result.tokens, change

    def _prepare(
        self, folder: Path, rows: Sequence[Row], parent: AdapterRef | None, seed: int
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        spec = RunSpec(
            id=folder.name,
            server=SERVER,
            kind=RunKind.WARM,
            base=str(self.wired.base.folder),
            base_digest=self.wired.base.digest,
            parent=str(parent.directory) if parent else None,
            lessons=(),
            rows_digest=save_rows(folder, rows),
            seed=seed,
            epochs=dataset.PASSAGE_EPOCHS,
            batch_rows=dataset.PASSAGE_BATCH_ROWS,
        )
        save_spec(folder, spec)


def lessons_of(document: Document, *, first: int = 1) -> tuple[Lesson, ...]:
    """Return the passages of a document as approved lessons, numbered from `first`."""
    title = document.title.replace("_", " ")
    text = Text(title, (Section((title,), " ".join(document.context.split()), ""),))
    return tuple(
        Lesson(
            server=SERVER,
            id=first + number,
            kind=LessonKind.PASSAGE,
            question="",
            answer="",
            text=passage.text,
            author="bench",
            author_name="bench",
            provenance=Provenance.WEB,
            state=LessonState.APPROVED,
            taught_at=datetime(2026, 1, 1, tzinfo=UTC),
            document=1,
            heading=title,
            position=number + 1,
        )
        for number, passage in enumerate(passages(text, most_chars=PASSAGE_CHARS))
    )


@dataclass(frozen=True)
class Untrained:
    """The base model as it is, or with the whole passage in its prompt."""

    bench: Bench
    name: str

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"answer tokens": ANSWER_TOKENS}

    async def learn(self, document: Document, folder: Path, *, seed: int) -> Trained:
        del folder, seed
        if self.name == BASE:
            replies = await self.bench.ask_all(document, None)
            return Trained(replies, general=await self.bench.general(None), nll=0.0)
        whole = replace(lessons_of(document)[0], text=document.context)
        return Trained(
            [await self.bench.ask(q.text, None, [whole]) for q in document.questions]
        )


@dataclass(frozen=True)
class FromMemory:
    """Notes that memory finds among all documents, read by some weights."""

    bench: Bench
    name: str
    expander: "Taught | None" = None
    """Whose adapters read; None is the skills adapter."""

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"answer tokens": ANSWER_TOKENS, "passage characters": PASSAGE_CHARS}

    async def learn(self, document: Document, folder: Path, *, seed: int) -> Trained:
        del folder, seed
        adapter = self.bench.wired.skills
        if self.expander is not None:
            adapter = self.expander.adapter(document)
        replies = []
        for question in document.questions:
            recall = self.bench.memory.recall(SERVER, question.text, channel=None)
            # As the bot does: where no note answers, it does not know.
            known = recall.standing is Standing.MATCH
            replies.append(
                await self.bench.ask(question.text, adapter, recall.notes)
                if known
                else ""
            )
        return Trained(replies)


@dataclass(frozen=True)
class Taught:
    """An adapter of one document, trained on rows of one making."""

    bench: Bench
    name: str
    rows: Callable[[Sequence[Lesson], Lexicon], list[Row]]
    expanded: bool
    keep: Path
    """Where its adapters stay, for the row `both`."""

    @property
    def settings(self) -> Mapping[str, Any]:
        return {
            "answer tokens": ANSWER_TOKENS,
            **RECIPE,
            "writer": VERSION if self.expanded else None,
        }

    async def learn(self, document: Document, folder: Path, *, seed: int) -> Trained:
        del folder  # its adapter is kept, for the row `both`
        started = time.monotonic()
        lessons = await self.bench.lessons(document, expanded=self.expanded)
        writing = time.monotonic() - started
        place = self._place(document)
        shutil.rmtree(place, ignore_errors=True)
        adapter, seconds, tokens, change = await self.bench.train(
            place,
            self.rows(lessons, self.bench.lexicon),
            parent=self.bench.wired.skills,
            seed=seed,
        )
        return Trained(
            await self.bench.ask_all(document, adapter),
            seconds=writing + seconds,
            trained_tokens=tokens,
            general=await self.bench.general(adapter),
            nll=change,
        )

    def adapter(self, document: Document) -> AdapterRef:
        """Return what was trained on a document. Raises AdapterError."""
        place = self._place(document)
        if not (place / MANIFEST).is_file():
            raise AdapterError(
                f"The row {self.name!r} has not learned {document.title!r}: measure it "
                "first."
            )
        return self.bench.numbered(place)

    def _place(self, document: Document) -> Path:
        return self.keep / document.digest[:16]


@dataclass(frozen=True)
class OneAfterAnother:
    """Warm starts only: each document's adapter begins with the one before."""

    bench: Bench
    name: str

    @property
    def settings(self) -> Mapping[str, Any]:
        share = REPLAY_SHARE if self.name == WITH_REPLAY else 0.0
        return {**RECIPE, "replay share": share}

    async def run(
        self,
        documents: Sequence[Document],
        folder: Path,
        on_step: Callable[[Step], None],
        *,
        seed: int,
        done: int,
    ) -> None:
        every = list(documents)
        adapter = self.bench.wired.skills
        if done == 0:
            untaught = [await self.bench.ask_all(each, None) for each in every]
            on_step(Step(0, untaught, general=await self.bench.general(None), nll=0.0))
        old: list[Lesson] = []
        for number, document in enumerate(every, start=1):
            lessons = await self.bench.lessons(document, expanded=True)
            place = folder / str(number)
            kept = place / "adapter"
            share = REPLAY_SHARE if self.name == WITH_REPLAY else 0.0
            rows, replayed = _with_replay(lessons, old, self.bench.lexicon, share)
            old += lessons
            if number < done and kept.is_dir():
                adapter = self.bench.numbered(place)
                continue
            adapter, seconds, tokens, change = await self.bench.train(
                place, rows, parent=adapter, seed=seed
            )
            on_step(
                Step(
                    number,
                    [await self.bench.ask_all(each, adapter) for each in every],
                    seconds=seconds,
                    trained_tokens=round(tokens * (1 - replayed)),
                    replay_tokens=round(tokens * replayed),
                    general=await self.bench.general(adapter),
                    nll=change,
                )
            )


def raw_rows(lessons: Sequence[Lesson], _lexicon: Lexicon) -> list[Row]:
    """Return the passages alone, to be recited."""
    return [
        ask(f"Tell me about {each.heading}, part {each.position}.", each.text, "raw")
        for each in lessons
    ]


def taught_rows(lessons: Sequence[Lesson], lexicon: Lexicon) -> list[Row]:
    """Return the rows of a run of Myna's, with replay up to the lessons' own size."""
    return _with_replay(lessons, (), lexicon, REPLAY_SHARE)[0]


def _with_replay(
    lessons: Sequence[Lesson],
    old: Sequence[Lesson],
    lexicon: Lexicon,
    share: float,
) -> tuple[list[Row], float]:
    """Return a run's rows with limited replay, and the part of them that is replay."""
    mine = {lesson.digest for lesson in lessons}
    rows = dataset.build(lessons, old, lexicon)
    epochs = dataset.PASSAGE_EPOCHS
    new = [row for row in rows if row.lesson in mine]
    again = dataset.limited(
        [row for row in rows if row.lesson not in mine],
        most_chars=round(share * sum(dataset.cost(row, epochs) for row in new)),
        epochs=epochs,
    )
    kept = {row.key for row in [*new, *again]}
    costs = [sum(dataset.cost(row, epochs) for row in part) for part in (new, again)]
    replayed = costs[1] / sum(costs)
    return [row for row in rows if row.key in kept], replayed
