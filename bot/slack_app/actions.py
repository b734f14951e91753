"""Buttons: what a click on a card, an answer or the Home does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import cards, document_phrases, phrases
from bot.cards import Verb
from bot.messages import Decision, Refused, Ruling
from bot.slack_app import (
    confirming,
    forms,
    rendering,
    researching,
    runs,
    tool_forms,
)
from bot.slack_app.teaching import Origin
from bot.vocabulary import PickResults
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_bolt.context.respond.async_respond import AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit

ABOUT_LESSONS = frozenset(
    {
        Verb.APPROVE,
        Verb.MEMORY_ONLY,
        Verb.EDIT,
        Verb.REJECT,
        Verb.WIDEN,
        Verb.CONSENT,
        Verb.REFUSE_CONSENT,
        Verb.APPROVE_DOCUMENT,
        Verb.APPROVE_PARTS,
        Verb.REJECT_DOCUMENT,
        Verb.SHOW_DOCUMENT,
    }
)
"""Each server counts its lessons from 1, so that their cards say whose they are."""


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked on what; `target` is what the button is about."""

    visit: Visit
    verb: Verb
    target: str
    body: dict[str, Any]
    respond: AsyncRespond

    @property
    def lesson(self) -> int:
        return int(self.target.partition(":")[0])

    @property
    def seen(self) -> str | None:
        """The digest of the lesson that the card showed."""
        return self.target.partition(":")[2] or None

    async def tell(self, text: str) -> None:
        """Say something that only whoever clicked sees."""
        if self.respond.response_url:
            await self.respond(
                **rendering.said(text),
                response_type="ephemeral",
                replace_original=False,
            )
        else:
            await self.open(forms.notice(text))

    async def show(self, message: rendering.Json) -> None:
        """Show a message that only whoever clicked sees."""
        await self.respond(**message, response_type="ephemeral", replace_original=False)

    async def open(self, view: rendering.Json) -> None:
        """Open a form; a click opens one, within three seconds."""
        await self.visit.client.views_open(
            trigger_id=self.body["trigger_id"], view=view
        )

    async def replace(self, message: rendering.Json) -> None:
        """Change the message that was clicked on."""
        await self.respond(**message, replace_original=True)


