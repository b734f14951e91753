"""The thread so far: what was said before a question, and whether Myna took part."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from bot.slack_app import rendering
from bot.slack_app.cache import Cache
from bot.slack_app.failures import FAILURES
from bot.slack_app.workspaces import hasty
from learning.engine import Message

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.ports import Clock

MESSAGES = 6
CHARS = 500
READ = 200
"""Of the oldest; an app sold outside the Marketplace gets 15, once a minute."""
TIMEOUT_SECONDS = 3
REMEMBERED = 5000
OTHERS_SECONDS = 300
"""How long a thread that Myna was not in is taken for one that it is not in."""


class Threads:
    """Reads threads, and remembers in which of them Myna has answered."""

    def __init__(self, clock: Clock) -> None:
        self._answered: set[tuple[str, str]] = set()
        self._others = Cache[bool](clock, seconds=OTHERS_SECONDS)
        self._asking = WeakValueDictionary[tuple[str, str], asyncio.Lock]()
        """Each keeps a thread from being read twice at once."""

    def answered(self, channel: str, thread: str) -> None:
        """Remember that Myna answered in a thread."""
        if len(self._answered) >= REMEMBERED:
            self._answered.clear()
        self._answered.add((channel, thread))

    async def has_answered(
        self, client: AsyncWebClient, channel: str, thread: str, bot: str
    ) -> bool:
        """Say whether Myna answered in a thread, also before a restart.

        A thread of others is read once in some minutes, however much is said in it.
        """
        key = (channel, thread)
        async with self._asking.setdefault(key, asyncio.Lock()):
            if key not in self._answered and not self._others.get(key):
                self._others.put(key, value=True)
                messages = await _replies(client, channel, thread)
                if any(each.get("user") == bot for each in messages):
                    self.answered(channel, thread)
        return key in self._answered


async def history(
    client: AsyncWebClient, channel: str, thread: str, before: str, bot: str
) -> tuple[Message, ...]:
    """Return the last messages of a thread before one of them, oldest first."""
    earlier = [
        each
        for each in await _replies(client, channel, thread)
        if each["ts"] < before and each.get("text")
    ]
    return tuple(_message(each, bot) for each in earlier[-MESSAGES:])


async def _replies(
    client: AsyncWebClient, channel: str, thread: str
) -> list[dict[str, Any]]:
    """Return a thread's messages; none where Slack does not give them in time."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            answer = await hasty(client).conversations_replies(
                channel=channel, ts=thread, limit=READ
            )
    except FAILURES:
        return []
    return list(answer["messages"])


def _message(message: dict[str, Any], bot: str) -> Message:
    text = rendering.plain(message["text"].replace(f"<@{bot}>", ""))
    role = "assistant" if message.get("user") == bot else "user"
    return Message(role, text[:CHARS])
