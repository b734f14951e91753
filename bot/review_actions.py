"""What teaching and reviewing do with the core, and how their results read."""

from collections.abc import Sequence

from bot import document_phrases, phrases, review_phrases
from bot.chat import Chat
from bot.document_actions import document_views
from bot.messages import Decision, Refused, Ruling, Taught, Teaching
from bot.outcome import Outcome, OutcomeKind, lesson_view, refused, views
from bot.vocabulary import Correct, Edit, Teach
from learning.errors import MynaError
from learning.lesson import Lesson


async def teach(chat: Chat, command: Teach) -> Outcome:
    """Put a lesson into the review queue."""
    teaching = Teaching(
        chat.server,
        chat.actor,
        command.kind,
        question=command.question,
        answer=command.answer,
        text=command.text,
        examples=command.examples,
        channel=chat.channel,
    )
    return _taught(OutcomeKind.TAUGHT, await chat.core.teach(teaching))


async def correct(chat: Chat, command: Correct) -> Outcome:
    """Propose new words for an approved lesson."""
    taught = await chat.core.correct_lesson(
        chat.server, chat.actor, command.correction, channel=chat.channel
    )
    return _taught(OutcomeKind.TAUGHT, taught)


async def edit(chat: Chat, command: Edit) -> Outcome:
    """Change a waiting lesson."""
    taught = await chat.core.edit(
        chat.server,
        chat.actor,
        command.lesson,
        question=command.question,
        answer=command.answer,
        text=command.text,
    )
    return _taught(OutcomeKind.EDITED, taught)


async def review(chat: Chat) -> Outcome:
    """Show the queue, each document as one entry, each lesson with its findings."""
    waiting = await chat.core.to_review(chat.server, chat.actor)
    if isinstance(waiting, Refused):
        return refused(waiting)
    shown = tuple(
        {
            **lesson_view(each.lesson),
            "findings": list(each.verdict.reasons),
            "flagged": each.flagged,
            "approved_by": list(each.about.approved_by),
        }
        for each in waiting.lessons
    )
    return Outcome(
        OutcomeKind.REVIEW,
        document_phrases.to_review(waiting),
        lessons=shown,
        extra={
            "documents": document_views(waiting.documents),
            "flagged": waiting.flagged,
            "second": waiting.second,
            "oldest_seconds": waiting.oldest_seconds,
        },
    )


async def approve_all(chat: Chat) -> Outcome:
    """Approve what one click may approve together."""
    result = await chat.core.approve_all(chat.server, chat.actor)
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.REVIEWED,
        review_phrases.approved_all(result),
        lessons=views(result.approved),
        extra={"held": [each.lesson.id for each in result.held]},
    )


async def approve(
    chat: Chat, lessons: Sequence[int], *, memory_only: bool = False
) -> Outcome:
    """Approve by number; of several, those that need a look of their own are left."""
    ruling = Ruling.MEMORY_ONLY if memory_only else Ruling.APPROVE
    if len(lessons) == 1:
        return await decide(chat, lessons, ruling)
    found = await chat.core.left_out(chat.server, chat.actor, lessons)
    if isinstance(found, Refused):
        return refused(found)
    held = {each.lesson.id: each for each in found}
    free = [lesson for lesson in lessons if lesson not in held]
    left = [lesson for lesson in lessons if lesson in held]
    notes = [review_phrases.left_out(held[lesson]) for lesson in left]
    return await decide(chat, free, ruling, held=left, notes=notes)


async def widen(chat: Chat, lesson: int) -> Outcome:
    """Let the whole server know a lesson that was for one channel."""
    result = await chat.core.widen(chat.server, chat.actor, lesson)
    if isinstance(result, Refused):
        return refused(result)
    told = phrases.widened(result)
    return Outcome(OutcomeKind.EDITED, told, lessons=(lesson_view(result.lesson),))


async def decide(
    chat: Chat,
    lessons: Sequence[int],
    ruling: Ruling,
    *,
    reason: str = "",
    held: Sequence[int] = (),
    notes: Sequence[str] = (),
) -> Outcome:
    """Decide about each lesson; one that fails does not keep the rest from it."""
    sentences, decided, failed = list[str](), list[Lesson](), list[str]()
    for lesson in lessons:
        decision = Decision(chat.server, chat.actor, lesson, ruling, reason)
        try:
            result = await chat.core.decide(decision)
        except MynaError as exc:
            failed.append(str(exc))
            continue
        if isinstance(result, Refused):
            failed.append(result.text)
            continue
        sentences.append(phrases.decided(result))
        decided.append(result.lesson)
    return Outcome(
        OutcomeKind.REVIEWED if decided or not failed else OutcomeKind.ERROR,
        "\n".join([*sentences, *failed, *notes]),
        ok=not failed,
        error=" ".join(failed) or None,
        lessons=views(decided),
        extra={"held": list(held)},
    )


def _taught(kind: OutcomeKind, result: Taught | Refused) -> Outcome:
    if isinstance(result, Refused):
        return refused(result)
    findings = list(result.verdict.reasons)
    if result.waiting is None:
        return Outcome(
            OutcomeKind.REFUSED, phrases.taught(result), extra={"findings": findings}
        )
    return Outcome(
        kind,
        phrases.taught(result),
        lessons=(lesson_view(result.waiting.lesson),),
        extra={"findings": findings},
    )
