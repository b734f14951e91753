"""Files, out of a command or a form into review: documents, and files of lessons."""

from __future__ import annotations

import discord

from bot.discord_app import words
from bot.discord_app.forms import UploadForm
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import defer, tell_outcome, told
from bot.document_actions import import_file as put_up
from learning.document import LIMITS
from learning.errors import CommandError


async def open_form(interaction: Interaction) -> None:
    """Let somebody upload a file."""
    what = "PDF, Word, web page, text ...; or lessons as .csv or .jsonl"
    form = UploadForm("Teach a file", "File", what, import_file)
    await interaction.response.send_modal(form)


async def import_file(interaction: Interaction, file: discord.Attachment) -> None:
    """Put every passage of a document, or every good row of lessons, into review."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        if file.size > LIMITS.max_bytes:
            raise CommandError(words.file_too_large(LIMITS.max_bytes))
        outcome = await put_up(visit.chat(), await file.read(), file.filename)
        await tell_outcome(interaction, outcome)
