"""Slack: workspaces teach and ask Myna here, over Socket Mode or over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bot.slack_app import app as bolt
from bot.slack_app import surface, workspaces
from bot.slack_app.announcer import SlackAnnouncer
from bot.slack_app.farewells import Farewells
from bot.slack_app.installations import PLATFORM, Installations, Seal
from bot.slack_app.listeners import Listeners
from bot.slack_app.options import SlackOptions
from bot.slack_app.outbox import Outbox
from bot.slack_app.parts import SlackParts
from bot.slack_app.people import People
from bot.slack_app.review_channels import ReviewChannels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.announcements import Announcements
    from bot.core import Core
    from bot.ports import Clock
    from storage.database import Database

__all__ = ["SlackOptions", "serve"]

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS = 1.0


async def serve(
    core: Core,
    announcements: Announcements,
    clock: Clock,
    database: Database,
    options: SlackOptions,
    *,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve Slack until cancelled.

    `on_ready` is called once, with the address that Slack's requests should reach;
    it is empty in Socket Mode. Raises SettingsError where a token, the key or
    another setting is missing or refused.
    """
    options.check()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        client = workspaces.patient(options, session)
        installed, bots = await _bots(options, client, clock, database)
        people = People(core, clock)
        channels = ReviewChannels(core, clock)
        slack = SlackParts(
            core,
            clock,
            people,
            channels,
            edit_interval_seconds=options.edit_interval_seconds,
            answer_within_seconds=options.answer_within_seconds,
        )
        app = bolt.build(options, client, bots, installed, slack)
        outbox = await stack.enter_async_context(Outbox())
        announcer = SlackAnnouncer(slack, outbox, bots, client)
        stack.enter_context(announcements.platform(PLATFORM, announcer))
        listeners = Listeners()
        stack.push_async_callback(listeners.close)
        farewells = Farewells(core, database)
        bolt.listen(app, slack, listeners, farewells)
        transport = _socket_mode if options.is_socket_mode else _http
        address = await stack.enter_async_context(transport(app, options))
        await farewells.catch_up(bots, client)
        await announcer.catch_up()
        log.info("slack.ready", address=address or "socket mode")
        if on_ready:
            on_ready(address)
        await asyncio.Event().wait()


async def _bots(
    options: SlackOptions, client: AsyncWebClient, clock: Clock, database: Database
) -> tuple[Installations | None, workspaces.Workspaces]:
    """Return who Myna is in each workspace, once the settings are known to work."""
    if options.installs:
        installed = Installations(database, clock, Seal(options.encryption_key))
        await installed.check_key()
        rotator = AsyncTokenRotator(
            client_id=options.client_id,
            client_secret=options.client_secret,
            client=client,
        )
        return installed, workspaces.InstalledWorkspaces(installed, rotator)
    bot = await workspaces.check_bot(client, options.bot_token)
    if options.is_socket_mode:
        await workspaces.check_app_token(client, options.app_token)
    return None, workspaces.OneWorkspace(bot)


@asynccontextmanager
async def _socket_mode(app: AsyncApp, options: SlackOptions) -> AsyncIterator[str]:
    handler = AsyncSocketModeHandler(
        app, options.app_token, ping_interval=options.ping_interval_seconds
    )
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt
        yield ""
    finally:
        socket = handler.client
        await handler.close_async()  # type: ignore[no-untyped-call] # slack_bolt
        tasks = (
            socket.message_processor,
            socket.message_receiver,
            socket.current_session_monitor,
        )
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)


@asynccontextmanager
async def _http(app: AsyncApp, options: SlackOptions) -> AsyncIterator[str]:
    runner = web.AppRunner(
        app.web_app(surface.EVENTS_PATH),
        access_log=None,  # it would have the codes of installations
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, options.host, options.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
