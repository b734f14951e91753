"""The conversation before a question: a reply chain, a thread or direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from learning.engine import Message

if TYPE_CHECKING:
    from bot.discord_app.client import MynaClient

MAX_MESSAGES = 6
MAX_CHARS = 500
SMALL = "-# "
"""Begins a line in small type: the sources below an answer."""


async def conversation(
    client: MynaClient, message: discord.Message
) -> tuple[Message, ...]:
    """Return what was said before, oldest first; what cannot be read is left out."""
    is_thread = isinstance(message.channel, discord.Thread | discord.DMChannel)
    if message.reference is not None:
        before = await _reply_chain(message)
    elif is_thread:
        before = await _latest(message)
    else:
        before = []
    turns = [_turn(client, each) for each in reversed(before)]
    return tuple(turn for turn in turns if turn.content)


def without_mention(client: MynaClient, text: str) -> str:
    """Return a message's text without the mention of this bot, otherwise unharmed."""
    user = client.user
    if user is not None:
        for mention in (f"<@{user.id}>", f"<@!{user.id}>"):
            text = text.replace(mention, "")
    return text.strip()


async def _reply_chain(message: discord.Message) -> list[discord.Message]:
    chain: list[discord.Message] = []
    while len(chain) < MAX_MESSAGES:
        answered = await _answered(message)
        if answered is None:
            break
        chain.append(answered)
        message = answered
    return chain


async def _answered(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to, where it can be read."""
    reference = message.reference
    if reference is None or reference.type is not discord.MessageReferenceType.reply:
        return None
    if isinstance(reference.resolved, discord.DeletedReferencedMessage):
        return None
    found = reference.resolved or reference.cached_message
    if found is None and reference.message_id is not None:
        try:
            return await message.channel.fetch_message(reference.message_id)
        except (discord.NotFound, discord.Forbidden):
            return None
    return found


async def _latest(message: discord.Message) -> list[discord.Message]:
    try:
        before = message.channel.history(limit=MAX_MESSAGES, before=message)
        return [each async for each in before]
    except discord.Forbidden:
        return []


def _turn(client: MynaClient, message: discord.Message) -> Message:
    text = without_mention(client, message.content)
    if message.author != client.user:
        return Message("user", text[:MAX_CHARS])
    lines = [line for line in text.split("\n") if not line.startswith(SMALL)]
    return Message("assistant", "\n".join(lines)[:MAX_CHARS])
