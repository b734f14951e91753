"""Confirming: what the buttons below a call do that would change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import tool_phrases
from bot.cards import Button, Verb, buttons_below, call_buttons, call_of
from bot.discord_app import words
from bot.discord_app.asking import credited
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.rendering import NO_MENTIONS, pages, row, spent
from bot.discord_app.replies import tell, told
from bot.messages import Refused

if TYPE_CHECKING:
    from bot.messages import Reply


async def settle(interaction: Interaction, button: Button) -> None:
    """Make the call or leave it; nobody but the asker decides, and only once.

    The buttons are switched off first: what is good once is clicked once.
    """
    call, asker = call_of(button.target)
    if str(interaction.user.id) != asker:
        await tell(interaction, tool_phrases.not_your_call())
        return
    buttons = call_buttons(call, asker)
    await interaction.response.edit_message(view=spent(buttons))
    async with told(interaction):
        visit = await visit_of(interaction)
        reply = await visit.core.settle_call(
            visit.place.server, visit.actor, call, go=button.verb is Verb.CONFIRM
        )
        if isinstance(reply, Refused):
            if reply.waits:
                await interaction.edit_original_response(view=row(buttons))
            await tell(interaction, words.here(reply.text))
        else:
            await _show(interaction, reply, asker)


async def _show(interaction: Interaction, reply: Reply, asker: str) -> None:
    """Answer where the question was asked: of a private one, the asker alone reads."""
    parts, file = pages(credited(reply))
    asked = interaction.message
    ephemeral = asked is not None and asked.flags.ephemeral
    *before, last = parts
    for part in before:
        await interaction.followup.send(
            part, ephemeral=ephemeral, allowed_mentions=NO_MENTIONS
        )
    await interaction.followup.send(
        last,
        view=row(buttons_below(reply, asker)),
        files=[file] if file else [],
        ephemeral=ephemeral,
        allowed_mentions=NO_MENTIONS,
    )
