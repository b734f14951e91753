"""The platforms that are set up: which they are, and running them side by side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from learning.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from bot.settings import Settings
    from bot.wiring import Wired

NONE_SET_UP = """\
No platform is set up. Set one of these, in the environment or in .env:
  DISCORD_TOKEN: from https://discord.com/developers/applications, your application, page Bot.
  SLACK_BOT_TOKEN with SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP): from https://api.slack.com/apps, made with manifest.yml.
The README says how, step by step. `myna run --local` only schedules runs, and `myna chat` needs no token."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform with what it needs; `serve` runs it until it is cancelled."""

    name: str
    serve: Callable[[Wired], Coroutine[None, None, None]]


def configured(settings: Settings) -> Sequence[Platform]:
    """Return the platforms that the settings name.

    Raises SettingsError where there is none, or one is half set up.
    """
    found = []
    if settings.discord_token:
        found.append(Platform("Discord", lambda wired: _discord(wired, settings)))
    if _names_slack(settings):
        found.append(Platform("Slack", lambda wired: _slack(wired, settings)))
    if not found:
        raise SettingsError(NONE_SET_UP)
    return found


def half_set_up(settings: Settings) -> str:
    """Say what a platform lacks that is partly set up, or nothing."""
    try:
        _names_slack(settings)
    except SettingsError as exc:
        return str(exc)
    return ""


async def serve(wired: Wired, platforms: Sequence[Platform]) -> None:
    """Run platforms on one core until cancelled; what ends one ends all.

    Raises MynaError.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for platform in platforms:
                group.create_task(platform.serve(wired), name=platform.name)
    except BaseExceptionGroup as broken:
        raise broken.exceptions[0] from broken


def _names_slack(settings: Settings) -> bool:
    """Say whether Slack is wanted, and complain where something is missing."""
    named = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "SLACK_CLIENT_ID": settings.slack_client_id,
        "SLACK_CLIENT_SECRET": settings.slack_client_secret,
    }
    if not any(named.values()):
        return False
    if settings.slack_app_token:
        needed = ["SLACK_BOT_TOKEN"]
    elif settings.slack_client_id or settings.slack_client_secret:
        needed = ["SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"]
        if not settings.encryption_key:
            needed.append("ENCRYPTION_KEY")
    else:
        needed = ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    missing = [name for name in needed if not named.get(name)]
    if missing:
        raise SettingsError(
            f"Slack is half set up: {' and '.join(missing)} missing. They are at"
            " https://api.slack.com/apps, pages Install App and Basic Information;"
            " .env.example says which go together."
        )
    return True


async def _discord(wired: Wired, settings: Settings) -> None:
    from bot.discord_app import DiscordOptions, serve  # noqa: PLC0415

    options = DiscordOptions(
        token=settings.discord_token,
        message_content=settings.discord_message_content,
        state_folder=wired.directory.root,
    )
    await serve(wired.core, wired.announcements, wired.clock, options)


async def _slack(wired: Wired, settings: Settings) -> None:
    from bot.slack_app import SlackOptions, serve  # noqa: PLC0415

    options = SlackOptions(
        bot_token=settings.slack_bot_token,
        app_token=settings.slack_app_token,
        signing_secret=settings.slack_signing_secret,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        encryption_key=settings.encryption_key,
        host=settings.slack_host,
        port=settings.slack_port,
    )
    await serve(wired.core, wired.announcements, wired.clock, wired.database, options)
