"""Events: mentions, messages and their changes, the Home, and farewells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.slack_app import home, rendering
from bot.slack_app.parts import team_id
from bot.slack_app.people import server_of
from bot.slack_app.teaching import ask_consent
from learning.lesson import Consent

if TYPE_CHECKING:
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack_app.asking import Asking
    from bot.slack_app.farewells import Farewells
    from bot.slack_app.parts import SlackParts
    from bot.slack_app.people import Place

SPOKEN = frozenset({None, "file_share", "thread_broadcast"})
"""Kinds of messages that a person said."""


class Events:
    """Everything that Slack tells without being asked."""

    def __init__(self, slack: SlackParts, asking: Asking, farewells: Farewells) -> None:
        self._slack = slack
        self._asking = asking
        self._farewells = farewells

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
        await self._farewells.purge(team_id(context))

    async def tokens_revoked(
        self, event: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Delete all of a workspace whose bot may speak no more."""
        if event.get("tokens", {}).get("bot"):
            await self._farewells.purge(team_id(context))

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
        message, channel = event["message"], event["channel"]
        if message.get("subtype") == "tombstone":  # deleted, its thread is not
            await self._deleted(message["ts"], event, context, client)
            return
        if message.get("bot_id") or not _says_something_else(event):
            return
        place = await self._place(event, context, client)
        text = message.get("text", "").replace(f"<@{context.bot_user_id}>", " ")
        edited = message.get("edited", {}).get("ts") or event["event_ts"]
        taught = await self._slack.core.message_edited(
            place.server,
            channel,
            message["ts"],
            rendering.plain(text),
            edited_at=datetime.fromtimestamp(float(edited), UTC),
            scope=place.scope,
        )
        for each in taught:
            lesson = each.waiting.lesson if each.waiting else None
            if lesson and lesson.consent is Consent.ASKED:
                await ask_consent(client, channel, lesson)

    async def _deleted(
        self,
        ts: str,
        event: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
    ) -> None:
        place = await self._place(event, context, client)
        await self._slack.core.message_deleted(place.server, event["channel"], [ts])

    async def _place(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> Place:
        return await self._slack.people.place(
            client, team_id(context), event["channel"]
        )


def _says_something_else(event: dict[str, Any]) -> bool:
    """Say whether words changed: a link's preview or a pin sends an update, too."""
    message, before = event["message"], event.get("previous_message")
    if not before:
        return "edited" in message
    return bool(message.get("text") != before.get("text"))
