"""What each command of a chat does with the core, and how its result reads."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import phrases, terminal_phrases, tool_card_phrases, tool_cards
from bot.chat import Chat
from bot.lesson_files import write_lessons
from bot.messages import Actor, Learned, Question, Refused, Reply
from bot.outcome import Outcome, OutcomeKind, credit_view, refused, views
from bot.tool_actions import call_view
from bot.vocabulary import Learn
from learning.errors import NotFoundError
from learning.lesson import Lesson
from learning.run import Progress
from moderation.roles import Permission, may


async def ask(chat: Chat, text: str, on_text: Callable[[str], None] | None) -> Outcome:
    """Answer a question, streaming it to `on_text`."""
    question = Question(
        chat.server,
        chat.actor,
        text,
        channel=chat.channel,
        history=chat.history,
        memory=chat.memory,
        adapter=chat.adapter,
    )
    return answered(chat, await chat.core.answer(question, on_text), text)


def answered(chat: Chat, reply: Reply | Refused, asked: str = "") -> Outcome:
    """Show an answer; where it asks whether to call a tool, say how to tell it."""
    if isinstance(reply, Refused):
        return refused(reply)
    said = reply.text
    if reply.call is not None:
        said = f"{said}\n{tool_card_phrases.how_to_confirm(reply.call.id)}"
    if reply.offer_research:
        said = f"{said}\n{phrases.offer_research(asked)}"
    return _answered(OutcomeKind.ANSWER, said, reply, chat.actor)


async def why(chat: Chat) -> Outcome:
    """Say what the last answer came from."""
    found = await chat.core.why(chat.server, chat.actor)
    if found is None:
        return Outcome(OutcomeKind.WHY, phrases.no_answer_yet())
    return _answered(OutcomeKind.WHY, phrases.why(found), found.reply, chat.actor)


async def learn(
    chat: Chat, command: Learn, on_progress: Callable[[Progress], None] | None
) -> Outcome:
    """Train, examine and promote or not; nothing new to learn is no failure."""
    result = await chat.core.learn(
        chat.server, chat.actor, start=command.start, on_progress=on_progress
    )
    if isinstance(result, Learned):
        return Outcome(
            OutcomeKind.LEARNED,
            phrases.learned(result),
            adapter=result.adapter,
            extra={
                "promoted": result.promoted,
                "reason": result.reason,
                "run": result.run,
                "learned": list(result.lessons),
                "not_taken": list(result.not_taken),
                "scorecard": {
                    "before": _plain(result.before),
                    "after": _plain(result.after),
                },
            },
        )
    report = await chat.core.status(chat.server)
    if may(chat.actor.role, Permission.RUN) and report.to_learn == 0:
        return Outcome(
            OutcomeKind.LEARNED,
            result.text,
            adapter=report.adapter,
            extra={"promoted": False, "reason": result.text},
        )
    return refused(result)


async def lessons(chat: Chat, search: str) -> Outcome:
    """List what the server was taught."""
    found = await chat.core.lessons(chat.server, search, channel=chat.channel)
    return Outcome(
        OutcomeKind.LESSONS, phrases.lessons(found, search), lessons=views(found)
    )


async def show(chat: Chat, lesson: int) -> Outcome:
    """Say all about one lesson."""
    detail = await chat.core.lesson(
        chat.server, lesson, channel=chat.channel, actor=chat.actor
    )
    told = [phrases.lesson_detail(detail), *tool_cards.lines(detail.lesson)]
    return Outcome(
        OutcomeKind.LESSONS,
        "\n".join(told),
        lessons=views([detail.lesson]),
        extra={"adapters": list(detail.adapters), "answers": detail.answers},
    )


async def status(chat: Chat) -> Outcome:
    """Say how the server stands."""
    report = await chat.core.status(chat.server)
    return Outcome(
        OutcomeKind.STATUS,
        phrases.status(report),
        adapter=report.adapter,
        extra={"status": _plain(report)},
    )


async def history(chat: Chat) -> Outcome:
    """List the journal's last events, and say how well lessons are remembered."""
    entries = await chat.core.history(chat.server)
    remembered = await chat.core.remembered(chat.server)
    return Outcome(
        OutcomeKind.HISTORY,
        phrases.history(entries, remembered),
        extra={
            "events": [_plain(entry) for entry in entries],
            "remembered": [_plain(each) for each in remembered],
        },
    )


