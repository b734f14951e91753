"""What platforms and the core say to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from learning.engine import Message
from learning.lesson import Consent, Lesson, LessonKind, LessonState
from learning.run import RunKind
from moderation.policy import Gate
from moderation.provenance import SERVER_WIDE, Provenance, Scope
from moderation.review import NOTHING_KNOWN, Circumstances
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
class WaitingCall:
    """A call that changes something, before the person who asked has confirmed it."""

    id: str
    """Names it for a button; it is good once, for a few minutes, for that person."""
    lesson: int
    tool: str
    host: str
    """Where it would go."""
    method: str
    arguments: tuple[tuple[str, str], ...]
    """Names and values, as people read them."""


@dataclass(frozen=True, slots=True)
class SecretInfo:
    """A secret that admins stored for tools; its value is shown to nobody."""

    name: str
    host: str
    """The only host that it is sent to."""
    set_by: str
    """The id of the admin who stored it."""
    set_at: datetime


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
    offer_research: bool = False
    """Nobody taught it, and the asker may have it looked up on the web."""
    call: WaitingCall | None = None
    """What would be done once the asker confirms it; `text` asks whether to."""


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
    examples: tuple[tuple[str, str], ...] = ()
    """Messages and the replies that a rule asks for."""
    supersedes: int | None = None
    """The lesson that it corrects; only its approval replaces that one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lesson in the review queue, with what screening found."""

    lesson: Lesson
    verdict: Verdict
    gate: Gate
    """Whether weights may learn it, and why."""
    replaces: Lesson | None = None
    """What its approval takes out of memory, while that has words."""
    rewordings: tuple[str, ...] = ()
    """A few of the other wordings that weights would learn it in."""
    about: Circumstances = NOTHING_KNOWN

    @property
    def flagged(self) -> bool:
        """Whether somebody has to look at it alone before it may be approved."""
        asked = self.lesson.consent is Consent.ASKED
        replaces = self.lesson.supersedes is not None
        return bool(self.verdict.findings) or asked or replaces


@dataclass(frozen=True, slots=True)
class Taught:
    """What became of a teaching: waiting for review, or refused with reasons."""

    waiting: Waiting | None
    verdict: Verdict

    @property
    def refused(self) -> bool:
        return self.waiting is None


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned message, as its platform gave it."""

    message: str
    text: str
    is_persons: bool = True
    """Whether a person wrote it, and no bot."""


@dataclass(frozen=True, slots=True)
class TaughtPins:
    """What became of a channel's pinned messages."""

    waiting: tuple[int, ...] = ()
    """Lessons that wait for review."""
    asked: tuple[int, ...] = ()
    """Lessons whose words' author was asked, and has to agree first."""
    unasked: tuple[int, ...] = ()
    """Lessons whose words' author has to agree, but could not be asked."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many were left out, for each reason."""


