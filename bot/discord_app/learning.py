"""Learning: a run shown as one message that is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot import phrases
from bot.cards import Button, Card, Tone, learned_card, progress_card
from bot.discord_app import words
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.rendering import NO_MENTIONS, layout
from bot.discord_app.replies import defer, tell, tell_outcome, told
from bot.discord_app.retrying import FAILURES, insist, was_cut_off
from bot.messages import Refused
from bot.pacing import PacedText
from bot.session import LocalSession
from bot.vocabulary import Rollback
from learning.errors import MynaError

if TYPE_CHECKING:
    from learning.run import Progress, RunKind


async def learn(interaction: Interaction, start: RunKind | None = None) -> None:
    """Train what is new; how far it is, is shown to the whole channel.

    A run may take longer than the fifteen minutes that an interaction lives, so it
    is shown in a message of the bot's own.
    """
    await defer(interaction)
    board = _Board(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        interval = interaction.client.options.edit_interval_seconds
        try:
            async with PacedText(board.show, interval_seconds=interval) as pace:

                def show_soon(progress: Progress) -> None:
                    board.latest = progress
                    pace.feed(".")  # only sets the pace: the board shows the latest

                result = await visit.core.learn(
                    visit.place.server,
                    visit.actor,
                    start=start,
                    on_progress=show_soon,
                )
        except MynaError as exc:
            if not board.is_up:
                raise
            sentence = words.here(str(exc))
            await board.end(Card(words.run_stopped(), sentence, tone=Tone.BAD))
            return
        if isinstance(result, Refused):
            await tell(interaction, words.here(result.text))
            return
        await board.end(learned_card(result))


async def roll_back(interaction: Interaction, button: Button) -> None:
    """Go back from the adapter that a card announced, if it still answers."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        status = await visit.core.status(visit.place.server)
        if status.adapter != button.target:
            await tell(
                interaction, words.here(phrases.no_longer_answering(button.target))
            )
            return
        session = LocalSession(visit.chat(), interaction.client.clock, tells=False)
        outcome = await session.run(Rollback())
        await tell_outcome(interaction, outcome)
        if outcome.ok and interaction.message is not None:
            card = Card(outcome.text, words.rolled_back_by(visit.actor.name))
            await interaction.message.reply(
                view=layout(card), allowed_mentions=NO_MENTIONS
            )


class _Board:
    """The one message of a run."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._message: discord.Message | None = None
        self.latest: Progress | None = None

    @property
    def is_up(self) -> bool:
        return self._message is not None

    async def show(self, _: str) -> None:
        """Show the latest progress."""
        if self.latest is not None:
            await self._put(progress_card(self.latest))

    async def end(self, card: Card) -> None:
        """Show how the run ended, in another message if the first takes no edit."""
        try:
            await insist(self._put, card)
        except FAILURES as exc:
            if not was_cut_off(exc):
                raise
            self._message = None
            await insist(self._put, card)

    async def _put(self, card: Card) -> None:
        view = layout(card)
        try:
            if self._message is not None:
                await self._message.edit(view=view)
                return
            channel = self._interaction.channel
            if not isinstance(channel, discord.abc.Messageable):
                return
            self._message = await channel.send(view=view, allowed_mentions=NO_MENTIONS)
        except (discord.Forbidden, discord.NotFound):
            await tell(self._interaction, card.plain)
            return
        link = self._message.jump_url
        await tell(self._interaction, words.learning_in(link))
