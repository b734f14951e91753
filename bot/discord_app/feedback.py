"""Feedback: the thumbs below an answer, and what it should have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot import phrases
from bot.cards import Button, Verb
from bot.discord_app.forms import Field, Form
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import defer, tell, told
from bot.discord_app.teaching import ask_consent, said
from bot.messages import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping


async def rate(interaction: Interaction, button: Button) -> None:
    """Record a thumb; thumbs down asks what the answer should have been."""
    async with told(interaction):
        visit = await visit_of(interaction)
        answer, helpful = int(button.target), button.verb is Verb.HELPFUL
        rated = await visit.core.rate(
            visit.place.server, visit.actor, answer, helpful=helpful
        )
        if isinstance(rated, Refused):
            await tell(interaction, rated.text)
        elif helpful:
            await tell(interaction, phrases.rated(helpful=True))
        else:
            await _open_correction(interaction, answer)


async def _open_correction(interaction: Interaction, answer: int) -> None:
    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        await defer(again)
        visit = await visit_of(again)
        taught = await visit.core.correct(
            visit.place.server,
            visit.actor,
            answer,
            typed["text"],
            private=not visit.place.scope.is_server_wide,
        )
        text, question = said(taught), _asked(again.message)
        if question is not None:
            asked = await ask_consent(taught, visit.actor.name, question)
            text = f"{text}\n{asked}".strip()
        await tell(again, text)

    question = phrases.what_should_it_have_said()
    form = Form(question, [Field("text", "The right answer")], sent)
    await interaction.response.send_modal(form)


def _asked(
    answer: discord.Message | None,
) -> discord.Message | discord.PartialMessage | None:
    """Return the message that an answer replied to, or the answer itself."""
    if answer is None or answer.flags.ephemeral:
        return None
    asked = answer.reference.message_id if answer.reference else None
    if asked is None or isinstance(answer.channel, discord.GroupChannel):
        return answer
    return answer.channel.get_partial_message(asked)
