"""What Slack's listeners share, handed in once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.slack_app import rendering

if TYPE_CHECKING:
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core import Core
    from bot.ports import Clock
    from bot.slack_app.people import People, Visit
    from bot.slack_app.review_channels import ReviewChannels


@dataclass(frozen=True, slots=True)
class SlackParts:
    """The collaborators of every listener."""

    core: Core
    clock: Clock
    people: People
    channels: ReviewChannels
    edit_interval_seconds: float
    answer_within_seconds: float

    async def visit(
        self,
        context: AsyncBoltContext,
        client: AsyncWebClient,
        user: str,
        channel: str = "",
    ) -> Visit:
        """Say who is where. Raises CommandError for people of other workspaces."""
        return await self.people.visit(client, team_id(context), user, channel)


def team_id(context: AsyncBoltContext) -> str:
    """Return the workspace whose bot was spoken to: of a guest, not their own."""
    result = context.authorize_result
    return (result and result.team_id) or context.team_id or ""


async def tell(
    client: AsyncWebClient, channel: str, user: str, text: str, **more: Any
) -> None:
    """Say something that one person alone sees; between the two of them, just say it.

    `more` may have thread_ts, or blocks instead of the text's own.
    """
    message = {**rendering.said(text), **more}
    if channel.startswith("D"):
        await client.chat_postMessage(channel=channel, **message)
    else:
        await client.chat_postEphemeral(channel=channel, user=user, **message)
