"""The commands of a chat, as types, and how people are told to write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bot.messages import Correction
from learning.lesson import LessonKind
from learning.run import RunKind


@dataclass(frozen=True, slots=True)
class Ask:
    """Anything that is not a command is a question."""

    text: str


@dataclass(frozen=True, slots=True)
class Teach:
    """Teach a question with its answer, a fact, a rule, a dialogue or a tool."""

    kind: LessonKind
    question: str = ""
    answer: str = ""
    text: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    """A rule's: messages and the replies that it asks for."""


@dataclass(frozen=True, slots=True)
class Review:
    """Show the lessons that wait for review."""


@dataclass(frozen=True, slots=True)
class Approve:
    """Let lessons be learned; None stands for all that wait."""

    lessons: tuple[int, ...] | None
    memory_only: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse lessons, and say why."""

    lessons: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ApproveDocument:
    """Let a document be learned, or some of its passages; None stands for all."""

    document: int
    parts: frozenset[int] | None = None
    memory_only: bool = False


@dataclass(frozen=True, slots=True)
class RejectDocument:
    """Refuse a document, or some of its passages, and say why."""

    document: int
    parts: frozenset[int] | None
    reason: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Change the words of a waiting lesson; None leaves a field as it is."""

    lesson: int
    question: str | None = None
    answer: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Correct:
    """Propose new words for an approved lesson, which they will replace."""

    correction: Correction
    typed: str = field(default="", compare=False)
    """All that was typed after the number: a tool's words have labels of their own."""


@dataclass(frozen=True, slots=True)
class Learn:
    """Train on what was approved; None lets Myna choose where to start from."""

    start: RunKind | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Say what the last answer came from."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """List lessons, or those that contain some words."""

    search: str = ""


@dataclass(frozen=True, slots=True)
class Show:
    """Say all about one lesson: who taught it, and what it changed."""

    lesson: int


@dataclass(frozen=True, slots=True)
class Documents:
    """List what was read as a whole."""


@dataclass(frozen=True, slots=True)
class ShowDocument:
    """Show a document with its passages."""

    document: int


@dataclass(frozen=True, slots=True)
class Widen:
    """Let the whole server know a waiting lesson of one channel."""

    lesson: int


@dataclass(frozen=True, slots=True)
class Setup:
    """Begin to learn; lessons are reviewed in this channel."""

    review_channel: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Show the server's settings, or change one."""

    name: str = ""
    value: str = ""


class PrivacyWish(StrEnum):
    """What somebody wants done with their own data."""

    REPORT = "report"
    EXPORT = "export"
    DELETE = "delete"
    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"


@dataclass(frozen=True, slots=True)
class Privacy:
    """Say what is stored about me, export or delete it, or opt out."""

    wish: PrivacyWish = PrivacyWish.REPORT
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """Say how the server stands."""


@dataclass(frozen=True, slots=True)
class History:
    """List what was promoted, refused and rolled back."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """Go back to an older adapter; None is the one before."""

    version: int | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete lessons, from memory and from weights."""

    lessons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ForgetDocument:
    """Delete all passages of a document, from memory and from weights."""

    document: int


@dataclass(frozen=True, slots=True)
class Export:
    """Write the server's lessons to a file; None writes them to the answer."""

    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """Write the journal: who did what, when and why."""


@dataclass(frozen=True, slots=True)
class Import:
    """Read lessons from a file, a document or a page, all into review."""

    path: Path = Path()
    url: str = ""
    """A page of the web; then there is no path."""


@dataclass(frozen=True, slots=True)
class ImportMcp:
    """Put the tools of an MCP server into review."""

    url: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Do what Myna asked about; empty stands for the last call it asked about."""

    call: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Leave what Myna asked about; empty stands for the last call it asked about."""

    call: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """List the secrets that tools may use, never their values."""


@dataclass(frozen=True, slots=True)
class SetSecret:
    """Store a secret that tools may send to one host."""

    name: str
    host: str
    value: str = field(default="", repr=False)
    """Empty where it is still to be typed, where nobody sees it."""


@dataclass(frozen=True, slots=True)
class RemoveSecret:
    """Delete a secret."""

    name: str


@dataclass(frozen=True, slots=True)
class Research:
    """Search the web for a topic."""

    topic: str


@dataclass(frozen=True, slots=True)
class PickResults:
    """Read some of the pages that were found, all into review."""

    numbers: tuple[int, ...]
    research: str = ""
    """The results that are meant; the last ones where it is empty."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Read a page again by itself, and put what changed up for review."""

    url: str
    every_hours: int


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Watch a page no longer."""

    url: str


@dataclass(frozen=True, slots=True)
class Watches:
    """List the pages that are watched."""


@dataclass(frozen=True, slots=True)
class AddCanary:
    """Guard the answer to a question against training."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Canaries:
    """List the answers that are guarded."""