@dataclass(frozen=True, slots=True)
class Correction:
    """New words for an approved lesson; None leaves a field as it is."""

    lesson: int
    question: str | None = None
    answer: str | None = None
    text: str | None = None
    examples: tuple[tuple[str, str], ...] | None = None

    @property
    def fields(self) -> frozenset[str]:
        """Name what is to change."""
        given = {
            "question": self.question,
            "answer": self.answer,
            "text": self.text,
            "examples": self.examples,
        }
        return frozenset(name for name, value in given.items() if value is not None)


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
    waits: bool = False
    """Whether what was asked for waits, to be asked for again as it is."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A lesson after a decision; an approved one may wait for a second moderator."""

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
    rewordings: tuple[str, ...] = ()
    """A few of the other wordings of the lesson that answered."""


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
    """`kind`, `question`, `answer`, `text`, `examples`, `source`, `expires_at`."""
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
class RefusedPassage:
    """A passage that was left out, and why."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class AddedDocument:
    """What became of a document that was read."""

    document: int | None
    """Its number; None where nothing of it was put up. Of one that did not change,
    the number it has."""
    source: str
    title: str
    waiting: tuple[Waiting, ...] = ()
    """The passages that wait for review."""
    problems: tuple[RefusedPassage, ...] = ()
    repeats: int = 0
    """Passages that the server has already, approved or waiting."""
    left_out: int = 0
    """Passages beyond the most that one document may put up at once."""
    gone: tuple[int, ...] = ()
    """Lessons whose passages an older reading had, and this one has no more."""
    unchanged: bool = False
    """It says what it said when it was read before."""


@dataclass(frozen=True, slots=True)
class DocumentPassage:
    """A passage as reviewers see it."""

    lesson: Lesson
    verdict: Verdict
    decided_by: str = ""
    """The name of who approved or rejected it."""
    reason: str = ""
    replaces: Lesson | None = None
    """What it says anew, where it is another wording of an older passage."""

    @property
    def position(self) -> int:
        return self.lesson.position or 0

    @property
    def waits(self) -> bool:
        return self.lesson.state is LessonState.PENDING

    @property
    def flagged(self) -> bool:
        """Whether somebody has to look at it alone before it may be approved."""
        asked = self.lesson.consent is Consent.ASKED
        return self.waits and (asked or bool(self.verdict.findings))


@dataclass(frozen=True, slots=True)
class DocumentDigest:
    """A document and how its passages stand."""

    server: str
    id: int
    source: str
    """A link or a file's name; empty once its last passage was forgotten."""
    title: str
    query: str
    """What was searched for, where it was found by searching."""
    added_by: str
    """The id of who brought it."""
    added_by_name: str
    added_at: datetime
    supersedes: int | None
    """The document that this is a newer reading of."""
    passages: tuple[DocumentPassage, ...]
    gone: tuple[Lesson, ...] = ()
    """Lessons, still known, whose passages this reading has no more."""
    gate: Gate | None = None
    """Whether weights may learn it, and why; None where nothing is left of it."""

    @property
    def waiting(self) -> tuple[DocumentPassage, ...]:
        return tuple(each for each in self.passages if each.waits)

    @property
    def flagged(self) -> tuple[DocumentPassage, ...]:
        return tuple(each for each in self.passages if each.flagged)

    @property
    def headings(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The headings in their order, each with the positions under it."""
        found: dict[str, list[int]] = {}
        for each in self.passages:
            found.setdefault(each.lesson.heading, []).append(each.position)
        return tuple((name, tuple(under)) for name, under in found.items())

    @property
    def seen(self) -> str:
        """A digest of all its words, to tell whether they were edited since."""
        words = [(each.lesson.id, each.lesson.digest) for each in self.passages]
        return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ToReview:
    """All that waits for review: documents as wholes, and lessons by themselves."""

    documents: tuple[DocumentDigest, ...]
    """Those with flagged passages first."""
    lessons: tuple[Waiting, ...]
    """The flagged ones first, and of those the oldest."""
    at: datetime | None = None
    """When it was looked up."""

    @property
    def flagged(self) -> int:
        """How many lessons and documents have to be looked at alone."""
        documents = sum(bool(each.flagged) for each in self.documents)
        return documents + sum(each.flagged for each in self.lessons)

    @property
    def second(self) -> int:
        """How many lessons were approved once, and wait for another moderator."""
        return sum(bool(each.about.approved_by) for each in self.lessons)

    @property
    def oldest_seconds(self) -> float:
        """For how long the oldest of them has waited."""
        since = [each.lesson.taught_at for each in self.lessons]
        since += [each.added_at for each in self.documents]
        if not since or self.at is None:
            return 0.0
        return (self.at - min(since)).total_seconds()


@dataclass(frozen=True, slots=True)
class DecidedDocument:
    """What a decision about a document, or parts of it, did."""

    digest: DocumentDigest
    ruling: Ruling
    decided: tuple[Lesson, ...]
    held: tuple[DocumentPassage, ...] = ()
    """Passages that need a look one by one, and go on waiting."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ForgottenDocument:
    """A document that is gone, and the adapters withdrawn with it."""

    document: int
    lessons: tuple[int, ...]
    withdrawn: tuple[str, ...]
    fresh_run_due: bool


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
    rewordings: tuple[str, ...] = ()
    """A few of the other wordings that weights would learn it in."""
    query: str = ""
    """What was searched for, where its document was found by searching."""


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


@dataclass(frozen=True, slots=True)
class ResearchResult:
    """A page that a search found: somebody else's words, screened, never obeyed."""

    number: int
    """What people pick it by, from 1."""
    title: str
    url: str
    host: str
    snippet: str
    withheld: str = ""
    """Why its words are not shown, where they did not pass the screen."""


@dataclass(frozen=True, slots=True)
class Researched:
    """What was found on a topic, for a teacher to pick from."""

    id: str
    """Names these results; others have another name."""
    topic: str
    results: tuple[ResearchResult, ...]
    troubles: tuple[str, ...] = ()
    """A sentence for each search engine that was asked in vain."""


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """A page or file that was not read, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of several pages or files: each read is a document in review."""

    documents: tuple[AddedDocument, ...] = ()
    problems: tuple[SourceProblem, ...] = ()
    left_out: int = 0
    """How many more there are than one import reads."""


@dataclass(frozen=True, slots=True)
class WatchReport:
    """A page that is read again by itself, and how that goes."""

    source: str
    every_hours: int
    added_by: str
    """The name of the person who asked for it."""
    checked_at: datetime | None
    problem: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """A page that is watched from now on."""

    watch: WatchReport
    document: AddedDocument | None
    """What was read of it now; None where it was known already and is the same."""
