"""Pinned messages: a channel's pins become lessons, each as from its own menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot import phrases
from bot.discord_app import words
from bot.discord_app.interaction import Interaction
from bot.discord_app.people import visit_of
from bot.discord_app.replies import defer, tell, told
from bot.discord_app.retrying import insist
from bot.discord_app.teaching import is_persons, teach_words
from bot.messages import Pin, Refused
from bot.vocabulary import Teach
from learning.errors import CommandError
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.discord_app.people import Visit
    from bot.messages import Taught

MOST_READ = 250
"""As many messages as a channel can pin, fifty a request."""


async def teach_pins(interaction: Interaction) -> None:
    """Put the pinned messages of this channel up for review."""
    await defer(interaction)
    async with told(interaction):
        visit = await visit_of(interaction)
        channel = interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            raise CommandError(words.not_a_member())
        pins = ChannelPins(visit, channel)
        place = visit.place
        taught = await visit.core.teach_pins(
            place.server, visit.actor, place.channel, pins
        )
        if isinstance(taught, Refused):
            await tell(interaction, words.here(taught.text))
            return
        sentences = [words.here(phrases.pins_taught(taught))]
        hidden = phrases.pin_without_words() in taught.left_out
        if hidden and not interaction.client.options.message_content:
            sentences.append(words.pins_need_content())
        await tell(interaction, "\n".join(sentences))


class ChannelPins:
    """The pinned messages of the channel where somebody teaches."""

    def __init__(self, visit: Visit, channel: discord.abc.Messageable) -> None:
        self._visit = visit
        self._channel = channel
        self._messages: dict[str, discord.Message] = {}

    async def pins(self) -> Sequence[Pin]:
        """Return what is pinned, the last pinned first."""
        try:
            found = await insist(self._read)
        except discord.Forbidden as exc:
            raise CommandError(words.pins_need_permission()) from exc
        self._messages = {str(message.id): message for message in found}
        return [
            Pin(number, message.content, is_persons(message))
            for number, message in self._messages.items()
        ]

    async def teach(self, pin: Pin) -> tuple[Taught | Refused, bool]:
        """Teach one as a fact, as the menu of its message would."""
        message = self._messages[pin.message]
        author = str(message.author.id)
        words_of = "" if author == self._visit.actor.id else author
        lesson = Teach(LessonKind.FACT, text=pin.text)
        taught, trouble = await teach_words(
            self._visit, message, lesson, words_of=words_of
        )
        return taught, not trouble

    async def _read(self) -> list[discord.Message]:
        return [message async for message in self._channel.pins(limit=MOST_READ)]
