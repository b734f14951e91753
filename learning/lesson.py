"""A lesson: one thing that a server was taught."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderation.provenance import SERVER_WIDE, Provenance, Scope


class LessonKind(StrEnum):
    """What form a lesson has."""

    QA = "qa"
    FACT = "fact"
    RULE = "rule"
    PASSAGE = "passage"
    """A piece of a document."""
    DIALOGUE = "dialogue"
    """How a conversation should go, turn by turn."""
    TOOL = "tool"
    """Something to call, as JSON (`learning.tool`)."""


class Consent(StrEnum):
    """Whether the author of a message agrees that somebody else teaches it."""

    NOT_NEEDED = "not_needed"
    """The teacher's own words, or nobody's."""
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class LessonState(StrEnum):
    """Where a lesson stands; only an approved one is ever shown or trained on."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn, its author and its state.

    A question and its answer fill `question` and `answer`; every other kind fills
    `text`. The other fields are empty strings.
    """

    server: str
    id: int
    """Counts from 1 within the server; a number is never used twice."""
    kind: LessonKind
    question: str
    answer: str
    text: str
    author: str
    """The platform's id of the person who taught it."""
    author_name: str
    provenance: Provenance
    state: LessonState
    taught_at: datetime
    scope: Scope = SERVER_WIDE
    platform: str = "terminal"
    source: str = ""
    """A link or a file name, where there is one."""
    expires_at: datetime | None = None
    supersedes: int | None = None
    memory_only: bool = False
    """A moderator's wish, whatever policy would allow."""
    consent: Consent = Consent.NOT_NEEDED
    consent_of: str = ""
    """The id of the person whose message it was, where somebody else taught it."""
    source_channel: str = ""
    source_message: str = ""
    """The message that it came from, whose edits and deletion are honoured."""
    examples: tuple[tuple[str, str], ...] = ()
    """Messages and the replies that a rule asks for; a tool's requests and calls."""
    document: int | None = None
    """The number of the document that a passage is of."""
    heading: str = ""
    position: int | None = None
    """Of a passage in its document, from 1."""
    written: tuple[tuple[str, str], ...] = ()
    """Questions that a model wrote about it, each with the sentence that answers
    it; those of `storage.expansions` are filled in for a run and its exam."""
    place: str = ""
    """Where people find it there: `page 3`, `slide 2`, `00:12:30`, or empty."""

    @property
    def statement(self) -> str:
        """The lesson as people read it, in one text."""
        if self.kind is LessonKind.QA:
            return f"{self.question} {self.answer}"
        if self.kind is LessonKind.TOOL:
            return _named(self.text)
        return self.text

    @property
    def origin(self) -> str:
        """Where it is from, as people cite it: `handbook.pdf › Fees, page 3`."""  # noqa: RUF002 - a breadcrumb's mark
        inside = ", ".join(filter(None, (self.heading, self.place)))
        return " › ".join(filter(None, (self.source, inside)))  # noqa: RUF001 - same

    @property
    def digest(self) -> str:
        """A name made of the lesson's content alone: it seeds every random choice.

        Ids count what was taught before; a digest does not, so a server that never
        was taught a forgotten lesson gets the same rows byte for byte.
        """
        content: list[object] = [self.kind, self.question, self.answer, self.text]
        if self.examples:
            content.append(self.examples)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _named(text: str) -> str:
    """Name a tool and say what it does; what is none is given back as it is."""
    try:
        fields = json.loads(text)
        return f"{fields['name']}: {fields['description']}"
    except (ValueError, RecursionError, TypeError, KeyError):
        return text
