"""What Myna says of documents, beside the sentences of bot.phrases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.flagged import explained
from bot.messages import Ruling
from bot.phrases import queue, ranges, waiting
from bot.review_phrases import queue_standing
from learning.lesson import Consent, LessonState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import (
        DecidedDocument,
        DocumentDigest,
        DocumentPassage,
        ForgottenDocument,
        ToReview,
    )

FIRST_WORDS = 80
"""Characters of a passage where many are listed."""
_STATES = {LessonState.PENDING: "waiting"}


def documents(of: Sequence[DocumentDigest]) -> str:
    """List documents, one a line."""
    if not of:
        return "No document was read here yet. /import file|link reads one."
    return "\n".join(map(document, of))


def document(of: DocumentDigest) -> str:
    """One document on a line: what it is, who brought it, how it stands."""
    return (
        f"Document {of.id}. {named(of)}, brought by {of.added_by_name}: {standing(of)}"
    )


def waiting_document(of: DocumentDigest) -> str:
    """One document of the review queue."""
    return f"{document(of)} (/document {of.id}, /approve document {of.id})"


def to_review(of: ToReview) -> str:
    """The review queue: documents as one entry each, then lessons."""
    if not of.documents and not of.lessons:
        return queue(())
    lessons = [waiting(each) for each in of.lessons]
    documents = map(waiting_document, of.documents)
    return "\n".join([queue_standing(of), *documents, *lessons])


def named(of: DocumentDigest) -> str:
    """A document's title, and its source where that says more."""
    return of.title if of.title == of.source else f"{of.title} ({of.source})"


def standing(of: DocumentDigest) -> str:
    """Count the passages by what became of them: `12 passages: 10 waiting (2 flagged)`."""
    counts = Counter(each.lesson.state for each in of.passages)
    told = []
    for state, count in counts.items():
        flagged = f" ({len(of.flagged)} flagged)" if of.flagged else ""
        more = flagged if state is LessonState.PENDING else ""
        told.append(f"{count} {_STATES.get(state, state.value)}{more}")
    if of.gone:
        told.append(f"{len(of.gone)} no longer in it")
    many = _passages(len(of.passages))
    return f"{many}: {', '.join(told)}." if told else f"{many}."


def digest(of: DocumentDigest) -> str:
    """All about one document, with its passages in full."""
    lines = [document(of)]
    if of.query:
        lines.append(f"Found by searching for {of.query!r}.")
    if of.supersedes is not None:
        lines.append(f"A newer reading of document {of.supersedes}.")
    if of.gate:
        lines.append(f"Weights: {of.gate.reason}")
    heading = None
    for each in of.passages:
        if each.lesson.heading != heading:
            heading = each.lesson.heading
            lines += ["", f"{heading or of.title}:"]
        lines.append(passage(each))
    if of.gone:
        lines += ["", "No longer in it; /forget takes them back:"]
        lines += [f"lesson {each.id}: {first_words(each.text)}" for each in of.gone]
    if of.waiting:
        lines += ["", how_to_decide(of)]
    return "\n".join(lines)


def passage(of: DocumentPassage) -> str:
    """One passage in full, with what was found in it and what it replaces."""
    lesson = of.lesson
    state = _STATES.get(lesson.state, lesson.state.value)
    by = f" by {of.decided_by}" if of.decided_by else ""
    place = f", {lesson.place}" if lesson.place else ""
    lines = [f"{of.position}. [lesson {lesson.id}{place}, {state}{by}] {lesson.text}"]
    lines += [f"   {reason}" for reason in reasons(of)]
    if of.replaces:
        lines.append(f"   {replaces(of)}")
    return "\n".join(lines)


def reasons(of: DocumentPassage) -> tuple[str, ...]:
    """Say why a passage needs a look: what was found in it, whose words it is."""
    told = explained(of.lesson, of.verdict.findings)
    found = [f"{severity}: {reason}" for severity, reason in told]
    if of.waits and of.lesson.consent is Consent.ASKED:
        found.append("hold: Its author has not agreed yet.")
    return tuple(found)


def replaces(of: DocumentPassage) -> str:
    old = of.replaces
    return f"Replaces lesson {old.id}: {first_words(old.text)}" if old else ""


def how_to_decide(of: DocumentDigest) -> str:
    return (
        f"/approve document {of.id}, /approve document {of.id} 1-4 7, or"
        f" /reject document {of.id} reason: ..."
    )


def outline(of: DocumentDigest) -> str:
    """The headings with the numbers of their passages, and how each begins."""
    lines = []
    heading = None
    for each in of.passages:
        if each.lesson.heading != heading:
            heading = each.lesson.heading
            lines.append(heading or of.title)
        lines.append(f"{each.position}. {first_words(each.lesson.text)}")
    return "\n".join(lines)


def flags(of: DocumentDigest) -> str:
    """What was found, passage by passage."""
    return "\n".join(
        f"{each.position}: {' '.join(reasons(each))}" for each in of.flagged
    )


def changes(of: DocumentDigest) -> str:
    """What replaces what, passage by passage."""
    return "\n".join(
        f"{each.position}: {replaces(each)}" for each in of.passages if each.replaces
    )


def decided(of: DecidedDocument) -> str:
    """What a decision about a document did."""
    number = of.digest.id
    told = []
    if of.decided:
        positions = ranges(each.position or 0 for each in of.decided)
        state = "rejected" if of.ruling is Ruling.REJECT else "approved"
        many = _passages(len(of.decided))
        now = "" if of.ruling is Ruling.REJECT else "; memory knows them now"
        told.append(f"Document {number}: {many} {state} ({positions}){now}.")
    if of.reason:
        told.append(of.reason)
    if of.held:
        held = ranges(each.position for each in of.held)
        alone = of.held[0]
        told.append(
            f"Document {number}: {held} need a look one by one and go on waiting:"
            f" /document {number}, then for example /approve {alone.lesson.id}."
        )
    return " ".join(told)


def forgotten(of: ForgottenDocument) -> str:
    """What went with a document."""
    told = f"Document {of.document} is forgotten: {_passages(len(of.lessons))}."
    if of.withdrawn:
        told += f" Withdrawn, because they had learned it: {', '.join(of.withdrawn)}."
    if of.fresh_run_due:
        told += " The next run builds a fresh adapter without it. (/learn)"
    return told


def first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= FIRST_WORDS else f"{line[: FIRST_WORDS - 1]}…"


def _passages(count: int) -> str:
    return f"{count} passage" if count == 1 else f"{count} passages"
