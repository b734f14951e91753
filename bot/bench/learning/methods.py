"""What a way of learning must offer to be measured, and what it tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.bench.learning.data import Document
from bot.bench.learning.statistics import Count

BASE = "base model"
PASSAGE = "passage in the prompt"
ROWS = (
    BASE,
    PASSAGE,
    "raw passage",
    "template questions",
    "expander",
    "memory alone",
    "both",
)
"""Every row of the table of methods, in its order."""
WITH_REPLAY, WITHOUT_REPLAY = "with replay", "without replay"
SEQUENCE_ROWS = (WITH_REPLAY, WITHOUT_REPLAY)


@dataclass(frozen=True, slots=True)
class Trained:
    """What one method showed on one document."""

    replies: Sequence[str]
    """One for each question of the document, in their order."""
    seconds: float = 0.0
    """Spent on learning, without asking."""
    trained_tokens: int = 0
    general: Count | None = None
    """General questions asked afterwards."""
    nll: float | None = None
    """Nats a token on neutral text, above the base's."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a sequence's method showed after one of its documents."""

    number: int
    """Documents learned so far: 0 is the base, before the first."""
    replies: Sequence[Sequence[str]]
    """For every document of the sequence, learned or not yet, as in `Trained`."""
    seconds: float = 0.0
    trained_tokens: int = 0
    """Of the new document."""
    replay_tokens: int = 0
    """Of older documents and of the base's own answers."""
    general: Count | None = None
    nll: float | None = None


class Method(Protocol):
    """Learns one document and answers its questions."""

    @property
    def name(self) -> str:
        """One of ROWS."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything that shapes the replies, JSON-ready; when it changes, cells do."""
        ...

    async def learn(self, document: Document, folder: Path, *, seed: int) -> Trained:
        """Learn in an empty folder of its own, which is deleted when the cell is kept.

        A MynaError leaves the cell undone; the others go on.
        """
        ...


class SequenceMethod(Protocol):
    """Learns documents one after another, and is asked all of them after each."""

    @property
    def name(self) -> str:
        """One of SEQUENCE_ROWS."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """As a Method's."""
        ...

    async def run(
        self,
        documents: Sequence[Document],
        folder: Path,
        on_step: Callable[[Step], None],
        *,
        seed: int,
        done: int,
    ) -> None:
        """Call `on_step` for the numbers 0 to len(documents), in their order.

        The first `done` steps were kept by an earlier run, which may have left what
        is needed to go on in `folder`; a step that is told again replaces the old.
        """
        ...


@dataclass(frozen=True, slots=True)
class Methods:
    """Everything that is measured in one run."""

    documents: Sequence[Method] = ()
    sequences: Sequence[SequenceMethod] = ()
