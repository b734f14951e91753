"""Learning on demand: one message that shows the run, edited in place."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot import cards
from bot.messages import Refused
from bot.pacing import PacedText
from bot.slack_app import rendering
from bot.slack_app.failures import FAILURES, name_of
from bot.slack_app.workspaces import hasty
from learning.errors import MynaError

if TYPE_CHECKING:
    from bot.cards import Card
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Visit
    from learning.run import Progress, RunKind


class Board:
    """The message of one run; posted with the first thing to show."""

    def __init__(self, visit: Visit, review_channel: str) -> None:
        self._visit = visit
        self._channels = list(
            filter(None, dict.fromkeys([visit.place.channel, review_channel]))
        )
        self._at: dict[str, Any] | None = None
        self._card: Card | None = None

    def take(self, progress: Progress) -> None:
        """Note what is to be shown next."""
        self._card = cards.progress_card(progress)

    async def show(self, _: str) -> None:
        """Show what was noted last; what Slack refuses is shown next time."""
        if self._card:
            with suppress(*FAILURES):
                await self.put(self._card, patient=False)

    async def end(self, card: Card) -> None:
        """Show how it ended, where anything was shown of it."""
        if self._at:
            await self.put(card)

    async def put(self, card: Card, *, patient: bool = True) -> bool:
        """Show a card, and say whether there is a place for it."""
        message = rendering.card_message(card)
        client = self._visit.client if patient else hasty(self._visit.client)
        if self._at:
            try:
                await client.chat_update(**self._at, **message)
            except SlackApiError as exc:
                if name_of(exc) != "message_not_found":
                    raise
            else:
                return True
        for channel in self._channels:
            try:
                posted = await client.chat_postMessage(channel=channel, **message)
            except SlackApiError as exc:
                if name_of(exc) not in {"not_in_channel", "channel_not_found"}:
                    raise
            else:
                self._at = {"channel": posted["channel"], "ts": posted["ts"]}
                return True
        return False


async def learn(slack: SlackParts, visit: Visit, start: RunKind | None) -> str:
    """Run, and show it; return the sentence that its starter alone should see.

    Nothing is returned where the message says it all. A run that was refused has no
    message. Raises MynaError, after the message says so too.
    """
    review = await slack.channels.of(visit.client, visit.server)
    board = Board(visit, review.id if review else "")
    seconds = slack.edit_interval_seconds
    try:
        async with PacedText(board.show, interval_seconds=seconds) as pace:

            def progressed(progress: Progress) -> None:
                board.take(progress)
                pace.feed("")

            ended = await slack.core.learn(
                visit.server, visit.actor, start=start, on_progress=progressed
            )
    except MynaError as exc:
        await board.end(cards.Card("Not promoted", str(exc), tone=cards.Tone.BAD))
        raise
    if isinstance(ended, Refused):
        return rendering.spelled(ended.text)
    card = cards.learned_card(ended)
    return "" if await board.put(card) else card.plain
