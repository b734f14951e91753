"""What platforms and the core say to each other."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from learning.engine import Message
from learning.lesson import Lesson, LessonKind
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from moderation.roles import Role
from moderation.verdict import Verdict

CURRENT = "current"
OFF = "off"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks, teaches or decides."""

    id: str
    name: str
    role: Role
    platform: str = "terminal"


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody asks something on a server."""

    server: str
    actor: Actor
    text: str
    channel: str | None = None
    history: tuple[Message, ...] = ()
    memory: bool = True
    """Whether notes may be shown to the model."""
    adapter: str = CURRENT
    """`current`, `off`, or a version number of this server."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A lesson that an answer comes from, as people are told of it."""

    id: int
    author: str
    text: str
    in_memory: bool
    """Shown to the model as a note; otherwise the weights gave it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, where it comes from and how long it took."""

    text: str
    abstained: bool = False
    lessons: tuple[Credit, ...] = ()
    """What the answer comes from, by note or by weights."""
    notes: tuple[Credit, ...] = ()
    """What was shown to the model."""
    adapter: str | None = None
    """The adapter's name, `<server>/<version>`; None is the bare base."""
    seconds_to_first_token: float = 0.0
    seconds: float = 0.0
    withheld: bool = False
    """The model's words did not pass the screen; `text` says so instead."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """Somebody teaches something on a server."""

    server: str
    actor: Actor
    kind: LessonKind
    question: str = ""
    answer: str = ""
    text: str = ""
    provenance: Provenance = Provenance.TYPED
    scope: Scope = SERVER_WIDE
    source: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lesson in the review queue, with what screening found."""

    lesson: Lesson
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Taught:
    """What became of a teaching: waiting for review, or refused with reasons."""

    waiting: Waiting | None
    verdict: Verdict

    @property
    def refused(self) -> bool:
        return self.waiting is None


class Ruling(StrEnum):
    """What a moderator may say of a waiting lesson."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """A moderator decides about one waiting lesson."""

    server: str
    actor: Actor
    lesson: int
    ruling: Ruling
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should be told, for example that their lesson passed."""

    server: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `queued`, `preparing`, `training`, `exam`."""

    stage: str
    done: int = 0
    total: int = 0
    loss: float | None = None
    seconds_left: float | None = None
    text: str = ""
