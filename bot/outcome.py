"""What became of one line of input: what people read and what --json prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.messages import Credit, Refused
from learning.lesson import Lesson


class OutcomeKind(StrEnum):
    """What sort of thing happened; docs/cli.md explains each."""

    ANSWER = "answer"
    TAUGHT = "taught"
    REVIEW = "review"
    REVIEWED = "reviewed"
    EDITED = "edited"
    LEARNED = "learned"
    WHY = "why"
    LESSONS = "lessons"
    DOCUMENTS = "documents"
    STATUS = "status"
    HISTORY = "history"
    ROLLED_BACK = "rolled_back"
    FORGOTTEN = "forgotten"
    EXPORTED = "exported"
    PRIVACY = "privacy"
    IMPORTED = "imported"
    RESEARCHED = "researched"
    WATCHES = "watches"
    SETTING = "setting"
    CANARIES = "canaries"
    HELP = "help"
    QUIT = "quit"
    REFUSED = "refused"
    STOPPED = "stopped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line's result."""

    kind: OutcomeKind
    text: str
    ok: bool = True
    """False only where the command failed; an abstention is a result."""
    abstained: bool = False
    lessons: tuple[Mapping[str, Any], ...] = ()
    """Each with `id`, `author` and `text`, and more by kind."""
    notes: tuple[Mapping[str, Any], ...] = ()
    adapter: str | None = None
    seconds_to_first_token: float | None = None
    seconds: float = 0.0
    error: str | None = None
    source: str = ""
    """The line under an answer that says who taught it."""
    notices: tuple[str, ...] = ()
    """What this person should be told besides, such as their lesson's approval."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of this kind."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that --json prints, as docs/cli.md describes it."""
        fields = {name: getattr(self, name) for name in _FIELDS}
        return {**fields, **self.extra, "kind": self.kind.value}


_FIELDS = (
    "kind",
    "ok",
    "text",
    "abstained",
    "lessons",
    "notes",
    "adapter",
    "seconds_to_first_token",
    "seconds",
    "error",
    "source",
    "notices",
)


def from_json(fields: Mapping[str, Any]) -> Outcome:
    """Read what to_json wrote, after its way through a socket."""
    known = {name: fields[name] for name in _FIELDS}
    known["kind"] = OutcomeKind(known["kind"])
    for name in ("lessons", "notes", "notices"):
        known[name] = tuple(known[name])
    extra = {name: value for name, value in fields.items() if name not in _FIELDS}
    return Outcome(**known, extra=extra)


def error(sentence: str) -> Outcome:
    """Say that a command failed."""
    return Outcome(OutcomeKind.ERROR, sentence, ok=False, error=sentence)


def credit_view(credit: Credit) -> dict[str, Any]:
    """Show a lesson that an answer comes from."""
    return {
        "id": credit.id,
        "author": credit.author,
        "text": credit.text,
        "in_memory": credit.in_memory,
        "source": credit.source,
    }


def lesson_view(lesson: Lesson) -> dict[str, Any]:
    """Show a lesson that a command was about."""
    return {
        "id": lesson.id,
        "author": lesson.author_name,
        "text": lesson.statement,
        "kind": lesson.kind.value,
        "state": lesson.state.value,
    }


def refused(result: Refused) -> Outcome:
    """Say that the core would not: the command was not carried out."""
    return Outcome(OutcomeKind.REFUSED, result.text, ok=False, error=result.text)


def views(lessons: Sequence[Lesson]) -> tuple[dict[str, Any], ...]:
    """Show several lessons."""
    return tuple(map(lesson_view, lessons))
