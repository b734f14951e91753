"""Review channels: where a server's cards may hang, and whether others read there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from bot.slack_app.cache import Cache
from bot.slack_app.failures import name_of
from bot.slack_app.people import owner_of

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core import Core
    from bot.ports import Clock

CACHE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ReviewChannel:
    """A channel of a server that Myna is in."""

    id: str
    private: bool
    """Whether it shows what is said there to invited members only."""


class ReviewChannels:
    """Asks Slack about channels with the token of the server's own workspace."""

    def __init__(self, core: Core, clock: Clock) -> None:
        self._core = core
        self._known = Cache[ReviewChannel](clock, seconds=CACHE_SECONDS)

    async def of(self, client: AsyncWebClient, server: str) -> ReviewChannel | None:
        """Return a server's review channel, where it may be used. May raise."""
        settings = await self._core.settings(server)
        if not settings.review_channel:
            return None
        return await self.at(client, server, settings.review_channel)

    async def at(
        self, client: AsyncWebClient, server: str, channel: str
    ) -> ReviewChannel | None:
        """Return what `find` said within the last minute, or says now."""
        known = self._known.get((server, channel))
        return known or await self.find(client, server, channel)

    async def find(
        self, client: AsyncWebClient, server: str, channel: str
    ) -> ReviewChannel | None:
        """Return a channel, where it is the server's own and Myna is in it.

        One person's server has one channel: their direct messages with Myna. Raises
        whatever a call raises, where Slack does not say that there is no such channel.
        """
        try:
            answer = await client.conversations_info(channel=channel)
        except SlackApiError as exc:
            if name_of(exc) != "channel_not_found":
                raise
            return None
        info, owner = answer["channel"], owner_of(server)
        if info.get("is_im"):
            is_own = bool(owner) and info.get("user") == owner
        else:
            is_own = not owner and bool(info.get("is_member"))
        if not is_own:
            return None
        flags = ("is_im", "is_mpim", "is_private", "is_group")
        private = any(map(info.get, flags)) and not info.get("is_ext_shared")
        found = ReviewChannel(channel, private)
        self._known.put((server, channel), found)
        return found
