"""Files of lessons, out of a command or a form into review."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord

from bot import lesson_files, phrases
from bot.discord_app import words
from bot.discord_app.forms import UploadForm
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import defer, tell, told
from bot.messages import ImportRow, Refused
from learning.errors import CommandError

MAX_BYTES = 2_000_000
KINDS = frozenset({".csv", ".jsonl", ".txt"})


async def open_form(interaction: Interaction) -> None:
    """Let somebody upload a file."""
    what = ".csv with a header, .jsonl, or .txt with one fact a line"
    form = UploadForm("Teach a file", "File", what, import_file)
    await interaction.response.send_modal(form)


async def import_file(interaction: Interaction, file: discord.Attachment) -> None:
    """Put every good row of a file into the review queue."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        place = visit.place
        if not place.scope.is_server_wide:
            raise CommandError(phrases.import_is_for_everybody())
        suffix = Path(file.filename).suffix.lower()
        if suffix not in KINDS:
            raise CommandError(words.file_unknown(file.filename))
        if file.size > MAX_BYTES:
            raise CommandError(words.file_too_large(MAX_BYTES))
        rows = await asyncio.to_thread(_rows, await file.read(), suffix, file.filename)
        result = await visit.core.import_lessons(place.server, rows, visit.actor)
        if isinstance(result, Refused):
            raise CommandError(result.text)
        await tell(interaction, phrases.imported(result))


def _rows(content: bytes, suffix: str, name: str) -> tuple[ImportRow, ...]:
    """Read a file; a plain text is one fact a line. Raises ImportFileError."""
    if suffix == ".txt":
        lines = enumerate(lesson_files.decoded(content, name=name).split("\n"), start=1)
        return tuple(
            ImportRow(number, {"kind": "fact", "text": line})
            for number, line in lines
            if line.strip()
        )
    return lesson_files.parse_lessons(content, name=name)
