"""An answer while it is written: streamed where Slack can, else edited in place."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.slack_app import rendering
from bot.slack_app.failures import FAILURES, name_of
from bot.slack_app.workspaces import hasty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.web.async_chat_stream import AsyncChatStream
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.people import Visit

log = structlog.get_logger(__name__)


class StreamedAnswer:
    """One answer in a thread.

    What is shown on the way may be dropped when Slack is busy; `finish` is not.
    """

    def __init__(self, visit: Visit, thread: str) -> None:
        self._visit = visit
        self._thread = thread
        self._client: AsyncWebClient = hasty(visit.client)
        self._stream: AsyncChatStream | None = None
        self._edited_ts = ""
        self._shown = ""
        self._edits = False
        """Whether streaming failed, so that the message is edited instead."""

    @property
    def is_visible(self) -> bool:
        """Whether people have seen a part of it."""
        return bool(self._ts)

    async def show(self, text: str) -> None:
        """Show all of the text so far; never raises."""
        try:
            if not self._edits:
                await self._append(text)
                return
        except FAILURES as exc:
            log.info("stream.failed", error=name_of(exc))
            self._edits = True
        with suppress(*FAILURES):
            await self._edit(self._client, rendering.answer_message(text, ()))

    async def finish(self, text: str, blocks: Sequence[rendering.Json]) -> None:
        """Show the whole answer, and what stands under it. Raises SlackApiError."""
        if self._stream and not self._edits and text.startswith(self._shown):
            rest = rendering.escape(text[len(self._shown) :])
            try:
                await self._stream.stop(markdown_text=rest or None, blocks=blocks)
            except FAILURES as exc:
                log.info("stream.failed", error=name_of(exc))
            else:
                return
        elif self._stream:
            with suppress(*FAILURES):  # it may have ended by itself
                await self._stream.stop()
        await self._edit(self._visit.client, rendering.answer_message(text, blocks))

    async def _append(self, text: str) -> None:
        if self._stream is None:
            self._stream = await self._client.chat_stream(
                buffer_size=1,
                channel=self._visit.place.channel,
                thread_ts=self._thread,
                recipient_team_id=self._visit.place.team,
                recipient_user_id=self._visit.actor.id,
            )
        piece = rendering.escape(text[len(self._shown) :])
        await self._stream.append(markdown_text=piece)
        self._shown = text

    async def _edit(self, client: AsyncWebClient, message: rendering.Json) -> None:
        channel = self._visit.place.channel
        if self._ts:
            await client.chat_update(channel=channel, ts=self._ts, **message)
            return
        posted = await client.chat_postMessage(
            channel=channel, thread_ts=self._thread, **message
        )
        self._edited_ts = posted["ts"]

    @property
    def _ts(self) -> str:
        return (self._stream and self._stream.ts) or self._edited_ts
