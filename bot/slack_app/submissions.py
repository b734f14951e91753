"""Submissions: what happens with a form that somebody sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import breakage, document_phrases, examples, phrases, tool_fields
from bot.chat import Chat
from bot.commands import read_parts
from bot.document_actions import import_file
from bot.messages import Correction, Decision, Refused, Ruling, Taught
from bot.session import LocalSession
from bot.slack_app import files, forms, rendering, secrets, tool_forms
from bot.slack_app.teaching import Origin, Teachers, read_origin
from bot.vocabulary import Approve, Teach
from learning.errors import CommandError, LessonError, MynaError
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit


@dataclass(frozen=True, slots=True)
class Said:
    """What is answered to a form; `field` is the input that has to change first."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent: what is in it, and by whom it was sent where."""

    visit: Visit
    values: dict[str, Any]
    origin: Origin


class Submissions:
    """Every form that Myna opens."""

    def __init__(self, slack: SlackParts, teachers: Teachers) -> None:
        self._slack = slack
        self._core = slack.core
        self._teachers = teachers
        self._work = {
            forms.TEACH: self._teach,
            forms.CORRECT: self._correct,
            forms.CORRECT_LESSON: self._correct_lesson,
            forms.EDIT: self._edit,
            forms.REJECT: self._reject,
            forms.IMPORT: self._import,
            forms.APPROVE_MANY: self._approve_many,
            forms.APPROVE_PARTS: self._approve_parts,
            forms.REJECT_DOCUMENT: self._reject_document,
            secrets.FORM: self._secret,
            tool_forms.TEACH: self._teach_tool,
            tool_forms.EDIT: self._edit_tool,
            tool_forms.CORRECT: self._correct_tool,
        }

    async def submitted(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        view: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
    ) -> None:
        """Answer a form in itself: with what became of it, or what has to change."""
        values = forms.entered(view)
        if problems := _problems(view["callback_id"], values):
            await ack(response_action="errors", errors=problems)
            return
        work = self._work[view["callback_id"]]

        async def run() -> Said:
            origin = read_origin(view["private_metadata"])
            visit = await self._slack.visit(
                context, client, body["user"]["id"], origin.channel
            )
            return await work(Form(visit, values, origin))

        await _answered(
            run,
            ack,
            client,
            view,
            within_seconds=self._slack.answer_within_seconds,
            pause_seconds=self._slack.edit_interval_seconds,
        )

    async def _teach(self, form: Form) -> Said:
        lesson = forms.lesson_of(form.values)
        result, words = await self._teachers.teach(form.visit, lesson, form.origin)
        return _about(result, words)

    async def _correct(self, form: Form) -> Said:
        result = await self._core.correct(
            form.visit.server,
            form.visit.actor,
            int(form.origin.message),
            form.values[forms.WORDS],
            private=form.visit.place.private,
        )
        return _about(result, await self._teachers.told(form.visit, result))

    async def _correct_lesson(self, form: Form) -> Said:
        words, question = form.values[forms.WORDS], form.values.get(forms.QUESTION)
        shown = form.values.get(forms.EXAMPLES)
        correction = Correction(
            int(form.origin.message),
            question=question,
            answer=words if question is not None else None,
            text=words if question is None else None,
            examples=None if shown is None else examples.read_lines(shown),
        )
        result = await self._core.correct_lesson(
            form.visit.server,
            form.visit.actor,
            correction,
            channel=form.visit.place.channel or None,
        )
        return _about(result, await self._teachers.told(form.visit, result))

    async def _edit(self, form: Form) -> Said:
        number = int(form.origin.message.partition(":")[0])
        words, question = form.values[forms.WORDS], form.values.get(forms.QUESTION)
        result = await self._core.edit(
            form.visit.server,
            form.visit.actor,
            number,
            question=question,
            answer=words if question is not None else None,
            text=words if question is None else None,
        )
        if isinstance(result, Refused):
            return Said(result.text, forms.WORDS)
        return _about(result, rendering.spelled(phrases.taught(result)))

    async def _reject(self, form: Form) -> Said:
        number, _, digest = form.origin.message.partition(":")
        decision = Decision(
            form.visit.server,
            form.visit.actor,
            int(number),
            Ruling.REJECT,
            form.values[forms.WORDS],
            seen=digest,
        )
        result = await self._core.decide(decision)
        if isinstance(result, Refused):
            return Said(result.text)
        return Said(phrases.decided(result))

    async def _import(self, form: Form) -> Said:
        settings = await self._core.settings(form.visit.server)
        if settings.set_up_at is None:
            return Said(rendering.spelled(phrases.not_set_up()))
        (file,) = form.values[forms.FILE]
        body = await files.download(form.visit.client, file)
        visit = form.visit
        chat = Chat(
            self._core,
            visit.server,
            visit.actor,
            Path(),
            channel=visit.place.channel or None,
            scope=visit.place.scope,
        )
        outcome = await import_file(chat, body, file["name"])
        return Said(rendering.spelled(outcome.text))

    async def _teach_tool(self, form: Form) -> Said:
        lesson = Teach(LessonKind.TOOL, text=tool_forms.text_of(form.values))
        result, words = await self._teachers.teach(form.visit, lesson, form.origin)
        return _about(result, words, tool_fields.TOOL)

    async def _edit_tool(self, form: Form) -> Said:
        number = int(form.origin.message.partition(":")[0])
        text = tool_forms.text_of(form.values)
        result = await self._core.edit(
            form.visit.server, form.visit.actor, number, text=text
        )
        if isinstance(result, Refused):
            return Said(result.text, tool_fields.TOOL)
        told = rendering.spelled(phrases.taught(result))
        return _about(result, told, tool_fields.TOOL)

    async def _correct_tool(self, form: Form) -> Said:
        text = tool_forms.text_of(form.values)
        number = int(form.origin.message)
        result = await self._core.correct_lesson(
            form.visit.server,
            form.visit.actor,
            Correction(number, text=text, examples=()),
            channel=form.visit.place.channel or None,
        )
        told = await self._teachers.told(form.visit, result)
        return _about(result, told, tool_fields.TOOL)

    async def _secret(self, form: Form) -> Said:
        """Store a secret; what is answered never has its value."""
        wanted = secrets.entered(form.origin.message, form.values)
        chat = Chat(self._core, form.visit.server, form.visit.actor, Path())
        session = LocalSession(chat, self._slack.clock, tells=False)
        outcome = await session.run(wanted)
        field = "" if outcome.ok else secrets.VALUE
        return Said(rendering.spelled(outcome.text), field)

    async def _approve_parts(self, form: Form) -> Said:
        return await self._decide_document(form, Ruling.APPROVE)

    async def _reject_document(self, form: Form) -> Said:
        return await self._decide_document(form, Ruling.REJECT)

    async def _decide_document(self, form: Form, ruling: Ruling) -> Said:
        """Decide about the passages that were written down, or about all."""
        number, _, seen = form.origin.message.partition(":")
        written = form.values[forms.PARTS]
        try:
            parts = read_parts(written) if written else None
        except CommandError as exc:
            return Said(str(exc), forms.PARTS)
        result = await self._core.decide_document(
            form.visit.server,
            form.visit.actor,
            int(number),
            ruling,
            parts=parts,
            reason=form.values.get(forms.WORDS, ""),
            seen=seen,
        )
        if isinstance(result, Refused):
            return Said(result.text)
        return Said(rendering.spelled(document_phrases.decided(result)))

    async def _approve_many(self, form: Form) -> Said:
        visit = form.visit
        chat = Chat(self._core, visit.server, visit.actor, Path())
        session = LocalSession(chat, self._slack.clock, tells=False)
        chosen = form.values[forms.CHOSEN]
        every = forms.ALL in chosen
        wanted = Approve(None if every else tuple(map(int, chosen)))
        return Said((await session.run(wanted)).text)


