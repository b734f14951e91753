"""Announcing: review cards, what became of them, and how runs ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from bot import cards, phrases
from bot.document_cards import any_passage, document_card, without_words
from bot.messages import Refused
from bot.parts import SYSTEM
from bot.slack_app import rendering
from bot.slack_app.failures import FAILURES, name_of
from bot.slack_app.installations import PLATFORM
from bot.slack_app.parts import tell
from bot.slack_app.people import team_of
from bot.slack_app.workspaces import speaking_for
from storage.cards import PostedCard
from storage.documents import PostedDocument

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.messages import DocumentDigest, Learned, Notice, Settled, Waiting
    from bot.slack_app.outbox import Outbox
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.review_channels import ReviewChannel
    from bot.slack_app.workspaces import Workspaces
    from learning.lesson import Lesson

log = structlog.get_logger(__name__)

WORDLESS = frozenset(
    {
        "Taught by",
        "Source",
        "For",
        "Changes",
        "Approvals",
        "Learned by",
        "Why",
        "Consent",
        "Replaces",
    }
)
"""Facts of a card that never quote a lesson."""


class SlackAnnouncer:
    """Tells workspaces what happened; the outbox decides when."""

    def __init__(
        self,
        slack: SlackParts,
        outbox: Outbox,
        workspaces: Workspaces,
        client: AsyncWebClient,
    ) -> None:
        self._core = slack.core
        self._people = slack.people
        self._channels = slack.channels
        self._outbox = outbox
        self._workspaces = workspaces
        self._client = client
        self._documents: dict[tuple[str, int], DocumentDigest] = {}
        """The latest of each document that is still to be shown."""

    async def notify(self, notice: Notice) -> None:
        """Tell a person where they taught last, or by name where lessons are reviewed.

        Never by a direct message that they did not ask for.
        """

        async def send(client: AsyncWebClient) -> None:
            words = rendering.spelled(notice.text)
            taught_in = self._people.taught_in(notice.server, notice.person)
            if taught_in:
                try:
                    await tell(client, taught_in, notice.person, words)
                except SlackApiError:  # they or Myna left it
                    pass
                else:
                    return
            channel = await self._channels.of(client, notice.server)
            if channel:
                words = rendering.escape(phrases.notice_for_all(notice.text))
                text = f"<@{notice.person}> {words}"
                await client.chat_postMessage(channel=channel.id, text=text)

        self._send(notice.server, send)

    async def lesson_waits(self, waiting: Waiting) -> None:
        """Post a lesson's card, or change the one that hangs already."""
        lesson = waiting.lesson
        card = cards.review_card(waiting)

        async def send(client: AsyncWebClient) -> None:
            if await self._updated(client, lesson, card):
                return
            channel = await self._channels.of(client, lesson.server)
            if channel is None:
                return
            message = _message(card, lesson, channel)
            posted = await client.chat_postMessage(channel=channel.id, **message)
            kept = PostedCard(lesson.id, posted["channel"], posted["ts"])
            await self._core.card_posted(lesson.server, kept)

        self._send(lesson.server, send)

    async def lesson_settled(self, settled: Settled) -> None:
        """Show on a lesson's cards what became of it, without buttons."""
        card = cards.settled_card(settled)

        async def send(client: AsyncWebClient) -> None:
            await self._updated(client, settled.lesson, card)

        self._send(settled.lesson.server, send)

    async def document_waits(self, server: str, digest: DocumentDigest) -> None:
        """Post a document's card, or show on the one there is how it stands now."""
        self._send_document(server, digest)

    async def document_settled(self, server: str, digest: DocumentDigest) -> None:
        """Show on a document's card what became of it, without buttons."""
        self._send_document(server, digest)

    async def has_channel(self, server: str, channel: str) -> bool:
        """Say whether a server may have its lessons reviewed in a channel."""
        try:
            client = await self._client_of(server)
            return bool(client and await self._channels.find(client, server, channel))
        except FAILURES as exc:
            log.info("channel.unknown", error=name_of(exc))
            return False

    async def run_ended(self, server: str, learned: Learned) -> None:
        """Say in the review channel how a nightly run ended."""
        card = rendering.card_message(cards.learned_card(learned))

        async def send(client: AsyncWebClient) -> None:
            channel = await self._channels.of(client, server)
            if channel:
                await client.chat_postMessage(channel=channel.id, **card)

        self._send(server, send)

    async def catch_up(self) -> None:
        """Post the cards of lessons that wait without one, as after a crash."""
        for server in await self._core.known_servers(PLATFORM):
            queue = await self._core.to_review(server, SYSTEM)
            if isinstance(queue, Refused):
                continue
            for waiting in queue.lessons:
                if not await self._core.cards(server, waiting.lesson.id):
                    await self.lesson_waits(waiting)
            for digest in queue.documents:
                if not await self._core.document_cards(server, digest.id):
                    await self.document_waits(server, digest)

    def _send_document(self, server: str, digest: DocumentDigest) -> None:
        """Show the latest of a document: each passage decided alone would change it."""
        key = (server, digest.id)
        self._documents[key] = digest

        async def send(client: AsyncWebClient) -> None:
            latest = self._documents.pop(key, None)
            if latest is None:  # shown by another before it
                return
            try:
                await self._show_document(client, server, latest)
            except SlackApiError:  # the outbox may try again
                self._documents.setdefault(key, latest)
                raise

        self._send(server, send)

    async def _show_document(
        self, client: AsyncWebClient, server: str, digest: DocumentDigest
    ) -> None:
        posted = await self._core.document_cards(server, digest.id)
        for each in posted:
            at = await self._channels.at(client, server, each.channel)
            message = _document_message(digest, at)
            try:
                await client.chat_update(
                    channel=each.channel, ts=each.message, **message
                )
            except SlackApiError as exc:
                if name_of(exc) == "ratelimited":
                    raise
        if posted or not (digest.waiting or digest.gone):
            return
        channel = await self._channels.of(client, server)
        if channel is not None:
            message = _document_message(digest, channel)
            sent = await client.chat_postMessage(channel=channel.id, **message)
            kept = PostedDocument(digest.id, sent["channel"], sent["ts"])
            await self._core.document_card_posted(server, kept)

    async def _updated(
        self, client: AsyncWebClient, lesson: Lesson, card: cards.Card
    ) -> bool:
        """Change every card of a lesson; say whether one still hangs."""
        hangs = False
        for posted in await self._core.cards(lesson.server, lesson.id):
            try:
                at = await self._channels.at(client, lesson.server, posted.channel)
                await client.chat_update(
                    channel=posted.channel,
                    ts=posted.message,
                    **_message(card, lesson, at),
                )
            except SlackApiError as exc:
                if name_of(exc) == "ratelimited":
                    raise
            else:
                hangs = True
        return hangs

    async def _client_of(self, server: str) -> AsyncWebClient | None:
        """Return the client of a server's workspace; None where Myna is not in it."""
        team = team_of(server)
        bot = await self._workspaces.bot(team)
        if bot is None or bot.team_id not in {team, None}:
            return None
        return speaking_for(self._client, bot)

    def _send(
        self, server: str, send: Callable[[AsyncWebClient], Awaitable[None]]
    ) -> None:
        async def sent() -> None:
            client = await self._client_of(server)
            if client is not None:
                await send(client)

        self._outbox.put(team_of(server), sent)


def _message(
    card: cards.Card, lesson: Lesson, channel: ReviewChannel | None
) -> dict[str, Any]:
    """Return a card without a private channel's words, where others read it."""
    is_for_all = lesson.scope.is_server_wide or (channel and channel.private)
    if not is_for_all and card.text:
        facts = tuple(each for each in card.facts if each[0] in WORDLESS)
        words = rendering.spelled(phrases.words_hidden())
        card = replace(card, text=words, facts=facts)
    return rendering.card_message(card, lesson.server)


def _document_message(
    of: DocumentDigest, channel: ReviewChannel | None
) -> dict[str, Any]:
    """Return a document's card, without its words where others would read them."""
    card, lesson = document_card(of), any_passage(of)
    is_for_all = lesson is None or lesson.scope.is_server_wide
    if not is_for_all and not (channel and channel.private):
        words = rendering.spelled(phrases.words_hidden())
        card = without_words(card, of, words)
    return rendering.card_message(card, of.server)
