"""Commands: /teach, and /myna with everything that can be typed in a terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import phrases
from bot import vocabulary as say
from bot.chat import Chat
from bot.commands import parse, read_lesson
from bot.messages import Refused
from bot.outcome import Outcome, OutcomeKind
from bot.session import LocalSession
from bot.slack_app import (
    files,
    forms,
    pinning,
    rendering,
    researching,
    runs,
    secrets,
    tool_forms,
)
from bot.slack_app.teaching import Origin, Teachers
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_bolt.context.respond.async_respond import AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit

ELSEWHERE = frozenset({"/memory", "/adapter", "/quit", "/confirm", "/cancel"})
"""What belongs to one chat in a terminal."""
SLOW = (say.PickResults, say.Watch, say.ImportMcp)
"""What fetches pages, while whoever asked for it wonders."""
_PINS = re.compile(r"pins", re.IGNORECASE)
_TOOL = re.compile(r"tool:?", re.IGNORECASE)
_TEACH_PINS = re.compile(r"/?teach pins", re.IGNORECASE)
_CORRECT = re.compile(r"/?correct #?([0-9]{1,9})", re.IGNORECASE)
_USERS_WORDS = frozenset(
    {
        OutcomeKind.WHY,
        OutcomeKind.LESSONS,
        OutcomeKind.DOCUMENTS,
        OutcomeKind.REVIEW,
        OutcomeKind.CANARIES,
        OutcomeKind.EXPORTED,
    }
)
"""Outcomes that quote people, whose words stay as they are."""


class Commands:
    """The two commands, and the shortcuts that open the form to teach."""

    def __init__(self, slack: SlackParts, teachers: Teachers) -> None:
        self._slack = slack
        self._core = slack.core
        self._teachers = teachers

    async def teach(
        self,
        ack: AsyncAck,
        command: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        """Teach what was typed, or open the form."""
        await ack()
        text = rendering.plain(command.get("text", ""))
        origin = Origin(command["channel_id"])
        if not text:
            form = forms.teach(origin.to_metadata())
            await client.views_open(trigger_id=command["trigger_id"], view=form)
            return
        if _TOOL.fullmatch(text):
            form = tool_forms.teach(origin.to_metadata())
            await client.views_open(trigger_id=command["trigger_id"], view=form)
            return
        if _PINS.fullmatch(text):
            visit = await self._visit(context, client, command)
            await self._teach_pins(visit, respond)
            return
        said = read_lesson(text)
        visit = await self._visit(context, client, command)
        _, words = await self._teachers.teach(visit, said, origin)
        await _tell(respond, words)

    async def myna(
        self,
        ack: AsyncAck,
        command: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        """Carry out one command of the vocabulary; the answer is for its writer."""
        await ack()
        text = rendering.unescape(command.get("text", "")) or "help"
        if text == "import":
            form = forms.import_file(Origin(command["channel_id"]).to_metadata())
            await client.views_open(trigger_id=command["trigger_id"], view=form)
            return
        if _TEACH_PINS.fullmatch(text):
            visit = await self._visit(context, client, command)
            await self._teach_pins(visit, respond)
            return
        if match := _CORRECT.fullmatch(text):
            visit = await self._visit(context, client, command)
            await self._open_correction(visit, int(match[1]), command["trigger_id"])
            return
        wanted = parse(f"/{text.removeprefix('/')}")
        visit = await self._visit(context, client, command)
        if isinstance(wanted, say.Research):
            found = await researching.search(self._slack, visit, wanted.topic)
            await respond(**found, response_type="ephemeral")
            return
        if isinstance(wanted, SLOW):
            await _tell(respond, phrases.at_work())
        told = await self._carry_out(wanted, visit, command)
        if told:
            await _tell(respond, told)

    async def teach_anywhere(
        self, ack: AsyncAck, shortcut: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form, from anywhere in Slack."""
        await ack()
        form = forms.teach(Origin().to_metadata())
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form)

    async def teach_message(
        self, ack: AsyncAck, shortcut: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form, filled with a message; its author is asked later."""
        await ack()
        message = shortcut["message"]
        author, text = message.get("user", ""), rendering.plain(message.get("text", ""))
        if message.get("bot_id") or not author or not text:
            view = forms.notice(phrases.only_people_are_learned_from())
        else:
            teacher = shortcut["user"]["id"]
            origin = Origin(
                shortcut["channel"]["id"],
                message["ts"],
                "" if author == teacher else author,
            )
            said = say.Teach(LessonKind.FACT, text=text)
            view = forms.teach(origin.to_metadata(), said)
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)

    async def _carry_out(  # noqa: PLR0911 - one case a command
        self, wanted: say.Command, visit: Visit, command: dict[str, Any]
    ) -> str:
        """Do it; return what its writer should read."""
        match wanted:
            case say.Teach():
                origin = Origin(visit.place.channel)
                return (await self._teachers.teach(visit, wanted, origin))[1]
            case say.Learn():
                return await runs.learn(self._slack, visit, wanted.start)
            case say.Review():
                return await self._review(visit, command["trigger_id"])
            case say.SetSecret():
                return await secrets.ask(visit, wanted, command["trigger_id"])
            case say.Export():  # a path would be one of the operator's machine
                return await self._sent(visit, say.Export(), "lessons.jsonl")
            case say.Audit():
                return await self._sent(visit, wanted, "audit.jsonl")
            case say.Privacy(wish=say.PrivacyWish.EXPORT):
                return await self._sent(visit, wanted, "about-me.json")
            case say.Help():
                return usage()
            case say.Import(url="") | say.UseMemory() | say.UseAdapter() | say.Quit():
                return phrases.only_in_terminal()
        return _words(await self._run(visit, wanted))

    async def _run(self, visit: Visit, wanted: say.Command) -> Outcome:
        channel = visit.place.channel or None
        chat = Chat(
            self._core,
            visit.server,
            visit.actor,
            Path(),
            channel=channel,
            scope=visit.place.scope,
        )
        return await LocalSession(chat, self._slack.clock, tells=False).run(wanted)

    async def _teach_pins(self, visit: Visit, respond: AsyncRespond) -> None:
        await _tell(respond, phrases.at_work())
        told = await pinning.teach_pins(self._slack, self._teachers, visit)
        await _tell(respond, told)

    async def _review(self, visit: Visit, trigger: str) -> str:
        waiting = await self._core.to_review(visit.server, visit.actor)
        if isinstance(waiting, Refused):
            return waiting.text
        if not waiting.documents and not waiting.lessons:
            return phrases.queue(())
        metadata = Origin(visit.place.channel).to_metadata()
        form = forms.approve_many(metadata, waiting)
        await visit.client.views_open(trigger_id=trigger, view=form)
        return ""

    async def _open_correction(self, visit: Visit, lesson: int, trigger: str) -> None:
        channel = visit.place.channel or None
        detail = await self._core.lesson(
            visit.server, lesson, channel=channel, actor=visit.actor
        )
        metadata = Origin(visit.place.channel, str(lesson)).to_metadata()
        is_tool = detail.lesson.kind is LessonKind.TOOL
        make = tool_forms.correct if is_tool else forms.correct_lesson
        form = make(metadata, detail.lesson)
        await visit.client.views_open(trigger_id=trigger, view=form)

    async def _sent(self, visit: Visit, wanted: say.Command, name: str) -> str:
        outcome = await self._run(visit, wanted)
        if not outcome.ok:
            return outcome.text
        await files.send(visit.client, visit.actor.id, name, outcome.text)
        return phrases.sent_to_you()

    async def _visit(
        self,
        context: AsyncBoltContext,
        client: AsyncWebClient,
        command: dict[str, Any],
    ) -> Visit:
        return await self._slack.visit(
            context, client, command["user_id"], command["channel_id"]
        )


def usage() -> str:
    """List the commands as they are typed in Slack."""
    forms_of = [
        (form if name == "/teach" else f"/myna {form[1:]}", what)
        for name, (form, what) in say.USAGE.items()
        if name not in ELSEWHERE
    ]
    forms_of.insert(1, ("/teach pins", phrases.pins_usage()))
    return "\n".join(f"{form}: {rendering.spelled(what)}" for form, what in forms_of)


async def _tell(respond: AsyncRespond, text: str) -> None:
    await respond(**rendering.said(text), response_type="ephemeral")


def _words(outcome: Outcome) -> str:
    quotes = outcome.kind in _USERS_WORDS
    return outcome.text if quotes else rendering.spelled(outcome.text)
