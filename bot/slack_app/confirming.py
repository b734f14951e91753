"""Confirming: what the buttons below a call do that would change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import cards, tool_phrases
from bot.cards import Verb
from bot.messages import Refused
from bot.slack_app import rendering
from bot.slack_app.asking import below

if TYPE_CHECKING:
    from bot.core import Core
    from bot.slack_app.actions import Click


async def settle(core: Core, click: Click) -> None:
    """Make the call or leave it; nobody but the asker decides, and only once.

    The buttons are taken away first: what is good once is clicked once.
    """
    visit = click.visit
    call, asker = cards.call_of(click.target)
    if visit.actor.id != asker:
        await click.tell(tool_phrases.not_your_call())
        return
    asked = click.body["message"]
    kept = [each for each in asked["blocks"] if each["type"] != "actions"]
    await click.replace({"text": asked["text"], "blocks": kept})
    go = click.verb is Verb.CONFIRM
    reply = await core.settle_call(visit.server, visit.actor, call, go=go)
    if isinstance(reply, Refused):
        if reply.waits:
            await click.replace({"text": asked["text"], "blocks": asked["blocks"]})
        await click.tell(rendering.spelled(reply.text))
        return
    await visit.client.chat_postMessage(
        channel=visit.place.channel,
        thread_ts=asked.get("thread_ts") or asked["ts"],
        **rendering.answer_message(reply.text, below(reply, asker)),
    )
