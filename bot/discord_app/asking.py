"""Asking: a question is answered in place, streamed, with its sources below."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import discord
import structlog

from bot import phrases
from bot.cards import buttons_below
from bot.discord_app import words
from bot.discord_app.history import SMALL, conversation
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import Visit, visit_of
from bot.discord_app.rendering import (
    MAX_CONTENT,
    NO_MENTIONS,
    pages,
    row,
    text_file,
)
from bot.discord_app.replies import defer, told
from bot.discord_app.retrying import FAILURES, insist, was_cut_off
from bot.messages import Question, Refused, Reply
from bot.pacing import PacedText
from learning.errors import MynaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.discord_app.client import MynaClient
    from learning.engine import Message

log = structlog.get_logger(__name__)

TYPING_SECONDS = 8.0
"""Discord shows typing for ten seconds."""


@dataclass(frozen=True, slots=True)
class _Page:
    """One message of an answer, which may have to be sent more than once."""

    text: str
    view: discord.ui.View | None = None
    attached: str = ""
    """The whole answer, where it is too long for messages."""

    @property
    def files(self) -> list[discord.File]:
        """Files to send: new ones each time, because sending uses them up."""
        return [text_file(self.attached, "answer.txt")] if self.attached else []

    @property
    def fields(self) -> dict[str, Any]:
        """What a new message is made of."""
        made: dict[str, Any] = {
            "content": self.text,
            "files": self.files,
            "allowed_mentions": NO_MENTIONS,
        }
        return made if self.view is None else {**made, "view": self.view}

    @property
    def changes(self) -> dict[str, Any]:
        """What an edited message is made of."""
        return {
            "content": self.text,
            "attachments": self.files,
            "allowed_mentions": NO_MENTIONS,
            "view": self.view,
        }


class _Outlet(Protocol):
    """Where an answer appears and is edited."""

    async def show(self, page: _Page) -> None:
        """Show the page instead of what was shown before."""

    async def add(self, page: _Page) -> None:
        """Show a further page."""


async def answer_message(
    client: MynaClient, visit: Visit, message: discord.Message, text: str
) -> None:
    """Answer a message in its channel; who deleted it meanwhile gets no answer."""
    try:
        async with _typing(message.channel):
            history = await conversation(client, message)
            question = _question(visit, text, history, str(message.id))
            await _answer(client, visit, question, _Reply(message))
    except discord.HTTPException as exc:
        is_gone = exc.status == HTTPStatus.BAD_REQUEST and "reference" in exc.text
        if not is_gone and exc.status not in (
            HTTPStatus.NOT_FOUND,
            HTTPStatus.FORBIDDEN,
        ):
            raise
        log.info("answer.undeliverable", status=exc.status)


async def answer_command(interaction: Interaction, text: str) -> None:
    """Answer a command so that only the asker reads it."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        question = _question(visit, text)
        await _answer(interaction.client, visit, question, _Private(interaction))


def _question(
    visit: Visit, text: str, history: tuple[Message, ...] = (), message: str = ""
) -> Question:
    place = visit.place
    return Question(
        place.server,
        visit.actor,
        text,
        channel=place.channel,
        history=history,
        message=message,
    )


async def _answer(
    client: MynaClient, visit: Visit, question: Question, outlet: _Outlet
) -> None:
    async def show(so_far: str) -> None:
        await outlet.show(_Page(_first_words(so_far)))

    interval = client.options.edit_interval_seconds
    view = None
    try:
        async with PacedText(show, interval_seconds=interval) as paced:
            reply = await visit.core.answer(question, paced.feed)
    except MynaError as exc:
        said = words.here(str(exc))
    else:
        if isinstance(reply, Refused):
            said = words.here(reply.text)
        else:
            said = credited(reply)
            view = row(buttons_below(reply, visit.actor.id))
    await _finish(outlet, said, view)


def credited(reply: Reply) -> str:
    """Return an answer with its sources below."""
    sources = phrases.sources(reply)
    return f"{reply.text}\n{SMALL}{sources}" if sources else reply.text


async def _finish(outlet: _Outlet, said: str, view: discord.ui.View | None) -> None:
    """Show all of an answer, in a message of its own if the growing one cannot be."""
    parts, file = pages(said)
    attached = said if file else ""
    *before, last = (_Page(part) for part in parts)
    first, *more = [*before, replace(last, view=view, attached=attached)]
    try:
        await insist(outlet.show, first)
    except FAILURES as exc:
        if not was_cut_off(exc):
            raise
        await insist(outlet.add, first)
    for page in more:
        await insist(outlet.add, page)


class _Reply:
    """An answer below the message that asked."""

    def __init__(self, message: discord.Message) -> None:
        self._asked = message
        self._sent: discord.Message | None = None

    async def show(self, page: _Page) -> None:
        if self._sent is None:
            self._sent = await self._asked.reply(**page.fields)
        else:
            self._sent = await self._sent.edit(**page.changes)

    async def add(self, page: _Page) -> None:
        await self._asked.reply(**page.fields)


class _Private:
    """An answer to a command, for the asker alone."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction

    async def show(self, page: _Page) -> None:
        await self._interaction.edit_original_response(**page.changes)

    async def add(self, page: _Page) -> None:
        await self._interaction.followup.send(ephemeral=True, **page.fields)


@asynccontextmanager
async def _typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that an answer is coming, without making it wait for that."""
    task = asyncio.create_task(_keep_typing(channel))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_typing(channel: discord.abc.Messageable) -> None:
    while True:
        await channel.typing()
        await asyncio.sleep(TYPING_SECONDS)


def _first_words(text: str) -> str:
    """Return what fits into one message while an answer grows."""
    return text if len(text) <= MAX_CONTENT else f"{text[: MAX_CONTENT - 1]}…"
