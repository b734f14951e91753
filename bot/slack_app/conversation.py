"""The thread so far: what was said before a question, and whether Myna took part."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.slack_app import rendering
from bot.slack_app.workspaces import hasty
from learning.engine import Message

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

MESSAGES = 6
CHARS = 500
READ = 200
"""Of the oldest; an app sold outside the Marketplace gets 15, once a minute."""
TIMEOUT_SECONDS = 3
REMEMBERED = 5000


class Threads:
    """Reads threads, and remembers in which of them Myna has answered."""

    def __init__(self) -> None:
        self._answered: dict[tuple[str, str], bool] = {}

    def answered(self, channel: str, thread: str) -> None:
        """Remember that Myna answered in a thread."""
        if len(self._answered) >= REMEMBERED:
            self._answered.clear()
        self._answered[channel, thread] = True

    async def has_answered(
        self, client: AsyncWebClient, channel: str, thread: str, bot: str
    ) -> bool:
        """Say whether Myna answered in a thread, also before a restart."""
        known = self._answered.get((channel, thread))
        if known is None:
            messages = await _replies(client, channel, thread)
            known = any(each.get("user") == bot for each in messages)
            if known:
                self.answered(channel, thread)
        return known


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
    except (SlackApiError, ClientError, TimeoutError, OSError):
        return []
    return list(answer["messages"])


def _message(message: dict[str, Any], bot: str) -> Message:
    text = rendering.plain(message["text"].replace(f"<@{bot}>", ""))
    role = "assistant" if message.get("user") == bot else "user"
    return Message(role, text[:CHARS])
