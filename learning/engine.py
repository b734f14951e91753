"""What serving a model means: one base, an adapter chosen by each request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

SKILLS = "skills"
"""The server part of the skills adapter's name."""


@dataclass(frozen=True, slots=True)
class AdapterRef:
    """An immutable version of a server's weights: `<server>/<version>`."""

    server: str
    version: int
    directory: Path
    """Holds adapter_model.safetensors, adapter_config.json, adapter.gguf, MANIFEST."""

    @property
    def name(self) -> str:
        return f"{self.server}/{self.version}"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str


@dataclass(frozen=True, slots=True)
class Generation:
    """One answer to be generated, greedily."""

    messages: tuple[Message, ...]
    adapter: AdapterRef | None
    """None is the bare base model."""
    server: str
    """Whose turn in the queue this takes; servers are served fairly."""
    max_tokens: int = 128
    on_text: Callable[[str], None] | None = None
    """Called on the event loop with each new piece of text."""
    first_token_candidates: int = 0
    """How many of the first token's most likely candidates to report: as the model has
    them, whatever the grammar forbids."""
    goes_on: Callable[[Mapping[str, float]], bool] | None = None
    """Asked once, of these candidates: where it says no, the answer ends before its
    first token, and is empty."""
    grammar: str = ""
    """GBNF that the whole answer follows; empty leaves it free. An engine whose
    `constrains` is False leaves the answer free all the same, so check what it wrote.
    Where `max_tokens` are used up the answer is cut short in the middle of it."""

    def wants(self, first_token: Mapping[str, float]) -> bool:
        """Say whether an answer that may begin so is to be written."""
        return self.goes_on is None or self.goes_on(first_token)


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model said, and how long it took."""

    text: str
    finish_reason: str
    """`stop` or `length`."""
    tokens: int
    prompt_tokens: int
    seconds_to_first_token: float
    seconds: float
    first_token: Mapping[str, float] = field(default_factory=dict)
    """Log-probabilities of the first token's candidates, by token text."""
    likelihoods: tuple[tuple[str, float], ...] = ()
    """Where candidates were asked for: every token of the text, and its log-probability
    as the model has it, whatever the grammar forbids."""


class Engine(Protocol):
    """Serves one base model and any number of adapters."""

    constrains: bool
    """Whether answers follow a Generation's `grammar`."""

    async def start(self) -> None:
        """Load the base. Raises ModelError."""

    async def generate(self, generation: Generation) -> Completion:
        """Answer; cancelling the task stops the generation.

        Raises AdapterError, PromptTooLongError, or EngineError, also where it cannot
        read the grammar.
        """

    async def ensure(self, adapter: AdapterRef) -> None:
        """Make an adapter resident, so that its first answer is quick.

        Raises AdapterError where its files do not match their manifest.
        """

    async def retire(self, adapter: AdapterRef) -> None:
        """Forget an adapter; requests that name it from now on are refused."""

    async def close(self) -> None:
        """Stop all answers and free the model."""
