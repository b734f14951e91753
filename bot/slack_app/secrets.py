"""Secrets: an admin types one into a form, because Slack keeps what commands say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import phrases, tool_card_phrases
from bot.slack_app import forms
from bot.slack_app.teaching import Origin
from bot.vocabulary import SetSecret
from moderation.roles import Permission, may

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack_app.people import Visit

FORM = "secret"
VALUE = "value"


async def ask(visit: Visit, wanted: SetSecret, trigger: str) -> str:
    """Open the form for the value; return why it is not opened, or nothing."""
    if not may(visit.actor.role, Permission.CONFIGURE):
        return phrases.not_allowed(Permission.CONFIGURE)
    if wanted.value:
        return tool_card_phrases.value_belongs_in_the_form()
    origin = Origin(visit.place.channel, f"{wanted.name} {wanted.host}")
    view = forms.one_line(
        FORM,
        tool_card_phrases.secret_form(),
        origin.to_metadata(),
        name=VALUE,
        label=tool_card_phrases.value_label(wanted.name),
        hint=tool_card_phrases.value_hint(wanted.host),
    )
    await visit.client.views_open(trigger_id=trigger, view=view)
    return ""


def entered(target: str, values: Mapping[str, Any]) -> SetSecret:
    """Return the secret that was typed into the form."""
    name, _, host = target.partition(" ")
    return SetSecret(name, host, values[VALUE].strip())
