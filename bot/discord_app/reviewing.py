"""Reviewing: what the buttons of review and consent cards do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import cards, phrases
from bot.cards import Button, Card, Verb
from bot.discord_app import tool_forms, words
from bot.discord_app.forms import Field, Form
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import Visit, visit_of
from bot.discord_app.rendering import layout
from bot.discord_app.replies import defer, tell, told
from bot.discord_app.teaching import said
from bot.messages import Decision, Refused, Ruling
from learning.errors import CommandError, NotFoundError
from learning.lesson import Lesson, LessonKind

if TYPE_CHECKING:
    from collections.abc import Mapping


async def rule(interaction: Interaction, button: Button) -> None:
    """Approve the lesson that the moderator read, or tell who was first."""
    await defer(interaction)
    async with told(interaction):
        ruling = cards.ruling_of(button.verb) or Ruling.APPROVE
        await _decide(interaction, button.target, ruling)


async def reject(interaction: Interaction, button: Button) -> None:
    """Ask for the reason, which the author is told, and reject."""

    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        await defer(again)
        await _decide(again, button.target, Ruling.REJECT, typed["reason"])

    reason = Field("reason", "Reason, which the author is told", required=False)
    await interaction.response.send_modal(Form("Reject", [reason], sent))


async def _decide(
    interaction: Interaction, target: str, ruling: Ruling, reason: str = ""
) -> None:
    visit = await visit_of(interaction)
    lesson, seen = _target(target)
    decision = Decision(
        visit.place.server, visit.actor, lesson, ruling, reason, seen or None
    )
    result = await visit.core.decide(decision)
    refused = isinstance(result, Refused)
    text = result.text if isinstance(result, Refused) else phrases.decided(result)
    await tell(interaction, words.here(text) if refused else text)


async def edit(interaction: Interaction, button: Button) -> None:
    """Show a waiting lesson's words to change."""
    await open_edit(interaction, _target(button.target)[0])


async def open_edit(interaction: Interaction, number: int) -> None:
    """Open the form that changes a waiting lesson."""
    async with told(interaction):
        visit = await visit_of(interaction)
        lesson = await _waiting(visit, number)

        async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
            await defer(again)
            editor = await visit_of(again)
            taught = await editor.core.edit(
                editor.place.server, editor.actor, number, **typed
            )
            await tell(again, said(taught))

        async def sent_tool(again: Interaction, text: str) -> None:
            await sent(again, {"text": text})

        title = f"Edit lesson {number}"
        if lesson.kind is LessonKind.TOOL:
            form = tool_forms.form_of(title, lesson, sent_tool)
        elif lesson.kind is LessonKind.QA:
            question = Field("question", "Question", lesson.question)
            answer = Field("answer", "Answer", lesson.answer)
            form = Form(title, [question, answer], sent)
        else:
            form = Form(title, [Field("text", "Text", lesson.text)], sent)
        await interaction.response.send_modal(form)


async def widen(interaction: Interaction, button: Button) -> None:
    """Let the whole server know a lesson of one channel."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        lesson, seen = _target(button.target)
        result = await visit.core.widen(
            visit.place.server, visit.actor, lesson, seen=seen or None
        )
        refused = isinstance(result, Refused)
        text = result.text if isinstance(result, Refused) else phrases.widened(result)
        await tell(interaction, words.here(text) if refused else text)


async def consent(interaction: Interaction, button: Button) -> None:
    """Record what the author of a message says; nobody else's click counts."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        given = button.verb is Verb.CONSENT
        result = await visit.core.consent(
            visit.place.server, visit.actor.id, int(button.target), given=given
        )
        if isinstance(result, Refused):
            await tell(interaction, result.text)
            return
        name = visit.actor.name
        outcome = words.consent_given(name) if given else words.consent_refused(name)
        if interaction.message is not None:
            await interaction.message.edit(view=layout(Card(outcome)))
        await tell(interaction, words.here(phrases.consented(given=given)))


async def _waiting(visit: Visit, number: int) -> Lesson:
    """Return a lesson that waits. Raises NotFoundError or CommandError."""
    queue = await visit.core.queue(visit.place.server, visit.actor)
    if isinstance(queue, Refused):
        raise CommandError(queue.text)
    for waiting in queue:
        if waiting.lesson.id == number:
            return waiting.lesson
    raise NotFoundError(words.waits_no_longer(number))


def _target(target: str) -> tuple[int, str]:
    number, _, digest = target.partition(":")
    return int(number), digest
