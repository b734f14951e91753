"""Asking: a question is answered in place, streamed, with its sources below."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import discord
import structlog

from bot import phrases
from bot.cards import answer_buttons
from bot.discord_app import words
from bot.discord_app.history import SMALL, conversation
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import Visit, visit_of
from bot.discord_app.rendering import MAX_CONTENT, NO_MENTIONS, pages, row
from bot.discord_app.replies import defer, told
from bot.messages import Question, Refused
from bot.pacing import PacedText
from learning.errors import MynaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.discord_app.client import MynaClient
    from learning.engine import Message

log = structlog.get_logger(__name__)

TYPING_SECONDS = 8.0
"""Discord shows typing for ten seconds."""


class _Outlet(Protocol):
    """Where an answer appears and is edited."""

    async def show(
        self,
        text: str,
        *,
        view: discord.ui.View | None = None,
        file: discord.File | None = None,
    ) -> None:
        """Show the text instead of what was shown before."""

    async def add(self, text: str, *, view: discord.ui.View | None) -> None:
        """Show a further page."""


async def answer_message(
    client: MynaClient, visit: Visit, message: discord.Message, text: str
) -> None:
    """Answer a message in its channel; who deleted it meanwhile gets no answer."""
    try:
        async with _typing(message.channel):
            history = await conversation(client, message)
            await _answer(client, visit, text, history, _Reply(message))
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
        await _answer(interaction.client, visit, text, (), _Private(interaction))


async def _answer(
    client: MynaClient,
    visit: Visit,
    text: str,
    history: tuple[Message, ...],
    outlet: _Outlet,
) -> None:
    place = visit.place
    question = Question(
        place.server, visit.actor, text, channel=place.channel, history=history
    )

    async def show(so_far: str) -> None:
        try:
            await outlet.show(_first_words(so_far))
        except discord.HTTPException as exc:  # the whole answer may still arrive
            log.info("answer.not_shown_yet", status=exc.status)

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
            said = reply.text
            if sources := phrases.sources(reply):
                said = f"{said}\n{SMALL}{sources}"
            view = row(answer_buttons(reply.id))
    parts, file = pages(said)
    last = len(parts) - 1
    await outlet.show(parts[0], view=None if last else view, file=file)
    for number, part in enumerate(parts[1:], start=1):
        await outlet.add(part, view=view if number == last else None)


class _Reply:
    """An answer below the message that asked."""

    def __init__(self, message: discord.Message) -> None:
        self._asked = message
        self._sent: discord.Message | None = None

    async def show(
        self,
        text: str,
        *,
        view: discord.ui.View | None = None,
        file: discord.File | None = None,
    ) -> None:
        if self._sent is not None:
            self._sent = await self._sent.edit(
                content=text,
                view=view,
                attachments=[file] if file else [],
                allowed_mentions=NO_MENTIONS,
            )
            return
        self._sent = await _reply(self._asked, text, view, file)

    async def add(self, text: str, *, view: discord.ui.View | None) -> None:
        await _reply(self._asked, text, view, None)


class _Private:
    """An answer to a command, for the asker alone."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction

    async def show(
        self,
        text: str,
        *,
        view: discord.ui.View | None = None,
        file: discord.File | None = None,
    ) -> None:
        await self._interaction.edit_original_response(
            content=text,
            view=view,
            attachments=[file] if file else [],
            allowed_mentions=NO_MENTIONS,
        )

    async def add(self, text: str, *, view: discord.ui.View | None) -> None:
        send = self._interaction.followup.send
        if view is None:
            await send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
        else:
            await send(text, view=view, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def _reply(
    message: discord.Message,
    text: str,
    view: discord.ui.View | None,
    file: discord.File | None,
) -> discord.Message:
    extra: dict[str, Any] = {"allowed_mentions": NO_MENTIONS}
    if view is not None:
        extra["view"] = view
    if file is not None:
        extra["file"] = file
    return await message.reply(text, **extra)


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