class Actions:
    """Every button that Myna shows."""

    def __init__(self, slack: SlackParts) -> None:
        self._slack = slack
        self._core = slack.core

    async def clicked(
        self,
        *,
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        """Acknowledge, then do what the button says."""
        await ack()
        read = cards.read_id(f"{action['action_id']}:{action.get('value', '')}")
        if read is None:
            return
        channel = body.get("channel", {}).get("id", "")
        visit = await self._slack.visit(context, client, body["user"]["id"], channel)
        click = Click(visit, *read, body, respond)
        if click.verb in ABOUT_LESSONS and action["block_id"] != visit.server:
            await click.tell(phrases.card_of_another_server())
            return
        await self._do(click)

    async def _do(self, click: Click) -> None:  # noqa: C901, PLR0912 - one case a button
        match click.verb:
            case Verb.APPROVE | Verb.MEMORY_ONLY:
                await self._decide(click)
            case Verb.EDIT | Verb.REJECT:
                await self._open_form(click)
            case Verb.WIDEN:
                await self._widen(click)
            case Verb.CONSENT | Verb.REFUSE_CONSENT:
                await self._consent(click)
            case Verb.HELPFUL | Verb.UNHELPFUL:
                await self._rate(click)
            case Verb.ROLLBACK:
                await self._roll_back(click)
            case Verb.LEARN:
                told = await runs.learn(self._slack, click.visit, None)
                if told:
                    await click.tell(told)
            case Verb.REVIEW:
                await self.open_queue(click)
            case Verb.APPROVE_DOCUMENT | Verb.SHOW_DOCUMENT:
                await self._document(click)
            case Verb.APPROVE_PARTS | Verb.REJECT_DOCUMENT:
                await self._open_parts(click)
            case Verb.RESEARCH:
                answer = int(click.target)
                found = await researching.look_up(self._slack, click.visit, answer)
                await click.show(found)
            case Verb.PICK:
                research, _, number = click.target.partition(":")
                await click.tell(phrases.at_work())
                picked = PickResults((int(number),), research)
                await click.tell(
                    await researching.read(self._slack, click.visit, picked)
                )
            case Verb.CONFIRM | Verb.LEAVE:
                await confirming.settle(self._core, click)

    async def open_queue(self, click: Click) -> None:
        """Open what waits for review, to approve many at once."""
        waiting = await self._core.to_review(click.visit.server, click.visit.actor)
        if isinstance(waiting, Refused):
            await click.tell(waiting.text)
        elif not waiting.documents and not waiting.lessons:
            await click.tell(phrases.queue(()))
        else:
            origin = Origin(click.visit.place.channel)
            await click.open(forms.approve_many(origin.to_metadata(), waiting))

    async def _decide(self, click: Click) -> None:
        ruling = cards.ruling_of(click.verb)
        assert ruling is not None  # noqa: S101 - for the type checker
        result = await self._core.decide(
            Decision(
                click.visit.server,
                click.visit.actor,
                click.lesson,
                ruling,
                seen=click.seen,
            )
        )
        if isinstance(result, Refused):
            await click.tell(result.text)
        else:
            await click.tell(phrases.decided(result))

    async def _widen(self, click: Click) -> None:
        result = await self._core.widen(
            click.visit.server, click.visit.actor, click.lesson, seen=click.seen
        )
        if isinstance(result, Refused):
            await click.tell(result.text)
        else:
            await click.tell(phrases.widened(result))

    async def _document(self, click: Click) -> None:
        """Approve a document, or show its passages; `lesson` is its number here."""
        server, actor = click.visit.server, click.visit.actor
        if click.verb is Verb.SHOW_DOCUMENT:
            found = await self._core.document(server, actor, click.lesson)
            shown = (
                found.text
                if isinstance(found, Refused)
                else document_phrases.digest(found)
            )
            await click.tell(shown)
            return
        result = await self._core.decide_document(
            server, actor, click.lesson, Ruling.APPROVE, seen=click.seen
        )
        if isinstance(result, Refused):
            await click.tell(result.text)
        else:
            await click.tell(rendering.spelled(document_phrases.decided(result)))

    async def _open_parts(self, click: Click) -> None:
        """Ask which passages of a document are meant."""
        metadata = Origin(click.visit.place.channel, click.target).to_metadata()
        if click.verb is Verb.APPROVE_PARTS:
            await click.open(forms.approve_parts(metadata, click.lesson))
        else:
            await click.open(forms.reject_document(metadata, click.lesson))

    async def _open_form(self, click: Click) -> None:
        queue = await self._core.queue(click.visit.server, click.visit.actor)
        if isinstance(queue, Refused):
            await click.tell(queue.text)
            return
        waiting = [each for each in queue if each.lesson.id == click.lesson]
        if not waiting:
            await self._say_who_was_first(click)
            return
        lesson = waiting[0].lesson
        target = f"{lesson.id}:{lesson.digest}"
        metadata = Origin(click.visit.place.channel, target).to_metadata()
        if click.verb is Verb.EDIT and lesson.kind is LessonKind.TOOL:
            await click.open(tool_forms.edit(metadata, lesson))
        elif click.verb is Verb.EDIT:
            await click.open(forms.edit(metadata, lesson))
        else:
            await click.open(forms.reject(metadata, lesson.id))

    async def _say_who_was_first(self, click: Click) -> None:
        """Decide about what waits no longer: raises ConflictError with the name."""
        await self._core.decide(
            Decision(
                click.visit.server,
                click.visit.actor,
                click.lesson,
                Ruling.REJECT,
                seen=click.seen,
            )
        )

    async def _consent(self, click: Click) -> None:
        given = click.verb is Verb.CONSENT
        result = await self._core.consent(
            click.visit.server, click.visit.actor.id, click.lesson, given=given
        )
        if isinstance(result, Refused):
            await click.tell(result.text)
            return
        await click.replace(rendering.said(phrases.consented(given=given)))

    async def _rate(self, click: Click) -> None:
        helpful = click.verb is Verb.HELPFUL
        if not helpful:
            origin = Origin(click.visit.place.channel, click.target)
            await click.open(forms.correct(origin.to_metadata()))
        result = await self._core.rate(
            click.visit.server, click.visit.actor, int(click.target), helpful=helpful
        )
        if isinstance(result, Refused):
            await click.tell(result.text)
        else:
            await click.tell(phrases.rated(helpful=helpful))

    async def _roll_back(self, click: Click) -> None:
        report = await self._core.status(click.visit.server)
        if report.adapter != click.target:
            told = phrases.no_longer_answering(click.target)
            await click.tell(rendering.spelled(told))
            return
        result = await self._core.rollback(click.visit.server, click.visit.actor)
        if isinstance(result, Refused):
            await click.tell(result.text)
            return
        kept = [each for each in click.body["message"]["blocks"] if _lasts(each)]
        by = phrases.asked_to_roll_back(click.visit.actor.name)
        told = f"{phrases.rolled_back(result)} {by}"
        await click.replace(
            {"text": rendering.escape(told), "blocks": [*kept, rendering.context(told)]}
        )


def _lasts(block: rendering.Json) -> bool:
    return bool(block["type"] != "actions")
