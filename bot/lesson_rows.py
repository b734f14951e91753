"""A lesson as a row of a file: what an export writes, and an import reads."""

from datetime import UTC, datetime

from bot import examples, phrases
from bot.messages import Actor, ImportProblem, ImportRow, Teaching
from learning.errors import LessonError
from learning.lesson import Lesson, LessonKind
from moderation.policy import ON_PLATFORM, TERMINAL, strictest
from moderation.provenance import SERVER_WIDE, Provenance, Scope


def write(lesson: Lesson) -> dict[str, str]:
    """Write a lesson as fields, leaving the empty ones out."""
    fields = {
        "kind": lesson.kind.value,
        "question": lesson.question,
        "answer": lesson.answer,
        "text": lesson.text,
        "examples": examples.write_lines(lesson.examples),
        "source": lesson.source,
        "heading": lesson.heading,
        "place": lesson.place,
        "expires_at": lesson.expires_at.isoformat() if lesson.expires_at else "",
        "author": lesson.author_name,
        "taught_at": lesson.taught_at.isoformat(),
        "provenance": lesson.provenance.value,
        "platform": lesson.platform,
        "channel": lesson.scope.channel or "",
    }
    return {name: value for name, value in fields.items() if value}


def read(row: ImportRow, server: str, actor: Actor) -> Teaching | ImportProblem:
    """Turn a row into a teaching of the person who imports it, or say what is off.

    Without a kind, a row with a question is one and any other row is a fact.
    """
    if row.problem:
        return ImportProblem(row.line, row.problem)
    try:
        return _read(row, server, actor)
    except LessonError as exc:
        return ImportProblem(row.line, str(exc))


def _read(row: ImportRow, server: str, actor: Actor) -> Teaching:
    """Raises LessonError where a field is missing or malformed."""
    fields = {name: value.strip() for name, value in row.fields.items() if value}
    name = fields.get("kind") or ("qa" if "question" in fields else "fact")
    if name not in set(LessonKind):
        raise LessonError(phrases.row_kind_unknown(name))
    kind = LessonKind(name)
    needed = fields_of(kind)
    if not all(fields.get(each) for each in needed):
        raise LessonError(phrases.row_needs(sorted(needed)))
    expires_at = _date(fields.get("expires_at", ""))
    shown = examples.read_lines(fields.get("examples", ""))
    words = {each: fields[each] for each in needed}
    if not all(map(_is_text, fields.values())):
        raise LessonError(phrases.row_is_no_text())
    channel = fields.get("channel")
    return Teaching(
        server=server,
        actor=actor,
        kind=kind,
        question=words.get("question", ""),
        answer=words.get("answer", ""),
        text=words.get("text", ""),
        examples=shown,
        provenance=row.provenance or _provenance(actor, fields.get("provenance", "")),
        scope=Scope(channel) if channel else SERVER_WIDE,
        source=fields.get("source", ""),
        expires_at=expires_at,
        platform=_platform(actor, fields.get("platform", "")),
    )


def _provenance(actor: Actor, told: str) -> Provenance:
    """A file on this machine is the operator's; on a platform, somebody's upload.

    What an export says of where the words came from may make it stricter, never
    laxer.
    """
    is_local = actor.platform == TERMINAL
    own = Provenance.OPERATOR_FILE if is_local else Provenance.UPLOAD
    return strictest(own, Provenance(told)) if told in set(Provenance) else own


def _platform(actor: Actor, told: str) -> str:
    """Believe a file on where its words came through only on this machine."""
    return told if actor.platform == TERMINAL and told in ON_PLATFORM else ""


def _is_text(value: str) -> bool:
    """Say whether a value can be stored: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def fields_of(kind: LessonKind) -> frozenset[str]:
    """Name the fields that hold a lesson's words."""
    if kind is LessonKind.QA:
        return frozenset({"question", "answer"})
    return frozenset({"text"})


def _date(value: str) -> datetime | None:
    """Raises LessonError where it is no date."""
    if not value:
        return None
    try:
        date = datetime.fromisoformat(value)
    except ValueError as exc:
        raise LessonError(phrases.row_date_malformed(value)) from exc
    return date if date.tzinfo else date.replace(tzinfo=UTC)
