"""What platforms and the core say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from learning.engine import Message
from learning.lesson import Lesson, LessonKind
from learning.run import RunKind
from moderation.policy import Gate
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from moderation.roles import Role
from moderation.verdict import Verdict

if TYPE_CHECKING:
    from learning.exam import Scorecard

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
    message: str = ""
    """The id of the message that asks, where one does."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A lesson that an answer comes from, as people are told of it."""

    id: int
    author: str
    """The author's name."""
    text: str
    in_memory: bool
    """Shown to the model as a note; otherwise the weights gave it."""
    author_id: str = ""
    source: str = ""
    """The document or page it came from, with its heading."""


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
    id: int = 0
    """The answer's number in the journal, for feedback on it."""


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
    channel: str | None = None
    """The channel it was taught in; a thread counts as its parent."""
    message: str = ""
    """The message whose words they are; its edits and deletion are honoured."""
    words_of: str = ""
    """The id of the person who wrote that message, where it is somebody else."""
    platform: str = ""
    """Where the words came through, if not where the actor is: a file may know."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lesson in the review queue, with what screening found."""

    lesson: Lesson
    verdict: Verdict
    gate: Gate
    """Whether weights may learn it, and why."""


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
    MEMORY_ONLY = "memory_only"
    """Approved, but never for the weights."""
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """A moderator decides about one waiting lesson."""

    server: str
    actor: Actor
    lesson: int
    ruling: Ruling
    reason: str = ""
    seen: str | None = None
    """The digest of the lesson that the moderator read; None does not compare."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should be told, for example that their lesson passed."""

    server: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that may not be done, in a sentence that says why."""

    text: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A waiting lesson as it stands after a moderator's decision."""

    lesson: Lesson
    ruling: Ruling
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovedAll:
    """What approving in bulk let through, and what needs a look one by one."""

    approved: tuple[Lesson, ...]
    held: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """How a run ended: promoted, or refused with reasons and nothing changed."""

    promoted: bool
    reason: str
    run: str
    kind: RunKind
    adapter: str | None
    """The adapter that now answers; None is the bare base."""
    lessons: tuple[int, ...]
    """What was new to the weights."""
    not_taken: tuple[int, ...]
    """New lessons that the weights did not take; memory goes on knowing them."""
    before: Scorecard
    after: Scorecard
    seconds: float


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A lesson that is gone from memory, and the adapters withdrawn with it."""

    lesson: Lesson
    withdrawn: tuple[str, ...]
    """Adapters that had been trained on it and left service."""
    fresh_run_due: bool
    """Whether the next run builds a fresh adapter without it."""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The pointer after a rollback."""

    before: str | None
    after: str | None
    """None is what a server with no adapter has: the skills adapter or the base."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Where a server stands."""

    server: str
    adapter: str | None
    """The adapter that answers; None is the bare base."""
    known: int
    """Approved lessons: memory knows them all."""
    waiting: int
    """Lessons in the review queue."""
    to_learn: int
    """Approved lessons that the weights have not learned and may."""
    fresh_run_due: bool
    running: str | None
    """The id of the run in progress."""
    last_run: str
    """The last run's outcome in a sentence, or an empty string."""


@dataclass(frozen=True, slots=True)
class Why:
    """Where a person's last answer came from."""

    question: str
    reply: Reply
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event of the journal, as people read it."""

    at: datetime
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a file of lessons, with its line number."""

    line: int
    fields: Mapping[str, str] = field(default_factory=dict)
    """`kind`, `question`, `answer`, `text`, `source`, `expires_at`."""
    problem: str = ""
    """Why the line could not be read, where it could not."""
    provenance: Provenance | None = None
    """Where Myna itself took it from; None leaves that to who imports it."""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A row that was not taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of lessons: all good rows wait for review."""

    waiting: tuple[Waiting, ...]
    problems: tuple[ImportProblem, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A lesson that waits no longer, or no longer is what its card shows."""

    lesson: Lesson
    by_name: str
    """Who decided; empty where nobody did, as when it expired."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LessonDetail:
    """All that can be said of one lesson."""

    lesson: Lesson
    gate: Gate
    decided_by: str
    adapters: tuple[str, ...]
    """The adapters whose weights learned it, and are still kept."""
    answers: int
    """How many answers came from it, as far as they are kept."""


@dataclass(frozen=True, slots=True)
class Rated:
    """The thumbs of an answer after one more."""

    answer: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Consented:
    """What the author of a message said about a lesson made of it."""

    lesson: Lesson
    given: bool


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """What is stored about one person on one server."""

    lessons: tuple[Lesson, ...]
    """Those that they taught, and those made of their messages."""
    answers: int
    """How many of their questions are kept."""
    opted_out: bool


@dataclass(frozen=True, slots=True)
class Deleted:
    """What went when a person asked for their data to be deleted."""

    lessons: tuple[int, ...]
    answers: int
    withdrawn: tuple[str, ...]
    """Adapters that left service with them."""
