"""A lesson as a row of a file: what an export writes, and an import reads."""

from datetime import UTC, datetime

from bot import phrases
from bot.messages import Actor, ImportProblem, ImportRow, Teaching
from learning.lesson import Lesson, LessonKind
from moderation.policy import TERMINAL
from moderation.provenance import Provenance


def write(lesson: Lesson) -> dict[str, str]:
    """Write a lesson as fields, leaving the empty ones out."""
    fields = {
        "kind": lesson.kind.value,
        "question": lesson.question,
        "answer": lesson.answer,
        "text": lesson.text,
        "source": lesson.source,
        "expires_at": lesson.expires_at.isoformat() if lesson.expires_at else "",
        "author": lesson.author_name,
        "taught_at": lesson.taught_at.isoformat(),
    }
    return {name: value for name, value in fields.items() if value}


def read(row: ImportRow, server: str, actor: Actor) -> Teaching | ImportProblem:
    """Turn a row into a teaching of the person who imports it, or say what is off.

    Without a kind, a row with a question is one and any other row is a fact.
    """
    if row.problem:
        return ImportProblem(row.line, row.problem)
    fields = {name: value.strip() for name, value in row.fields.items() if value}
    name = fields.get("kind") or ("qa" if "question" in fields else "fact")
    if name not in set(LessonKind):
        return ImportProblem(row.line, phrases.row_kind_unknown(name))
    kind = LessonKind(name)
    needed = fields_of(kind)
    if not all(fields.get(each) for each in needed):
        return ImportProblem(row.line, phrases.row_needs(sorted(needed)))
    try:
        expires_at = _date(fields.get("expires_at", ""))
    except ValueError:
        reason = phrases.row_date_malformed(fields["expires_at"])
        return ImportProblem(row.line, reason)
    words = {each: fields[each] for each in needed}
    return Teaching(
        server=server,
        actor=actor,
        kind=kind,
        question=words.get("question", ""),
        answer=words.get("answer", ""),
        text=words.get("text", ""),
        provenance=_provenance(actor),
        source=fields.get("source", ""),
        expires_at=expires_at,
    )


def _provenance(actor: Actor) -> Provenance:
    """A file on this machine is the operator's; on a platform, somebody's upload."""
    if actor.platform == TERMINAL:
        return Provenance.OPERATOR_FILE
    return Provenance.UPLOAD


def fields_of(kind: LessonKind) -> frozenset[str]:
    """Name the fields that hold a lesson's words."""
    if kind is LessonKind.QA:
        return frozenset({"question", "answer"})
    return frozenset({"text"})


def _date(value: str) -> datetime | None:
    if not value:
        return None
    date = datetime.fromisoformat(value)
    return date if date.tzinfo else date.replace(tzinfo=UTC)
