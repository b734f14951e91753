"""Does every cell that is not done yet, and says how far it is."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from bot.bench.learning.cells import Cell, Cells, Key
from bot.bench.learning.data import Document
from bot.bench.learning.methods import Method, SequenceMethod, Step
from bot.bench.learning.pace import Pace
from bot.bench.learning.plan import Plan
from bot.bench.learning.scoring import Score, score
from learning.errors import MynaError


class Runner:
    """Carries out a plan; every finished cell is on disk before the next begins."""

    def __init__(
        self,
        plan: Plan,
        cells: Cells,
        say: Callable[[str], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._cells = cells
        self._say = say
        self._now = now
        self._pace = Pace()

    @property
    def finished(self) -> int:
        """Cells on disk, earlier runs' among them."""
        return self._pace.done

    async def run(self) -> int:
        """Do what is missing; return how many documents and sequences failed.

        What a MynaError stopped is left undone, and the rest goes on.
        """
        self._look()
        self._say(f"{self._pace.done} cells are done, {self._pace.left} are left.")
        failed = 0
        for method, document, key in self._plan.document_cells():
            if self._cells.find(key) is None:
                failed += not await self._document(method, document, key)
        for walk, documents, keys in self._plan.sequence_cells():
            done = self._steps_done(keys)
            if done < len(keys):
                failed += not await self._sequence(walk, documents, keys, done)
        return failed

    def _look(self) -> None:
        for _, _, key in self._plan.document_cells():
            self._pace.count(key.method, self._cells.find(key))
        for _, _, keys in self._plan.sequence_cells():
            done = self._steps_done(keys)
            for i, key in enumerate(keys):
                found = self._cells.find(key) if i < done else None
                self._pace.count(key.method, found)

    def _steps_done(self, keys: Sequence[Key]) -> int:
        """Count the steps from the first; what lies behind a gap does not count."""
        found = (i for i, key in enumerate(keys) if self._cells.find(key) is None)
        return next(found, len(keys))

    async def _document(self, method: Method, document: Document, key: Key) -> bool:
        folder = self._cells.empty_folder(key)
        begun = self._now()
        try:
            trained = await method.learn(document, folder, seed=key.seed)
            scores = _scores(document, trained.replies)
        except MynaError as exc:
            self._fail(key, document.title, exc)
            return False
        cell = Cell(trained, self._now() - begun)
        self._pace.finish(key.method, cell)
        about = {"title": document.title, "scores": [asdict(each) for each in scores]}
        self._cells.keep(key, cell, about)
        shutil.rmtree(folder, ignore_errors=True)
        right = sum(each.contained for each in scores)
        self._tell(key, cell, f"{document.title}, {right} of {len(scores)} right")
        return True

    async def _sequence(
        self,
        method: SequenceMethod,
        documents: Sequence[Document],
        keys: Sequence[Key],
        done: int,
    ) -> bool:
        folder = self._cells.folder(keys[0])
        told = _Told(done)
        begun = self._now()

        def on_step(step: Step) -> None:
            nonlocal begun
            told.check(step, len(keys))
            scores = _sequence_scores(documents, step.replies)
            for later in keys[step.number + 1 :]:  # of a run that is being done again
                self._cells.drop(later)
            key, cell = keys[step.number], Cell(step, self._now() - begun)
            about = {
                "titles": [document.title for document in documents],
                "scores": [[asdict(each) for each in row] for row in scores],
            }
            self._cells.keep(key, cell, about)
            if step.number >= done:
                self._pace.finish(key.method, cell)
            begun = self._now()
            place = f"step {step.number} of {len(documents)}"
            known = [each.contained for row in scores[: step.number] for each in row]
            right = f", {sum(known)} of {len(known)} right" if known else ""
            self._tell(key, cell, f"{documents[0].title} and on, {place}{right}")

        try:
            await method.run(documents, folder, on_step, seed=keys[0].seed, done=done)
            told.check_end(len(keys))
        except MynaError as exc:
            missing = len(keys) - max(done, self._steps_done(keys))
            self._fail(keys[0], f"{documents[0].title} and on", exc, cells=missing)
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True

    def _tell(self, key: Key, cell: Cell, what: str) -> None:
        self._say(
            f"[{self._pace.says()}] {key.method}: {what}, {cell.wall_seconds:.1f} s"
        )

    def _fail(self, key: Key, what: str, exc: MynaError, *, cells: int = 1) -> None:
        self._pace.give_up(key.method, cells)
        self._say(f"[{self._pace.says()}] {key.method}: {what} failed: {exc}")


class _Told:
    """Holds a sequence's steps to their order."""

    def __init__(self, done: int) -> None:
        self._last = done - 1

    def check(self, step: Step, steps: int) -> None:
        """Accept the next step, or one that is done again."""
        if not 0 <= step.number <= min(self._last + 1, steps - 1):
            raise MynaError(
                f"Step {step.number} was told after step {self._last}: the method "
                "should tell every step in its order."
            )
        self._last = step.number

    def check_end(self, steps: int) -> None:
        if self._last != steps - 1:
            raise MynaError(f"Only {self._last + 1} of {steps} steps were told.")


def _scores(document: Document, replies: Sequence[str]) -> list[Score]:
    if len(replies) != len(document.questions):
        raise MynaError(
            f"{len(replies)} replies were given to {len(document.questions)} questions."
        )
    pairs = zip(replies, document.questions, strict=True)
    return [score(reply, question.answers) for reply, question in pairs]


def _sequence_scores(
    documents: Sequence[Document], replies: Sequence[Sequence[str]]
) -> list[list[Score]]:
    if len(replies) != len(documents):
        raise MynaError(
            f"Replies were given for {len(replies)} of {len(documents)} documents."
        )
    return [_scores(*pair) for pair in zip(documents, replies, strict=True)]
