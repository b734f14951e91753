"""Announcing: review cards, what became of them, and how runs ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot import cards
from bot.messages import Refused
from bot.parts import SYSTEM
from bot.slack_app import rendering
from bot.slack_app.installations import PLATFORM
from bot.slack_app.parts import tell
from bot.slack_app.people import team_of
from bot.slack_app.workspaces import speaking_for
from storage import servers
from storage.cards import PostedCard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core import Core
    from bot.messages import Learned, Notice, Settled, Waiting
    from bot.slack_app.outbox import Outbox
    from bot.slack_app.people import People
    from bot.slack_app.workspaces import Workspaces
    from storage.database import Database


class SlackAnnouncer:
    """Tells workspaces what happened; the outbox decides when."""

    def __init__(
        self,
        core: Core,
        people: People,
        outbox: Outbox,
        workspaces: Workspaces,
        client: AsyncWebClient,
    ) -> None:
        self._core = core
        self._people = people
        self._outbox = outbox
        self._workspaces = workspaces
        self._client = client

    async def notify(self, notice: Notice) -> None:
        """Tell a person where they taught last, or by name where lessons are reviewed.

        Never by a direct message that they did not ask for.
        """

        async def send(client: AsyncWebClient) -> None:
            words = rendering.spelled(notice.text)
            channel = self._people.taught_in(notice.server, notice.person)
            if channel:
                try:
                    await tell(client, channel, notice.person, words)
                except SlackApiError:  # they or Myna left it
                    pass
                else:
                    return
            settings = await self._core.settings(notice.server)
            if settings.review_channel:
                text = f"<@{notice.person}> {rendering.escape(words)}"
                await client.chat_postMessage(
                    channel=settings.review_channel, text=text
                )

        self._send(notice.server, send)

    async def lesson_waits(self, waiting: Waiting) -> None:
        """Post a lesson's card, or change the one that hangs already."""
        lesson = waiting.lesson
        card = rendering.card_message(cards.review_card(waiting))

        async def send(client: AsyncWebClient) -> None:
            if await self._updated(client, lesson.server, lesson.id, card):
                return
            settings = await self._core.settings(lesson.server)
            if not settings.review_channel:
                return
            posted = await client.chat_postMessage(
                channel=settings.review_channel, **card
            )
            kept = PostedCard(lesson.id, posted["channel"], posted["ts"])
            await self._core.card_posted(lesson.server, kept)

        self._send(lesson.server, send)

    async def lesson_settled(self, settled: Settled) -> None:
        """Show on a lesson's cards what became of it, without buttons."""
        lesson = settled.lesson
        card = rendering.card_message(cards.settled_card(settled))

        async def send(client: AsyncWebClient) -> None:
            await self._updated(client, lesson.server, lesson.id, card)

        self._send(lesson.server, send)

    async def run_ended(self, server: str, learned: Learned) -> None:
        """Say in the review channel how a nightly run ended."""
        card = rendering.card_message(cards.learned_card(learned))

        async def send(client: AsyncWebClient) -> None:
            settings = await self._core.settings(server)
            if settings.review_channel:
                await client.chat_postMessage(channel=settings.review_channel, **card)

        self._send(server, send)

    async def catch_up(self, database: Database) -> None:
        """Post the cards of lessons that wait without one, as after a crash."""
        for server in await servers.all_known(database):
            if not server.startswith(f"{PLATFORM}:"):
                continue
            queue = await self._core.queue(server, SYSTEM)
            for waiting in () if isinstance(queue, Refused) else queue:
                if not await self._core.cards(server, waiting.lesson.id):
                    await self.lesson_waits(waiting)

    async def _updated(
        self, client: AsyncWebClient, server: str, lesson: int, card: dict[str, Any]
    ) -> bool:
        """Change every card of a lesson; say whether one still hangs."""
        hangs = False
        for posted in await self._core.cards(server, lesson):
            try:
                await client.chat_update(
                    channel=posted.channel, ts=posted.message, **card
                )
            except SlackApiError as exc:
                if exc.response["error"] == "ratelimited":
                    raise
            else:
                hangs = True
        return hangs

    def _send(
        self, server: str, send: Callable[[AsyncWebClient], Awaitable[None]]
    ) -> None:
        team = team_of(server)

        async def sent() -> None:
            bot = await self._workspaces.bot(team)
            if bot is not None:
                await send(speaking_for(self._client, bot))

        self._outbox.put(team, sent)
