"""Runs a real Bolt app against the fake Slack, over Socket Mode or over HTTP."""

import asyncio
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from tests.fake_slack import settled
from tests.fake_slack_drivers import ACK_SECONDS, HttpDriver

EVENTS_PATH = "/slack/events"


@asynccontextmanager
async def socket_mode(slack, app, *, ping_interval=0.5):
    """Connect `app` as the library does, and deliver over that connection."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
    try:
        await handler.connect_async()
        await slack.socket.connected()
        slack.driver = slack.socket
        yield handler
    finally:
        await listeners_done()
        await handler.close_async()
        await settled()


@asynccontextmanager
async def http_mode(slack, app, *, ack_seconds=ACK_SECONDS):
    """Serve `app`, an AsyncApp or an aiohttp application, and deliver over HTTP."""
    server = app if isinstance(app, web.Application) else app.web_app(EVENTS_PATH)
    runner = web.AppRunner(server, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = "http://{}:{}{}".format(*runner.addresses[0], EVENTS_PATH)
    driver = HttpDriver(url, slack.signing_secret, ack_seconds=ack_seconds)
    before, slack.driver = slack.driver, driver
    try:
        yield driver
    finally:
        slack.driver = before
        await listeners_done()
        await driver.close()
        await runner.cleanup()
        await settled()


async def listeners_done(*, seconds=3):
    """Wait for what the library still runs in the background."""
    running = [task for task in asyncio.all_tasks() if _is_bolts(task)]
    if running:
        await asyncio.wait(running, timeout=seconds)


def _is_bolts(task):
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "slack_bolt" in code.co_filename
