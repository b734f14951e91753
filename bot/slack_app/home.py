"""The Home tab: how Myna stands in a workspace, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import cards, document_phrases, phrases, review_phrases, server_options
from bot.messages import Refused
from bot.slack_app import rendering
from moderation.roles import Permission, may

if TYPE_CHECKING:
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit

QUEUED = 5
EVENTS = 5
CHARS = 600


async def publish(slack: SlackParts, visit: Visit) -> None:
    """Show a person their Home."""
    view = {"type": "home", "blocks": await _blocks(slack, visit)}
    await visit.client.views_publish(user_id=visit.actor.id, view=view)


async def suggest(visit: Visit) -> None:
    """Offer openings to somebody who came to write directly."""
    prompts = [
        {"title": title, "message": message}
        for title, message in phrases.suggested_questions()
    ]
    await visit.client.assistant_threads_setSuggestedPrompts(
        channel_id=visit.place.channel, prompts=prompts
    )


async def _blocks(slack: SlackParts, visit: Visit) -> list[rendering.Json]:
    core = slack.core
    card = cards.status_card(await core.status(visit.server))
    blocks = rendering.card_blocks(_allowed(card, visit))
    queue = await core.to_review(visit.server, visit.actor)
    if not isinstance(queue, Refused):
        waiting = [document_phrases.waiting_document(each) for each in queue.documents]
        waiting += [phrases.waiting(each) for each in queue.lessons]
        shown = [each[:CHARS] for each in waiting[:QUEUED]]
        if shown:
            shown.insert(0, review_phrases.queue_standing(queue))
        blocks += _titled("Waiting for review", shown or [phrases.queue(())])
    history = await core.history(visit.server, limit=EVENTS)
    blocks += _titled("What happened last", phrases.history(history).split("\n"))
    settings = server_options.shown(await core.settings(visit.server))
    blocks += _titled("Settings", [f"{name}: {value}" for name, value, _ in settings])
    return blocks


def _allowed(card: cards.Card, visit: Visit) -> cards.Card:
    """Leave out the buttons that this person may not use."""
    if may(visit.actor.role, Permission.RUN):
        return card
    return cards.Card(card.title, card.text, card.facts, tone=card.tone)


def _titled(title: str, lines: list[str]) -> list[rendering.Json]:
    heading = cards.Card(title, "\n".join(lines))
    return [{"type": "divider"}, *rendering.card_blocks(heading)]
