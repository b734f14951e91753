"""Research: what the web says about a topic, and reading what somebody picks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import terminal_phrases
from bot.cards import Button, research_card
from bot.discord_app import words
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.rendering import NO_MENTIONS, layout
from bot.discord_app.replies import defer, tell, tell_outcome, told
from bot.messages import Refused, Researched
from bot.pacing import PacedText
from bot.session import LocalSession
from bot.vocabulary import Import, PickResults

if TYPE_CHECKING:
    from learning.run import Progress


async def research(interaction: Interaction, topic: str) -> None:
    """Search for a topic, and show what was found with a button for each page."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        place = visit.place
        found = await visit.core.research(
            place.server, visit.actor, topic, channel=place.channel
        )
        await _show(interaction, found)


async def look_up(interaction: Interaction, button: Button) -> None:
    """Search for the question of an answer that did not know."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        place = visit.place
        found = await visit.core.look_up(
            place.server, visit.actor, int(button.target), channel=place.channel
        )
        await _show(interaction, found)


async def pick(interaction: Interaction, button: Button) -> None:
    """Read one page of those that were found."""
    research_, _, number = button.target.partition(":")
    await read(interaction, PickResults((int(number),), research_))


async def read(interaction: Interaction, command: PickResults | Import) -> None:
    """Read pages, saying which one is being read."""
    await defer(interaction)

    async def show(so_far: str) -> None:
        *_, last = so_far.splitlines()
        await interaction.edit_original_response(
            content=last, allowed_mentions=NO_MENTIONS
        )

    async with told(interaction):
        visit = await visit_of(interaction)
        session = LocalSession(visit.chat(), interaction.client.clock)
        interval = interaction.client.options.edit_interval_seconds
        async with PacedText(show, interval_seconds=interval) as paced:

            def progressed(progress: Progress) -> None:
                paced.feed(f"{terminal_phrases.progress(progress)}\n")

            outcome = await session.run(command, on_progress=progressed)
        await tell_outcome(interaction, outcome)


async def _show(interaction: Interaction, found: Researched | Refused) -> None:
    if isinstance(found, Refused):
        await tell(interaction, words.here(found.text))
    else:
        await tell(interaction, view=layout(research_card(found)))
