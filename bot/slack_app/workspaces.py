"""Which bot speaks in which workspace: the token that each request is made with."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import ClientError
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_app.failures import name_of
from bot.slack_app.options import SlackOptions, refused
from learning.errors import SettingsError

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState

    from bot.slack_app.installations import Installations

RETRIES = 5
SERVER_ERRORS = 500
MINUTES_BEFORE_EXPIRY = 120


class Workspaces(Protocol):
    """Knows the bot of each workspace."""

    async def bot(self, team: str) -> AuthorizeResult | None:
        """Return who Myna is in a workspace; None where it is not installed."""


class OneWorkspace:
    """The workspace of the operator's own bot token."""

    def __init__(self, bot: AuthorizeResult) -> None:
        self._bot = bot

    async def bot(self, team: str) -> AuthorizeResult | None:  # noqa: ARG002
        return self._bot


class InstalledWorkspaces:
    """The workspaces that installed Myna, each with a token of its own."""

    def __init__(
        self, installations: Installations, rotator: AsyncTokenRotator
    ) -> None:
        self._installations = installations
        self._rotator = rotator
        # A refresh token works once, so that one request at a time may use it.
        self._rotating = asyncio.Lock()

    async def bot(self, team: str) -> AuthorizeResult | None:
        found = await self._find(team)
        if found and found.bot_refresh_token:
            async with self._rotating:
                found = await self._find(team)
                rotated = found and await self._rotator.perform_token_rotation(
                    installation=found, minutes_before_expiration=MINUTES_BEFORE_EXPIRY
                )
                if rotated:
                    await self._installations.async_save(rotated)
                    found = rotated
        if found is None or not found.bot_token:
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=found.team_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.bot_token,
        )

    async def _find(self, team: str) -> Any:
        return await self._installations.async_find_installation(
            enterprise_id=None, team_id=team
        )


class Authorize(AsyncAuthorize):
    """Tells Bolt which token answers a request."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self, *, team_id: str | None, enterprise_id: str | None, **_: Any
    ) -> AuthorizeResult | None:
        return await self._workspaces.bot(team_id or enterprise_id or "")


def patient(options: SlackOptions, session: ClientSession) -> AsyncWebClient:
    """Return a client that tries again when Slack was too busy, or says that it was."""
    return AsyncWebClient(
        base_url=options.base_url,
        session=session,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(),
            AsyncRateLimitErrorRetryHandler(max_retry_count=RETRIES),
            _ServerErrors(max_retry_count=2),
        ],
    )


class _ServerErrors(AsyncServerErrorRetryHandler):
    """Tries again after every 5xx: slack_sdk 3.47 does after 500 and 503 only."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the signature of slack_sdk
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        return response is not None and response.status_code >= SERVER_ERRORS


def hasty(client: AsyncWebClient) -> AsyncWebClient:
    """Return the same client without patience: for what may as well be dropped."""
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        session=client.session,
        timeout=5,
        retry_handlers=[],
    )


def speaking_for(client: AsyncWebClient, bot: AuthorizeResult) -> AsyncWebClient:
    """Return the same client with the token of one workspace."""
    return AsyncWebClient(
        token=bot.bot_token,
        base_url=client.base_url,
        session=client.session,
        retry_handlers=list(client.retry_handlers),
    )


async def check_bot(client: AsyncWebClient, token: str) -> AuthorizeResult:
    """Return who a bot token is. Raises SettingsError."""
    try:
        answer = await client.auth_test(token=token)
    except SlackApiError as exc:
        raise refused("SLACK_BOT_TOKEN", name_of(exc)) from exc
    except (ClientError, TimeoutError, OSError) as exc:
        raise _unreachable(client) from exc
    return AuthorizeResult(
        enterprise_id=answer.get("enterprise_id"),
        team_id=answer.get("team_id"),
        bot_user_id=answer.get("user_id"),
        bot_id=answer.get("bot_id"),
        bot_token=token,
    )


async def check_app_token(client: AsyncWebClient, token: str) -> None:
    """Raise SettingsError where Socket Mode would not open with this token."""
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as exc:
        raise refused("SLACK_APP_TOKEN", name_of(exc)) from exc
    except (ClientError, TimeoutError, OSError) as exc:
        raise _unreachable(client) from exc


def _unreachable(client: AsyncWebClient) -> SettingsError:
    return SettingsError(
        f"Slack cannot be reached at {client.base_url}; check the network."
    )