async def rollback(chat: Chat, version: int | None) -> Outcome:
    """Point back to an earlier adapter."""
    result = await chat.core.rollback(chat.server, chat.actor, version)
    if isinstance(result, Refused):
        return refused(result)
    return Outcome(
        OutcomeKind.ROLLED_BACK,
        phrases.rolled_back(result),
        adapter=result.after,
        extra={"before": result.before},
    )


async def forget(chat: Chat, numbers: Sequence[int]) -> Outcome:
    """Delete lessons; one that is not there does not keep the rest from it."""
    sentences, gone, failed = list[str](), list[Lesson](), list[str]()
    withdrawn, fresh_run_due = list[str](), False
    for number in numbers:
        try:
            result = await chat.core.forget(chat.server, chat.actor, number)
        except NotFoundError as exc:
            failed.append(str(exc))
            continue
        if isinstance(result, Refused):
            failed.append(result.text)
            continue
        sentences.append(phrases.forgotten(result))
        gone.append(result.lesson)
        withdrawn.extend(result.withdrawn)
        fresh_run_due = fresh_run_due or result.fresh_run_due
    return Outcome(
        OutcomeKind.FORGOTTEN if gone else OutcomeKind.ERROR,
        "\n".join([*sentences, *failed]),
        ok=not failed,
        error=" ".join(failed) or None,
        lessons=views(gone),
        extra={"withdrawn": withdrawn, "fresh_run_due": fresh_run_due},
    )


async def export(chat: Chat, path: Path | None) -> Outcome:
    """Write the lessons to a file, or into the text where none is named."""
    lines = await chat.core.export(chat.server, chat.actor)
    if isinstance(lines, Refused):
        return refused(lines)
    extra: dict[str, Any] = {"count": len(lines), "path": None}
    if path is None:
        return Outcome(OutcomeKind.EXPORTED, "\n".join(lines), extra=extra)
    target = chat.folder / path
    await asyncio.to_thread(write_lessons, target, lines)
    told = terminal_phrases.exported(len(lines), str(target))
    return Outcome(OutcomeKind.EXPORTED, told, extra={**extra, "path": str(target)})


async def audit(chat: Chat) -> Outcome:
    """Write the journal into the text."""
    lines = await chat.core.audit(chat.server, chat.actor)
    if isinstance(lines, Refused):
        return refused(lines)
    extra: dict[str, Any] = {"count": len(lines), "path": None}
    return Outcome(OutcomeKind.EXPORTED, "\n".join(lines), extra=extra)


def use_memory(chat: Chat, *, shown: bool) -> Outcome:
    """Show the model notes from now on, or none."""
    chat.memory = shown
    told = terminal_phrases.memory_set(shown=shown)
    return Outcome(
        OutcomeKind.SETTING, told, extra={"memory": "on" if shown else "off"}
    )


def use_adapter(chat: Chat, choice: str) -> Outcome:
    """Answer with other weights from now on, in this chat only."""
    chat.adapter = choice
    return Outcome(
        OutcomeKind.SETTING,
        terminal_phrases.adapter_set(choice),
        extra={"choice": choice},
    )


async def notices(chat: Chat) -> tuple[str, ...]:
    """Return what this person has not been told yet."""
    waiting = await chat.core.notices(chat.server, chat.actor.id)
    return tuple(notice.text for notice in waiting)


def _answered(kind: OutcomeKind, text: str, reply: Reply, actor: Actor) -> Outcome:
    return Outcome(
        kind,
        text,
        abstained=reply.abstained,
        lessons=tuple(map(credit_view, reply.lessons)),
        notes=tuple(map(credit_view, reply.notes)),
        adapter=reply.adapter,
        seconds_to_first_token=round(reply.seconds_to_first_token, 3),
        source=phrases.credits_line(reply, actor.id),
        extra={
            "withheld": reply.withheld,
            "answer": reply.id,
            "offer_research": reply.offer_research,
            "call": call_view(reply.call),
        },
    )


def _plain(value: Any) -> Any:
    """Turn a dataclass into what JSON can hold; dates become ISO texts."""
    return json.loads(json.dumps(asdict(value), default=_text))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