async def _answered(
    work: Callable[[], Awaitable[Said]],
    ack: AsyncAck,
    client: AsyncWebClient,
    view: dict[str, Any],
    *,
    within_seconds: float,
    pause_seconds: float,
) -> None:
    """Answer with the result, in time; what takes longer is shown when it is done."""
    task = asyncio.ensure_future(_caught(work))
    try:
        done, _ = await asyncio.wait({task}, timeout=within_seconds)
        if not done:
            waiting = forms.notice(phrases.at_work())
            await ack(response_action="update", view=waiting)
            # Slack must have shown that first, or it would replace what follows.
            _, said = await asyncio.gather(asyncio.sleep(pause_seconds), task)
            await client.views_update(view_id=view["id"], view=forms.notice(said.text))
            return
    finally:
        task.cancel()
    said = task.result()
    if said.field:
        await ack(response_action="errors", errors={said.field: said.text})
    else:
        await ack(response_action="update", view=forms.notice(said.text))


async def _caught(work: Callable[[], Awaitable[Said]]) -> Said:
    try:
        return await work()
    except MynaError as exc:
        return Said(str(exc))
    except Exception as exc:  # noqa: BLE001 - the error boundary of forms
        return Said(breakage.report("form.broke", exc))


def _problems(callback: str, values: dict[str, Any]) -> dict[str, str]:
    """Return what has to change before a lesson can be judged, by its input."""
    if callback in tool_forms.CALLBACKS:
        return tool_forms.problems(values)
    if callback != forms.TEACH:
        return {}
    try:
        lesson = forms.lesson_of(values)
    except LessonError as exc:
        return {forms.EXAMPLES: str(exc)}
    return forms.problems(lesson)


def _about(result: Taught | Refused, words: str, field: str = forms.WORDS) -> Said:
    """Have the words changed where the screen refused them, and nothing else."""
    refused = isinstance(result, Taught) and result.refused
    return Said(words, field if refused else "")
