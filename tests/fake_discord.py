"""A local Discord that the real discord.py talks to over HTTP and WebSocket.

simcord's backend keeps the guilds and answers the routes, as in discord_harness; here
its answers travel through real sockets, with rate limits, 429s, a gateway that can be
cut and resumed, and the machine's clock. simcord's insides are used: it is pinned.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import discord
import simcord
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from simcord import _clock, _dpy_internals
from simcord.backend.models import Message

from bot.clock import SystemClock
from tests.discord_harness import Community, found_community
from tests.discord_payloads import Request, check_payloads
from tests.fake_discord_deliveries import Deliveries, Delivery
from tests.fake_discord_gateway import Gateway
from tests.fake_discord_http import API, HttpApi
from tests.fake_discord_limits import (
    GLOBAL_REQUESTS_PER_SECOND,
    LIMITS,
    Limit,
    RateLimits,
    Refusal,
)

TOKEN = "fake.discord.token"  # noqa: S105 - opens nothing


class World(simcord.Env):
    """simcord's guilds and people on the machine's clock; acting waits for nobody."""

    def __init__(self, *, shards: int) -> None:
        super().__init__(discord.Client(intents=discord.Intents.default()))
        self._shard_count = shards
        self.backend = simcord.Backend(clock=_MachineClock())

    def _begin_operation(self, label: str) -> None:
        """Let people act at the same time."""

    def _end_operation(self) -> None:
        """Nothing was begun."""

    async def _settle_internal(self, **_: Any) -> None:
        await asyncio.sleep(0)


class _MachineClock(_clock.Clock):
    def now(self) -> datetime:
        return SystemClock().now()


class FakeDiscord:
    """`async with FakeDiscord() as fake, fake.running(bot):` and then act."""

    def __init__(
        self,
        *,
        limits: tuple[Limit, ...] = LIMITS,
        global_per_second: int = GLOBAL_REQUESTS_PER_SECOND,
        shards: int = 1,
        heartbeat_seconds: float = 41.25,
        approved_intents: discord.Intents | None = None,
    ) -> None:
        self.world = World(shards=shards)
        self.token = TOKEN
        self._backend = self.world.backend
        self._limits = RateLimits(limits=limits, global_per_second=global_per_second)
        self._deliveries = Deliveries(bot_id=self._backend.bot_user.id)
        self.gateway = Gateway(
            backend=self._backend,
            token=TOKEN,
            shards=shards,
            heartbeat_seconds=heartbeat_seconds,
            approved_intents=approved_intents or discord.Intents.all(),
        )
        self._api = HttpApi(
            backend=self._backend,
            limits=self._limits,
            deliveries=self._deliveries,
            token=TOKEN,
        )
        self._backend.subscribers += [self._deliveries.sent, self._publish]
        self.home = self.found("Home")

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024**2)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get(API + "/gateway/bot", self.gateway.describe)
        app.router.add_get("/cdn/{path:.*}", self._api.serve_file)
        app.router.add_route("*", API + "/{path:.*}", self._api.serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._api.url = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway/"
        self._real = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        Route.BASE = self._api.url + API
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway.url)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self._real
        self.gateway.drop()
        await self._runner.cleanup()
        if error is None:
            unserved = self._api.unserved
            assert not unserved, f"routes nobody plays: {unserved}"
            check_payloads(self.requests)

    @asynccontextmanager
    async def running(self, bot: discord.Client) -> AsyncIterator[discord.Client]:
        """Log the bot in, wait until it is ready, and close it at the end."""
        state = _dpy_internals.get_state(bot)
        state.guild_ready_timeout = 0.1  # 2 s of silence after the last guild
        self.world.bot = bot
        self.world._message_states.add(state)
        life = asyncio.create_task(bot.start(self.token))
        try:
            async with asyncio.timeout(10):
                while not bot.is_ready():
                    if life.done():
                        life.result()
                    await asyncio.sleep(0.01)
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(life, return_exceptions=True)

    # What people do

    def found(self, name: str) -> Community:
        """Found a guild with its channels and people and invite the bot."""
        return found_community(self.world, name)

    async def mention(
        self,
        user: simcord.MemberActor,
        text: str,
        *,
        channel: simcord.ChannelHandle | None = None,
    ) -> Delivery:
        """Say something to the bot, in the home guild's general channel by default."""
        place = channel or self.home.general
        said = f"<@{self._backend.bot_user.id}> {text}"
        message = self._backend.create_message(place.id, user.id, said)
        return self._deliveries.by_id[message.id]

    async def slash(
        self,
        user: simcord.MemberActor,
        command: str,
        *,
        channel: simcord.ChannelHandle | None = None,
        **options: Any,
    ) -> Delivery:
        """Call a synced slash command, as "lesson list" for one in a group."""
        result = await user.slash(channel or self.home.general, command, **options)
        return self.delivery(result)

    def delivery(self, result: simcord.InteractionResult) -> Delivery:
        """Return the times of any interaction: a click, a modal, a context menu."""
        return self._deliveries.by_id[result._interaction.id]

    def messages(self, channel: simcord.ChannelHandle) -> list[Message]:
        """Everything in a channel, oldest first: simcord's own message records."""
        found = self._backend.messages.get(channel.id, {})
        return [found[key] for key in sorted(found)]

    def answers(self, channel: simcord.ChannelHandle) -> list[Message]:
        """What the bot wrote in a channel, oldest first."""
        bot_id = self._backend.bot_user.id
        return [one for one in self.messages(channel) if one.author_id == bot_id]

    def file(self, attachment: Mapping[str, Any]) -> bytes | None:
        """Return the bytes of an attachment in `messages`."""
        return self._backend.cdn.get(attachment["url"])

    async def until(self, fact: Callable[[], object], *, seconds: float = 5.0) -> None:
        """Wait for something to become true; TimeoutError if it does not."""
        async with asyncio.timeout(seconds):
            while not fact():  # noqa: ASYNC110 - a fact may be anything
                await asyncio.sleep(0.005)

    # What goes wrong

    def drop_gateway(self) -> None:
        """Cut the gateway; what happens from now on is missed until the bot resumes."""
        self.gateway.drop()

    def forget_sessions(self) -> None:
        """Refuse the next RESUME, so that the bot has to identify anew."""
        self.gateway.sessions.clear()

    def refuse_next(
        self, method: str, pattern: str, *, retry_after: float = 0.1, times: int = 1
    ) -> None:
        """Answer 429 to the next requests for a path, as "/channels/*/messages"."""
        self._limits.refuse_next(
            method, pattern, retry_after_seconds=retry_after, times=times
        )

    def refuse_everything(self, *, seconds: float) -> None:
        """Play the global rate limit, beginning with the next request."""
        self._limits.refuse_everything(seconds=seconds)

    def fail_next(
        self, method: str, pattern: str, *, status: int = 500, times: int = 1
    ) -> None:
        """Answer an error; discord.py waits 1 s, 3 s, 5 s... after a 500, 502 or 504."""
        self.world.inject_error(method, pattern, status=status, times=times)

    # What was seen

    @property
    def requests(self) -> list[Request]:
        """Every request that was served or failed; those refused with 429 are not."""
        return [Request.of(entry) for entry in self._backend.http_requests]

    @property
    def refusals(self) -> list[Refusal]:
        """Every 429, the demanded ones included."""
        return self._limits.refusals

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything people did, with the times of the bot's reactions."""
        return list(self._deliveries.by_id.values())

    def _publish(self, event: str, payload: Mapping[str, Any]) -> None:
        self.gateway.emit(event, json.loads(self._api.localise(payload)))
