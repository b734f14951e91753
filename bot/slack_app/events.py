"""Events: mentions, messages and their changes, the Home, and farewells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.slack_app import home, rendering
from bot.slack_app.installations import PLATFORM
from bot.slack_app.parts import team_id
from bot.slack_app.people import server_of
from storage import installations, servers

if TYPE_CHECKING:
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.asking import Asking
    from bot.slack_app.parts import SlackParts
    from storage.database import Database

log = structlog.get_logger(__name__)

SPOKEN = frozenset({None, "file_share", "thread_broadcast"})
"""Kinds of messages that a person said."""


class Events:
    """Everything that Slack tells without being asked."""

    def __init__(self, slack: SlackParts, asking: Asking, database: Database) -> None:
        self._slack = slack
        self._asking = asking
        self._database = database

    async def mentioned(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Answer a mention."""
        if event.get("bot_id") or not event.get("user"):
            return
        visit = await self._slack.visit(
            context, client, event["user"], event["channel"]
        )
        await self._asking.spoken_to(visit, event, context.bot_user_id or "")

    async def message(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Answer what is said directly or in a thread; honour changes of the rest."""
        subtype = event.get("subtype")
        if subtype == "message_changed":
            await self._changed(event, context, client)
        elif subtype == "message_deleted":
            await self._deleted(event["deleted_ts"], event, context, client)
        elif subtype in SPOKEN and event.get("user") and not event.get("bot_id"):
            await self._said(event, context, client)

    async def home_opened(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Fill the Home, or offer openings for a conversation."""
        if event.get("tab") == "messages":
            visit = await self._slack.visit(
                context, client, event["user"], event["channel"]
            )
            await home.suggest(visit)
            return
        visit = await self._slack.visit(context, client, event["user"])
        await home.publish(self._slack, visit)

    async def uninstalled(self, context: AsyncBoltContext) -> None:
        """Delete all of a workspace that removed Myna."""
        await self._purge(team_id(context))

    async def tokens_revoked(
        self, event: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Delete all of a workspace whose bot may speak no more."""
        if event.get("tokens", {}).get("bot"):
            await self._purge(team_id(context))

    async def _said(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        bot, channel = context.bot_user_id or "", event["channel"]
        direct = event.get("channel_type") == "im"
        if f"<@{bot}>" in event.get("text", "") and not direct:
            return  # it comes as a mention, too
        if not direct and not await self._follows(event, context, client, bot):
            return
        visit = await self._slack.visit(context, client, event["user"], channel)
        await self._asking.spoken_to(visit, event, bot)

    async def _follows(
        self,
        event: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        bot: str,
    ) -> bool:
        """Say whether a message continues a thread that Myna is in."""
        if "thread_ts" not in event:
            return False
        settings = await self._slack.core.settings(server_of(team_id(context)))
        if not settings.follow_threads:
            return False
        return await self._asking.threads.has_answered(
            client, event["channel"], event["thread_ts"], bot
        )

    async def _changed(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        message, before = event["message"], event.get("previous_message", {})
        if message.get("subtype") == "tombstone":  # deleted, its thread is not
            await self._deleted(message["ts"], event, context, client)
            return
        if message.get("bot_id") or message.get("text") == before.get("text"):
            return
        server = await self._server(event, context, client)
        text = message.get("text", "").replace(f"<@{context.bot_user_id}>", " ")
        await self._slack.core.message_edited(
            server, event["channel"], message["ts"], rendering.plain(text)
        )

    async def _deleted(
        self,
        ts: str,
        event: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
    ) -> None:
        server = await self._server(event, context, client)
        await self._slack.core.message_deleted(server, event["channel"], [ts])

    async def _server(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> str:
        place = await self._slack.people.place(
            client, team_id(context), event["channel"]
        )
        return place.server

    async def _purge(self, team: str) -> None:
        await installations.delete(self._database, PLATFORM, team)
        whole, direct = server_of(team), f"{PLATFORM}:dm:{team}:"
        for server in await servers.all_known(self._database):
            if server == whole or server.startswith(direct):
                await self._slack.core.purge(server)
        log.info("workspace.purged")
