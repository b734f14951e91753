"""How cards and long texts look on Discord: Components V2, buttons, pages, files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.cards import Button, Card, Style, Tone, Verb
from bot.discord_app import words
from bot.splitting import split

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

MAX_CONTENT = 2000
MAX_PAGES = 3
"""A longer text is attached as a file."""
MAX_CARD = 4000
"""Characters of all texts of one Components V2 message."""
MAX_CUSTOM_ID = 100
MAX_ROW = 5
"""Buttons side by side."""

NO_MENTIONS = discord.AllowedMentions.none()

_COLOURS = {
    Tone.WAITING: discord.Colour.gold(),
    Tone.GOOD: discord.Colour.green(),
    Tone.BAD: discord.Colour.red(),
    Tone.PLAIN: None,
}
_STYLES = {
    Style.GOOD: discord.ButtonStyle.success,
    Style.BAD: discord.ButtonStyle.danger,
    Style.PLAIN: discord.ButtonStyle.secondary,
}
_VERBS = "|".join(Verb)


class CardButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"(?P<verb>{_VERBS}):(?P<target>.*)",
):
    """A card's button: its id says what it does, so it survives a restart."""

    def __init__(self, button: Button, *, disabled: bool = False) -> None:
        self.button = button
        super().__init__(
            discord.ui.Button(
                label=button.label,
                style=_STYLES[button.style],
                custom_id=button.id[:MAX_CUSTOM_ID],
                disabled=disabled,
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        _: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Make the button again from its id alone."""
        label = item.label if isinstance(item, discord.ui.Button) else None
        return cls(Button(Verb(match["verb"]), label or match["verb"], match["target"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what its verb says."""
        await interaction.client.clicked(interaction, self.button)


def layout(card: Card) -> discord.ui.LayoutView:
    """Render a card; what is too long for Discord is cut."""
    view = discord.ui.LayoutView(timeout=None)
    facts = "\n".join(f"**{name}:** {value}" for name, value in card.facts)
    title = _cut(f"### {card.title}", MAX_CARD // 8)
    facts = _cut(facts, MAX_CARD // 4)
    text = _cut(card.text, MAX_CARD - len(title) - len(facts))
    parts: list[discord.ui.Item[Any]] = [
        discord.ui.TextDisplay(part) for part in (title, text, facts) if part
    ]
    for start in range(0, len(card.buttons), MAX_ROW):
        buttons = card.buttons[start : start + MAX_ROW]
        parts.append(discord.ui.ActionRow(*map(CardButton, buttons)))
    container: discord.ui.Container[Any] = discord.ui.Container(
        *parts, accent_colour=_COLOURS[card.tone]
    )
    return view.add_item(container)


def row(buttons: Sequence[Button]) -> discord.ui.View:
    """Render buttons below a plain message."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(CardButton(button))
    return view


def spent(buttons: Sequence[Button]) -> discord.ui.View:
    """Render buttons that cannot be clicked any more."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(CardButton(button, disabled=True))
    return view


def pages(text: str, name: str = "answer.txt") -> tuple[list[str], discord.File | None]:
    """Return a text as messages that Discord takes, and as a file where it is long."""
    parts = split(text, MAX_CONTENT)
    if len(parts) <= MAX_PAGES:
        return parts, None
    rest = words.too_long_here()
    first = split(text, MAX_CONTENT - len(rest) - 2)[0]
    return [f"{first}\n\n{rest}"], text_file(text, name)


def text_file(text: str, name: str) -> discord.File:
    """Return a text as an attachment."""
    return discord.File(io.BytesIO(text.encode()), name)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
