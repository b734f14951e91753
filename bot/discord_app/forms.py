"""Forms: Discord's modals, made of named fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.discord_app.interaction import Interaction
from bot.discord_app.replies import broke, told

OPEN_SECONDS = 1800
"""How long a form may lie open before Myna no longer waits for it."""
MAX_INPUT = 4000
MAX_TITLE = 45
MAX_HINT = 100


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form."""

    id: str
    label: str
    default: str = ""
    required: bool = True
    lines: bool = True
    """Room for several lines."""
    hint: str = ""
    """What stands below the label."""


Submit = Callable[[Interaction, Mapping[str, str]], Awaitable[None]]
Upload = Callable[[Interaction, discord.Attachment], Awaitable[None]]


class _Form(discord.ui.Modal):
    def __init__(self, title: str) -> None:
        super().__init__(title=title[:MAX_TITLE], timeout=OPEN_SECONDS)

    async def on_error(  # type: ignore[override] # Modal itself leaves the item out
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        """Give the person the id that the log has."""
        await broke(interaction, error)


class Form(_Form):
    """Text inputs, and what to do with what was typed."""

    def __init__(self, title: str, fields: Sequence[Field], submit: Submit) -> None:
        super().__init__(title)
        self._done = submit
        self._inputs: dict[str, discord.ui.TextInput[Any]] = {}
        for field in fields:
            style = discord.TextStyle
            typed: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=field.id,
                style=style.paragraph if field.lines else style.short,
                default=field.default[:MAX_INPUT] or None,
                required=field.required,
                max_length=MAX_INPUT,
            )
            self._inputs[field.id] = typed
            hint = field.hint[:MAX_HINT] or None
            label: discord.ui.Label[Any] = discord.ui.Label(
                text=field.label, description=hint, component=typed
            )
            self.add_item(label)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Pass on what was typed, without the spaces around it."""
        values = {name: each.value.strip() for name, each in self._inputs.items()}
        async with told(interaction):
            await self._done(interaction, values)


class UploadForm(_Form):
    """One file, and what to do with it."""

    def __init__(self, title: str, label: str, what: str, submit: Upload) -> None:
        super().__init__(title)
        self._done = submit
        self._file: discord.ui.FileUpload[Any] = discord.ui.FileUpload(custom_id="file")
        self.add_item(
            discord.ui.Label(text=label, description=what, component=self._file)
        )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Pass on the file."""
        async with told(interaction):
            await self._done(interaction, self._file.values[0])
