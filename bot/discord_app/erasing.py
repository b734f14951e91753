"""Erasing one's own data: asked for twice, because it cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord

from bot import phrases
from bot.discord_app import words
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import broke, defer, tell, tell_outcome, told
from bot.session import LocalSession
from bot.vocabulary import Privacy, PrivacyWish

if TYPE_CHECKING:
    import re


async def ask(interaction: Interaction) -> None:
    """Say what would go, with a button that does it."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        report = await visit.core.privacy(visit.place.server, visit.actor.id)
        view = discord.ui.View(timeout=None).add_item(EraseButton(visit.actor.id))
        text = phrases.confirm_delete(report).partition(": /")[0]
        await tell(interaction, f"{text}.", view=view)


class EraseButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"erase:(?P<person>\d+)"
):
    """The second yes, for the person who gave the first."""

    def __init__(self, person: str) -> None:
        self._person = person
        super().__init__(
            discord.ui.Button(
                label=words.erase_label(),
                style=discord.ButtonStyle.danger,
                custom_id=f"erase:{person}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        _: discord.Interaction[Any],
        __: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Make the button again from its id alone."""
        return cls(match["person"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Erase."""
        try:
            await _erase(interaction, self._person)
        except Exception as exc:  # noqa: BLE001 - the error boundary of a button
            await broke(interaction, exc)


async def _erase(interaction: Interaction, person: str) -> None:
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        if visit.actor.id != person:
            await tell(interaction, words.not_your_button())
            return
        session = LocalSession(visit.chat(), interaction.client.clock, tells=False)
        outcome = await session.run(Privacy(PrivacyWish.DELETE, confirmed=True))
        await tell_outcome(interaction, outcome)