@dataclass(frozen=True, slots=True)
class RemoveCanary:
    """Guard an answer no longer."""

    canary: int


@dataclass(frozen=True, slots=True)
class UseMemory:
    """Show notes to the model from now on, or no longer."""

    shown: bool


@dataclass(frozen=True, slots=True)
class UseAdapter:
    """Answer with the current adapter, none, or a version."""

    choice: str


@dataclass(frozen=True, slots=True)
class Help:
    """List the commands."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave."""


Command = (
    Ask
    | Teach
    | Review
    | Approve
    | ApproveDocument
    | Reject
    | RejectDocument
    | Edit
    | Correct
    | Learn
    | Why
    | Lessons
    | Show
    | Documents
    | ShowDocument
    | Widen
    | Setup
    | Config
    | Privacy
    | Status
    | History
    | Rollback
    | Forget
    | ForgetDocument
    | Export
    | Audit
    | Import
    | ImportMcp
    | Confirm
    | Cancel
    | Secrets
    | SetSecret
    | RemoveSecret
    | Research
    | PickResults
    | Watch
    | Unwatch
    | Watches
    | AddCanary
    | Canaries
    | RemoveCanary
    | UseMemory
    | UseAdapter
    | Help
    | Quit
)

USAGE: Mapping[str, tuple[str, str]] = {
    "/teach": (
        "/teach question: ... answer: ...",
        "teach an answer; also fact: ..., rule: ..., dialogue: ..., tool: ...",
    ),
    "/review": ("/review", "show the lessons that wait for review"),
    "/approve": (
        "/approve 1 2 5-8",
        "let lessons be learned; also all, 1 memory-only, document 3 [1-4 7]",
    ),
    "/reject": (
        "/reject 1 reason: ...",
        "refuse a lesson, or document 3 [1-4 7], and say why",
    ),
    "/edit": ("/edit 1 answer: ...", "change its question:, answer: or text:"),
    "/correct": ("/correct 1 answer: ...", "say what an approved lesson should say"),
    "/learn": ("/learn", "train on what was approved; /learn fresh starts over"),
    "/why": ("/why", "say what the last answer came from"),
    "/lessons": ("/lessons [words]", "list lessons, or those with these words"),
    "/lesson": ("/lesson 1", "say who taught it, and what it changed"),
    "/documents": ("/documents", "list the files and pages that were read"),
    "/document": ("/document 3", "show a document with its passages"),
    "/widen": ("/widen 1", "let the whole server know one channel's lesson"),
    "/status": ("/status", "say how this server stands"),
    "/history": ("/history", "list what was promoted and rolled back"),
    "/rollback": ("/rollback [version]", "go back to an older adapter"),
    "/forget": (
        "/forget 1",
        "delete a lesson, or document 3, from memory and from weights",
    ),
    "/export": ("/export [file]", "write all lessons as JSON lines"),
    "/import": (
        "/import file|link",
        "read lessons, tools, a document or a page into review; also mcp link",
    ),
    "/confirm": ("/confirm [id]", "let Myna make the call that it asked about"),
    "/cancel": ("/cancel [id]", "keep it from making that call"),
    "/secrets": ("/secrets", "list the secrets of tools and their hosts, no values"),
    "/secret": (
        "/secret NAME HOST",
        "store a key for tools at one host, typed unseen; /secret remove NAME",
    ),
    "/research": (
        "/research topic",
        "search the web; then /research pick 1 3 reads pages into review",
    ),
    "/watch": (
        "/watch link daily|weekly",
        "read a page again by itself; /watch lists, /watch stop link ends",
    ),
    "/canary": (
        "/canary add question | answer",
        "guard an answer: what changes it is not promoted; /canary lists, remove 1",
    ),
    "/memory": ("/memory on|off", "show the model notes, or none"),
    "/adapter": ("/adapter current|off|VERSION", "choose the weights that answer"),
    "/privacy": (
        "/privacy",
        "what is stored about you; also export, delete, opt-out, opt-in",
    ),
    "/setup": ("/setup #channel", "let a server learn, and review there"),
    "/config": ("/config [name value]", "show the server's settings, or change one"),
    "/help": ("/help", "show this list"),
    "/quit": ("/quit", "leave"),
}


def usage() -> str:
    """List every command with what it does, one a line."""
    column = max(len(form) for form, _ in USAGE.values()) + 2
    return "\n".join(f"{form:<{column}}{what}" for form, what in USAGE.values())
