"""Documents under review: what the buttons of their cards do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import document_phrases
from bot.commands import read_parts
from bot.discord_app import words
from bot.discord_app.commands import carry_out
from bot.discord_app.forms import Field, Form
from bot.discord_app.people import visit_of
from bot.discord_app.replies import defer, tell, told
from bot.messages import Refused, Ruling
from bot.vocabulary import ShowDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.cards import Button
    from bot.discord_app.interaction import Interaction


async def approve(interaction: Interaction, button: Button) -> None:
    """Approve all of a document in which nothing was found."""
    await defer(interaction)
    async with told(interaction):
        await _decide(interaction, button.target, Ruling.APPROVE)


async def approve_parts(interaction: Interaction, button: Button) -> None:
    """Ask which passages, and approve them."""

    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        await defer(again)
        parts = read_parts(typed["parts"])
        await _decide(again, button.target, Ruling.APPROVE, parts)

    field = Field("parts", "Passages, such as 1-4, 7", lines=False)
    await interaction.response.send_modal(Form("Approve parts", [field], sent))


async def reject(interaction: Interaction, button: Button) -> None:
    """Ask for the reason, and which passages if not all, and reject."""

    async def sent(again: Interaction, typed: Mapping[str, str]) -> None:
        await defer(again)
        parts = read_parts(typed["parts"]) if typed["parts"] else None
        target, reason = button.target, typed["reason"]
        await _decide(again, target, Ruling.REJECT, parts, reason)

    fields = [
        Field("reason", "Reason, who brought it is told", required=False),
        Field("parts", "Passages, or nothing for all", required=False, lines=False),
    ]
    await interaction.response.send_modal(Form("Reject", fields, sent))


async def show(interaction: Interaction, button: Button) -> None:
    """Show all passages to who clicked."""
    number, _ = _target(button.target)
    await carry_out(interaction, ShowDocument(number))


async def _decide(
    interaction: Interaction,
    target: str,
    ruling: Ruling,
    parts: frozenset[int] | None = None,
    reason: str = "",
) -> None:
    visit = await visit_of(interaction)
    document, seen = _target(target)
    result = await visit.core.decide_document(
        visit.place.server,
        visit.actor,
        document,
        ruling,
        parts=parts,
        reason=reason,
        seen=seen or None,
    )
    if isinstance(result, Refused):
        await tell(interaction, words.here(result.text))
    else:
        await tell(interaction, words.here(document_phrases.decided(result)))


def _target(target: str) -> tuple[int, str]:
    number, _, seen = target.partition(":")
    return int(number), seen
