"""Listeners: their tasks have an owner, and their errors a sentence."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot import breakage
from bot.slack_app import rendering
from bot.slack_app.failures import FAILURES, name_of
from bot.slack_app.parts import tell
from learning.errors import MynaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_bolt.kwargs_injection.async_args import AsyncArgs
    from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)

CLOSE_SECONDS = 2.0


class Listeners:
    """Owns the tasks in which Bolt runs listeners, so that closing ends them."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def own(
        self, listener: Callable[..., Awaitable[None]]
    ) -> Callable[[AsyncArgs], Awaitable[None]]:
        """Return the listener with its task owned and its errors told.

        Bolt's own error handler would take back an acknowledgement that it had not
        sent yet (slack_bolt 1.30, AsyncioListenerRunner.run).
        """
        names = inspect.signature(listener).parameters

        async def owned(args: AsyncArgs) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - for the type checker
            self._running.add(task)
            try:
                await listener(**{name: getattr(args, name) for name in names})
            except Exception as exc:  # noqa: BLE001 - the error boundary
                await broke(exc, args.body, args.context, args.client)
            finally:
                self._running.discard(task)

        return owned

    async def close(self) -> None:
        """Let what is nearly done end, and cancel the rest."""
        if self._running:
            await asyncio.wait(self._running, timeout=CLOSE_SECONDS)
        left = list(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def broke(
    error: Exception,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> BoltResponse | None:
    """Tell whoever it happened to, and nobody else; the log has the rest."""
    if isinstance(error, BoltUnhandledRequestError):
        log.info("request.unhandled", kind=body.get("type"))
        return BoltResponse(status=200, body="")
    foreseen = isinstance(error, MynaError)
    text = str(error) if foreseen else breakage.report("listener.broke", error)
    text = rendering.spelled(text)
    try:
        if context.response_url and context.respond:
            await context.respond(
                **rendering.said(text),
                response_type="ephemeral",
                replace_original=False,
            )
        elif context.channel_id and context.user_id and client.token:
            event = body.get("event", {})
            thread = {"thread_ts": event["thread_ts"]} if "thread_ts" in event else {}
            await tell(client, context.channel_id, context.user_id, text, **thread)
    except FAILURES as exc:
        log.info("error.untold", error=name_of(exc))
    return None
