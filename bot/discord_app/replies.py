"""Answering an interaction so that only the person who caused it reads it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot import breakage
from bot.discord_app import words
from bot.discord_app.interaction import Interaction
from bot.discord_app.rendering import NO_MENTIONS, pages, text_file
from bot.outcome import Outcome, OutcomeKind
from learning.errors import MynaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


log = structlog.get_logger(__name__)

_PEOPLES_WORDS = frozenset(
    {
        OutcomeKind.ANSWER,
        OutcomeKind.WHY,
        OutcomeKind.LESSONS,
        OutcomeKind.DOCUMENTS,
        OutcomeKind.REVIEW,
        OutcomeKind.EXPORTED,
    }
)


async def defer(interaction: Interaction) -> None:
    """Acknowledge within the three seconds that Discord gives."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def tell(
    interaction: Interaction,
    text: str = "",
    *,
    view: discord.ui.View | discord.ui.LayoutView | None = None,
    file: discord.File | None = None,
) -> None:
    """Send a private reply, whether or not the interaction was acknowledged."""
    parts, long = pages(text) if text else ([""], None)
    await _send(interaction, parts[0], view=view, file=file or long)
    for part in parts[1:]:
        await _send(interaction, part)


async def tell_outcome(
    interaction: Interaction, outcome: Outcome, *, file_name: str = "lessons.jsonl"
) -> None:
    """Send what a command came to, and what this person was not told yet."""
    text = outcome.text
    if outcome.kind not in _PEOPLES_WORDS:
        text = words.here(text)
    if outcome.kind is OutcomeKind.EXPORTED:
        notices = "\n".join(outcome.notices)
        await tell(interaction, notices, file=text_file(text, file_name))
        return
    await tell(interaction, "\n".join([text, *outcome.notices]))


@asynccontextmanager
async def told(interaction: Interaction) -> AsyncIterator[None]:
    """Turn an error that Myna foresaw into its sentence, for this person alone."""
    try:
        yield
    except MynaError as exc:
        await tell(interaction, words.here(str(exc)))


async def broke(interaction: Interaction, exc: BaseException) -> None:
    """Log what nobody foresaw, and give the person the id that the log has."""
    if not isinstance(exc, Exception):
        raise exc
    sentence = breakage.report("discord.broke", exc)
    try:
        await tell(interaction, sentence)
    except discord.HTTPException as failure:
        log.warning("reply.failed", status=failure.status)


async def _send(
    interaction: Interaction,
    text: str,
    *,
    view: discord.ui.View | discord.ui.LayoutView | None = None,
    file: discord.File | None = None,
) -> None:
    options: dict[str, Any] = {"ephemeral": True, "allowed_mentions": NO_MENTIONS}
    if text:
        options["content"] = text
    if view is not None:
        options["view"] = view
    if file is not None:
        options["file"] = file
    if interaction.response.is_done():
        await interaction.followup.send(**options)
    else:
        await interaction.response.send_message(**options)
