"""Announcing: every review card is posted and edited here, whoever caused it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import discord
import structlog

from bot import breakage
from bot.cards import Card, learned_card, review_card, settled_card
from bot.discord_app import words
from bot.discord_app.people import guild_of, is_public, may_write, person_of
from bot.discord_app.rendering import NO_MENTIONS, layout
from bot.discord_app.retrying import FAILURES
from bot.document_cards import any_passage, document_card, without_words
from bot.messages import Actor, Refused
from learning.errors import MynaError
from moderation.policy import DISCORD
from moderation.roles import Role
from storage.cards import PostedCard
from storage.documents import PostedDocument

if TYPE_CHECKING:
    from bot.discord_app.client import MynaClient
    from bot.messages import DocumentDigest, Learned, Notice, Settled, Waiting
    from learning.lesson import Lesson

log = structlog.get_logger(__name__)

MYNA = Actor("myna", "Myna", Role.MODERATOR, DISCORD)

Job = Callable[[], Awaitable[None]]


class DiscordAnnouncer:
    """An Announcer whose work waits in line, so that no command waits for it.

    A server's jobs run one after another: Discord takes five messages in five seconds
    in one channel, and a card is edited only after it was posted.
    """

    def __init__(self, client: MynaClient) -> None:
        self._client = client
        self._jobs: dict[str, deque[Job]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._documents: dict[tuple[str, int], DocumentDigest] = {}
        """The latest of each document that is still to be shown."""

    async def notify(self, notice: Notice) -> None:
        """Leave it to the person's next command, whose reply only they read.

        A channel would show a private lesson to others, and Discord's policy forbids
        direct messages that nobody asked for.
        """

    async def lesson_waits(self, waiting: Waiting) -> None:
        """Post a lesson's card, or show its new words on the cards there are."""
        self._later(waiting.lesson.server, lambda: self._show_waiting(waiting))

    async def lesson_settled(self, settled: Settled) -> None:
        """Take the buttons from a lesson's cards, and say what became of it."""
        self._later(settled.lesson.server, lambda: self._show_settled(settled))

    async def document_waits(self, server: str, digest: DocumentDigest) -> None:
        """Post a document's card, or show on the one there is how it stands now."""
        self._document_later(server, digest)

    async def document_settled(self, server: str, digest: DocumentDigest) -> None:
        """Take the buttons from a document's card, and say what became of it."""
        self._document_later(server, digest)

    async def run_ended(self, server: str, learned: Learned) -> None:
        """Post how a nightly run ended."""
        self._later(server, lambda: self._show_run(server, learned))

    async def has_channel(self, server: str, channel: str) -> bool:
        """Say whether cards of this server may hang in this channel.

        A guild's hang in a text channel of its own that Myna may write in, a person's
        in their direct messages and nowhere else.
        """
        if not channel.isdecimal():
            return False
        person = person_of(server)
        if person is not None:
            return await self._is_direct(person, int(channel))
        guild = self._client.get_guild(guild_of(server) or 0)
        found = guild.get_channel(int(channel)) if guild else None
        return isinstance(found, discord.TextChannel) and may_write(found)

    async def catch_up(self, server: str) -> None:
        """Post the cards that a stop or a failure kept from being posted."""
        core = self._client.core
        queue = await core.to_review(server, MYNA)
        if isinstance(queue, Refused):
            return
        for waiting in queue.lessons:
            if not await core.cards(server, waiting.lesson.id):
                await self.lesson_waits(waiting)
        for digest in queue.documents:
            if not await core.document_cards(server, digest.id):
                await self.document_waits(server, digest)

    async def close(self) -> None:
        """Drop what waits: the queue still has it at the next start."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _later(self, server: str, job: Job) -> None:
        self._jobs.setdefault(server, deque()).append(job)
        if server not in self._workers:
            self._workers[server] = asyncio.create_task(self._work(server))

    def _document_later(self, server: str, digest: DocumentDigest) -> None:
        """Show the latest of a document: each passage decided alone would edit it."""
        self._documents[server, digest.id] = digest
        self._later(server, lambda: self._show_document(server, digest.id))

    async def _work(self, server: str) -> None:
        jobs = self._jobs[server]
        try:
            while jobs:
                try:
                    await jobs.popleft()()
                except (*FAILURES, MynaError) as exc:
                    log.warning(
                        "card.undeliverable", server=server, error=type(exc).__name__
                    )
                except Exception as exc:  # noqa: BLE001 - the next job is still done
                    breakage.report("card.broke", exc)
        finally:
            del self._workers[server], self._jobs[server]

    async def _show_waiting(self, waiting: Waiting) -> None:
        lesson = waiting.lesson
        card = await self._discreet(review_card(waiting), lesson)
        posted = await self._client.core.cards(lesson.server, lesson.id)
        if posted:
            await self._edit(posted, card)
            return
        message = await self._post(lesson.server, card)
        if message is not None:
            await self._client.core.card_posted(
                lesson.server,
                PostedCard(lesson.id, str(message.channel.id), str(message.id)),
            )

    async def _show_settled(self, settled: Settled) -> None:
        lesson = settled.lesson
        card = await self._discreet(settled_card(settled), lesson)
        posted = await self._client.core.cards(lesson.server, lesson.id)
        await self._edit(posted, card)

    async def _show_document(self, server: str, document: int) -> None:
        digest = self._documents.pop((server, document), None)
        if digest is None:  # shown by another job before it
            return
        card = document_card(digest)
        lesson = any_passage(digest)
        if lesson is not None and await self._is_hidden(lesson):
            card = without_words(card, digest, words.words_hidden())
        posted = await self._client.core.document_cards(server, document)
        if posted:
            await self._edit(posted, card)
        elif digest.waiting or digest.gone:
            message = await self._post(server, card)
            if message is not None:
                await self._client.core.document_card_posted(
                    server,
                    PostedDocument(document, str(message.channel.id), str(message.id)),
                )

    async def _show_run(self, server: str, learned: Learned) -> None:
        await self._post(server, learned_card(learned))

    async def _post(self, server: str, card: Card) -> discord.Message | None:
        settings = await self._client.core.settings(server)
        if not settings.review_channel:
            return None
        if not await self.has_channel(server, settings.review_channel):
            log.warning("card.undeliverable", server=server, error="foreign channel")
            return None
        channel = self._client.get_partial_messageable(int(settings.review_channel))
        return await channel.send(view=layout(card), allowed_mentions=NO_MENTIONS)

    async def _is_direct(self, person: int, channel: int) -> bool:
        try:
            direct = await self._client.create_dm(discord.Object(person))
        except FAILURES as exc:
            log.info("direct_messages.unknown", error=type(exc).__name__)
            return False
        return direct.id == channel

    async def _edit(
        self, posted: Sequence[PostedCard | PostedDocument], card: Card
    ) -> None:
        for each in posted:
            channel = self._client.get_partial_messageable(int(each.channel))
            try:
                await channel.get_partial_message(int(each.message)).edit(
                    view=layout(card)
                )
            except discord.NotFound:
                log.info("card.gone", message=each.message)

    async def _discreet(self, card: Card, lesson: Lesson) -> Card:
        """Hide the words of a private channel's lesson where everybody reads."""
        if not card.text or not await self._is_hidden(lesson):
            return card
        return replace(card, text=words.words_hidden())

    async def _is_hidden(self, lesson: Lesson) -> bool:
        """Say whether the review channel's readers may not see a lesson's words."""
        guild_id = guild_of(lesson.server)
        if lesson.scope.is_server_wide or guild_id is None:
            return False
        settings = await self._client.core.settings(lesson.server)
        guild = self._client.get_guild(guild_id)
        review = discord.Object(int(settings.review_channel or 0))
        return guild is None or is_public(guild, review)
