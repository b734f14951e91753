"""Research: what the web says about a topic, and reading what somebody picks of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot import phrases
from bot.cards import research_card
from bot.chat import Chat
from bot.messages import Refused, Researched
from bot.session import LocalSession
from bot.slack_app import rendering

if TYPE_CHECKING:
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit
    from bot.vocabulary import PickResults


async def search(slack: SlackParts, visit: Visit, topic: str) -> rendering.Json:
    """Search for a topic; return the message that shows what was found."""
    found = await slack.core.research(
        visit.server, visit.actor, topic, channel=visit.place.channel or None
    )
    return _shown(found)


async def look_up(slack: SlackParts, visit: Visit, answer: int) -> rendering.Json:
    """Search for the question of an answer that did not know."""
    found = await slack.core.look_up(
        visit.server, visit.actor, answer, channel=visit.place.channel or None
    )
    return _shown(found)


async def read(slack: SlackParts, visit: Visit, command: PickResults) -> str:
    """Read pages that were found; return the sentence about them."""
    chat = Chat(
        slack.core,
        visit.server,
        visit.actor,
        Path(),
        channel=visit.place.channel or None,
        scope=visit.place.scope,
    )
    outcome = await LocalSession(chat, slack.clock, tells=False).run(command)
    return rendering.spelled(outcome.text)


def _shown(found: Researched | Refused) -> rendering.Json:
    if isinstance(found, Refused):
        return rendering.said(rendering.spelled(found.text))
    card = research_card(found)
    message = rendering.card_message(card)
    if not card.buttons:
        return message
    # A button beside each result: within one block no two may have the same id.
    blocks = message["blocks"][:1]
    for trouble in found.troubles:
        blocks.append(rendering.context(trouble))
    for result, button in zip(found.results, card.buttons, strict=True):
        [section] = rendering.sections(phrases.result(result))[:1]
        accessory = rendering.buttons([button])["elements"][0]
        blocks.append({**section, "accessory": accessory})
    return {**message, "blocks": blocks}
