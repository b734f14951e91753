"""Farewells: all of a workspace is deleted when it removed Myna, or had before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from slack_sdk.errors import SlackTokenRotationError

from bot.slack_app.failures import FAILURES, name_of
from bot.slack_app.installations import PLATFORM
from bot.slack_app.people import team_of
from bot.slack_app.workspaces import hasty, speaking_for
from storage import installations

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core import Core
    from bot.slack_app.workspaces import Workspaces
    from storage.database import Database

log = structlog.get_logger(__name__)

REMOVED = frozenset({"account_inactive", "invalid_auth", "token_revoked"})
"""What Slack says to the token of a workspace that removed Myna."""


class Farewells:
    """Ends what Myna had with a workspace."""

    def __init__(self, core: Core, database: Database) -> None:
        self._core = core
        self._database = database

    async def purge(self, team: str) -> None:
        """Delete all of a workspace; its token last, so that a crash leaves a trace."""
        for server in await self._core.known_servers(PLATFORM):
            if team_of(server) == team:
                await self._core.purge(server)
        await installations.delete(self._database, PLATFORM, team)
        log.info("workspace.purged")

    async def catch_up(self, workspaces: Workspaces, client: AsyncWebClient) -> None:
        """Purge the workspaces that removed Myna while it was down.

        Only Slack's word counts: where it cannot be reached, nothing is deleted.
        """
        servers = await self._core.known_servers(PLATFORM)
        for team in dict.fromkeys(map(team_of, servers)):
            if await _has_removed(team, workspaces, client):
                await self.purge(team)


async def _has_removed(
    team: str, workspaces: Workspaces, client: AsyncWebClient
) -> bool:
    try:
        bot = await workspaces.bot(team)
        if bot is None:
            return False
        await hasty(speaking_for(client, bot)).auth_test()
    except (SlackTokenRotationError, *FAILURES) as exc:
        error = name_of(getattr(exc, "api_error", exc))
        log.info("workspace.unchecked", error=error)
        return error in REMOVED
    return False
