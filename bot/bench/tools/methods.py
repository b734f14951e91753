"""What a way of calling tools must offer to be measured, and what it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.bench.learning.statistics import Count
from bot.bench.tools.tasks import ToolTask
from bot.bench.tools.torchhub import Api

DESCRIPTIONS = "descriptions"
BY_EXAMPLES = "examples in the prompt"
ADAPTER = "adapter"
FREE = "adapter, free"
BATCHES = "four batches"
FULL = "full fine-tuning"
DESCRIBED = "adapter with descriptions"
NEAREST = "nearest example"
ROWS = (
    DESCRIPTIONS,
    BY_EXAMPLES,
    ADAPTER,
    FREE,
    BATCHES,
    FULL,
    DESCRIBED,
    NEAREST,
)
"""Every row of the tables, in its order."""
UNTAUGHT = frozenset({DESCRIPTIONS})
"""What can be measured without any example, whatever the task is."""


@dataclass(frozen=True, slots=True)
class Material:
    """One task as it is taught and tested in a cell."""

    task: ToolTask
    apis: tuple[Api, ...] = ()
    """Of TorchHub: all calls of its list, among which the right one is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written to one message."""

    text: str
    """The call, or whatever else was said; empty where the model was not asked."""
    prompt_tokens: int = 0
    """Of what the model read for it."""
    seconds_to_first_token: float = 0.0
    """From asking the model to the first token of the call. Looking tools up is not in
    it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one method showed on one task."""

    answers: Sequence[Answer]
    """One for each case of the test, in their order."""
    ordinary: Sequence[Answer] = ()
    """One for each message that needs no tool."""
    training_seconds: float = 0.0
    trained_parameters: int = 0
    stored_bytes: int = 0
    """Of what a server needs beside the shipped model."""
    general: Count | None = None
    """General questions asked of the weights that call."""


class Method(Protocol):
    """Learns a task's tools from its examples, and calls them."""

    @property
    def name(self) -> str:
        """One of ROWS."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything that shapes the calls, JSON-ready; when it changes, cells do."""
        ...

    async def show(self, material: Material, *, seed: int) -> Shown:
        """Learn the task's examples and answer its test.

        A MynaError leaves the cell undone; the others go on.
        """
        ...
