"""What the use cases are built from: everything the core needs, handed in once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.clock import SystemClock
from bot.limiter import NO_LIMIT, Limiter
from bot.messages import Actor, Refused
from bot.phrases import kept_in_memory, not_allowed
from bot.purges import Purges
from learning.run import MANIFEST
from learning.search_chain import SearchChain
from learning.tool import is_tool
from learning.tool_client import ToolClient
from learning.web import GuardedFetcher
from moderation.policy import Gate, may_train
from moderation.roles import Permission, Role, may
from storage.journal import MYNA
from storage.pseudonyms import Pseudonyms, throwaway

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from bot.ports import Announcer, Clock, Engine, Trainer
    from learning.canary import Canary
    from learning.engine import AdapterRef
    from learning.exam import Scorecard
    from learning.lesson import Lesson
    from learning.memory import Memory
    from learning.model import BaseModel
    from learning.run import RunSpec
    from storage.adapters import Adapter
    from storage.data_directory import DataDirectory
    from storage.database import Database

SYSTEM = Actor(id=MYNA, name="Myna", role=Role.ADMIN, platform="schedule")
"""Who does what nobody asked for: nightly runs, expiry, recovery."""


class Prepare(Protocol):
    """`learning.dataset.prepare`: writes a run's rows."""

    def __call__(
        self,
        directory: Path,
        spec: RunSpec,
        *,
        lessons: Sequence[Lesson],
        old: Sequence[Lesson],
    ) -> RunSpec: ...


class Examine(Protocol):
    """`learning.exam.examine`: asks an adapter what it should know."""

    async def __call__(
        self,
        engine: Engine,
        *,
        server: str,
        adapter: AdapterRef | None,
        lessons: Sequence[Lesson],
        on_progress: Callable[[int, int], None],
        guarded: Sequence[Canary] = (),
    ) -> Scorecard: ...


class Embed(Protocol):
    """Turns texts into vectors, one each."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


def _no_limiter() -> Limiter:
    return Limiter(SystemClock(), NO_LIMIT)


def _no_rewordings(_lesson: Lesson) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The collaborators of every use case."""

    database: Database
    directory: DataDirectory
    engine: Engine
    memory: Memory
    trainer: Trainer
    clock: Clock
    announcer: Announcer
    base: BaseModel
    skills: AdapterRef | None
    """What serves a server without an adapter; None is the bare base."""
    prepare: Prepare
    examine: Examine
    questions: Limiter
    teachings: Limiter
    runs_at_once: asyncio.Semaphore
    """Held by each run while it prepares, trains and is examined."""
    writer: AdapterRef | None = None
    """What writes questions about passages; None is the bare base."""
    caller: AdapterRef | None = None
    """What calls tools by their examples, and what a run that teaches tools starts
    from; None is the skills adapter."""
    fetcher: Callable[[], GuardedFetcher] = GuardedFetcher
    search: SearchChain = field(default_factory=SearchChain)
    purges: Purges = field(default_factory=Purges)
    reword: Callable[[Lesson], Sequence[str]] = _no_rewordings
    """`learning.expand.rewordings`: other wordings of a lesson, the plainest first."""
    threads: int = 1
    device: str = "cpu"
    versions: Mapping[str, str] = field(default_factory=dict)
    """Versions of the libraries that shape the weights."""
    permissions: Mapping[str, str] = field(default_factory=dict)
    """References to platforms' leave to train on what is taught there."""
    max_question_chars: int = 2000
    max_lesson_chars: int = 2000
    max_passages: int = 200
    """Passages of one document that are put up for review at once."""
    import_pages: int = 20
    """Pages of a sitemap or files of a folder that one import reads."""
    train_minutes_per_day: int = 0
    """What one server may train in 24 hours; 0 sets no limit."""
    max_waiting_questions: int = 0
    """Questions of all servers that may wait for answers at once; 0 is any."""
    calls: Limiter = field(default_factory=_no_limiter)
    """How often one person, and one server, may have tools called."""
    tool_client: ToolClient | None = None
    """What calls go through, open; None calls nothing over HTTP."""
    private_hosts: frozenset[str] = frozenset()
    """Hosts inside the network that tools may reach; the operator named them."""
    embed: Embed | None = None
    """`learning.embed.Embedder.encode`, for the screen; None screens by rules alone."""
    pseudonyms: Pseudonyms = field(default_factory=throwaway)
    """What names people where their ids may not stand."""

    @property
    def skills_digest(self) -> str:
        """Name the skills adapter's weights; an adapter of other ones is foreign."""
        return manifest_digest(self.skills.directory) if self.skills else ""

    def start(self, lessons: Iterable[Lesson]) -> AdapterRef | None:
        """Return the weights from which these lessons are learned anew."""
        has_tools = any(map(is_tool, lessons))
        return (self.caller if has_tools else None) or self.skills

    def gate(self, lesson: Lesson) -> Gate:
        """Judge whether policy, scope and moderators let weights learn a lesson."""
        if lesson.memory_only:
            return Gate(granted=False, reason=kept_in_memory())
        return may_train(
            lesson.provenance,
            lesson.platform,
            lesson.scope,
            permissions=self.permissions,
        )

    def trainable(self, lesson: Lesson) -> bool:
        """Say whether weights may learn a lesson."""
        return self.gate(lesson).granted

    def is_foreign(self, adapter: Adapter) -> bool:
        """Say whether an adapter belongs to another base or skills adapter."""
        return (
            adapter.base_digest != self.base.digest
            or adapter.skills_digest != self.skills_digest
        )


def manifest_digest(directory: Path) -> str:
    """Hash an adapter's manifest, which holds the hashes of its files."""
    return hashlib.sha256((directory / MANIFEST).read_bytes()).hexdigest()


def refusal(actor: Actor, permission: Permission) -> Refused | None:
    """Return why this person may not, or None where they may."""
    if may(actor.role, permission):
        return None
    return Refused(not_allowed(permission))
