"""Discord's gateway for a bot that connects over a real WebSocket.

A session keeps every event it was given, numbered; a socket sends those its bot has
not seen. So a RESUME after a dropped connection needs nothing of its own: the new
socket starts where the bot says it stopped.
"""

import asyncio
import functools
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord.backend import Backend, serializers
from simcord.gateway import FakeGateway, FakeWebSocket
from simcord.intents import missing_privileged_intents

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, REQUEST_MEMBERS = 0, 1, 2, 6, 8
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11
AUTHENTICATION_FAILED, DISALLOWED_INTENTS = 4004, 4014


Compress = Callable[[bytes], bytes]


def _zlib_stream() -> Compress:
    """One zlib stream per connection, flushed after every message."""
    stream = zlib.compressobj()
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd_stream() -> Compress:
    """The same in zstd, with whichever library made discord.py ask for it."""
    try:
        import zstandard  # noqa: PLC0415 - optional
    except ImportError:
        from compression import zstd  # noqa: PLC0415 - Python 3.14

        stream = zstd.ZstdCompressor()
        return lambda data: stream.compress(data, stream.FLUSH_BLOCK)
    stream = zstandard.ZstdCompressor().compressobj()
    flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return lambda data: stream.compress(data) + stream.flush(flush)


COMPRESSIONS: dict[str, Callable[[], Compress]] = {
    "zlib-stream": _zlib_stream,
    "zstd-stream": _zstd_stream,
}


class Session:
    """What one shard of a bot is subscribed to, and all it was ever told."""

    def __init__(self, backend: Backend, shard: int, intents: int) -> None:
        self.shard = shard
        self.id = f"session-{backend.snowflake()}"
        self.events: list[str] = []
        self.changed = asyncio.Event()
        # simcord's gateway drops and censors what the intents do not cover, then
        # asks `parsers` for the event's reader: ours writes it down.
        state = SimpleNamespace(
            intents=discord.Intents._from_value(intents), parsers=_Readers(self.append)
        )
        self.gateway = FakeGateway(backend, state)
        self.members = FakeWebSocket(backend, self.gateway, shard_id=shard)

    def append(self, event: str, payload: Mapping[str, Any]) -> None:
        number = len(self.events) + 1
        message = {"op": DISPATCH, "t": event, "s": number, "d": payload}
        self.events.append(json.dumps(message))
        self.changed.set()


class _Readers(dict[str, Callable[[Any], None]]):
    def __init__(self, write: Callable[[str, Any], None]) -> None:
        self._write = write

    def __getitem__(self, event: str) -> Callable[[Any], None]:
        return functools.partial(self._write, event)

    def get(self, event: str, default: Any = None) -> Callable[[Any], None]:
        return self[event]


@dataclass
class Gateway:
    """Accepts shards, tells them what happens in the backend, and counts."""

    backend: Backend
    token: str
    shards: int
    heartbeat_seconds: float
    approved_intents: discord.Intents
    url: str = ""
    identified: int = 0
    resumed: int = 0
    heartbeats: int = 0
    sessions: dict[int, Session] = field(default_factory=dict)  # by shard
    _transports: dict[int, asyncio.Transport] = field(default_factory=dict)

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell the shard that the event belongs to; missed ones wait for a resume."""
        named = payload.get("guild_id") or (
            payload.get("id") if event.startswith("GUILD_") else None
        )
        session = self.sessions.get((int(named or 0) >> 22) % self.shards)
        if session is not None:
            session.gateway.feed(event, payload)

    def drop(self) -> None:
        """Cut every connection without a word, as a failing network does."""
        for transport in self._transports.values():
            transport.abort()
        self._transports.clear()

    @property
    def connections(self) -> int:
        return len(self._transports)

    async def describe(self, _: web.Request) -> web.Response:
        """Answer GET /gateway/bot."""
        starts = {"total": 1000, "remaining": 999, "reset_after": 1}
        starts["max_concurrency"] = 1
        info = {"url": self.url, "shards": self.shards, "session_start_limit": starts}
        headers = {"Content-Type": "application/json"}
        return web.Response(body=json.dumps(info), headers=headers)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        asked_for = request.query.get("compress")
        compress = COMPRESSIONS[asked_for]() if asked_for else None
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        connection = _Connection(socket, compress)
        interval = int(self.heartbeat_seconds * 1000)
        await connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}})
        pump: asyncio.Task[None] | None = None
        session: Session | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                asked = json.loads(message.data)
                if asked["op"] == HEARTBEAT:
                    self.heartbeats += 1
                    await connection.send({"op": HEARTBEAT_ACK})
                elif asked["op"] in (IDENTIFY, RESUME):
                    session, seen = await self._enter(asked, connection)
                    if session is not None:
                        self._transports[session.shard] = request.transport
                        pump = asyncio.create_task(connection.pump(session, seen))
                elif asked["op"] == REQUEST_MEMBERS and session is not None:
                    await _answer_members(session, asked["d"])
        finally:
            if pump is not None:
                pump.cancel()
                await asyncio.gather(pump, return_exceptions=True)
            if session and self._transports.get(session.shard) is request.transport:
                del self._transports[session.shard]
        return socket

    async def _enter(
        self, asked: dict[str, Any], connection: "_Connection"
    ) -> tuple[Session | None, int]:
        """Return the session to serve and how many of its events the bot has."""
        data = asked["d"]
        if data["token"] != self.token:
            await connection.socket.close(code=AUTHENTICATION_FAILED)
            return None, 0
        if asked["op"] == RESUME:
            known = {session.id: session for session in self.sessions.values()}
            session = known.get(data["session_id"])
            if session is None:
                await connection.send({"op": INVALID_SESSION, "d": False})
                return None, 0
            self.resumed += 1
            session.append("RESUMED", {})  # after whatever was missed
            return session, data["seq"]
        wanted = discord.Intents._from_value(data["intents"])
        if missing_privileged_intents(wanted, self.approved_intents):
            await connection.socket.close(code=DISALLOWED_INTENTS)
            return None, 0
        self.identified += 1
        shard = data.get("shard", [0, 1])[0]
        session = Session(self.backend, shard, data["intents"])
        self.sessions[shard] = session
        self._welcome(session)
        return session, 0

    def _welcome(self, session: Session) -> None:
        guilds = [
            guild
            for guild in self.backend.guilds.values()
            if (guild.id >> 22) % self.shards == session.shard
        ]
        ready = {
            "v": 10,
            "user": serializers.user_payload(self.backend.bot_user),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [session.shard, self.shards],
            "application": {"id": str(self.backend.application_id), "flags": 0},
        }
        session.append("READY", ready)
        for guild in guilds:
            payload = serializers.guild_create_payload(self.backend, guild)
            session.gateway.feed("GUILD_CREATE", payload)


class _Connection:
    def __init__(
        self, socket: web.WebSocketResponse, compress: Compress | None
    ) -> None:
        self.socket = socket
        self._compress = compress
        self._lock = asyncio.Lock()  # one writer at a time: the stream has an order

    async def send(self, message: dict[str, Any]) -> None:
        await self._send(json.dumps(message))

    async def pump(self, session: Session, seen: int) -> None:
        """Send what the bot has not seen, then everything new as it comes."""
        while True:
            while seen < len(session.events):
                await self._send(session.events[seen])
                seen += 1
            session.changed.clear()
            await session.changed.wait()

    async def _send(self, text: str) -> None:
        async with self._lock:
            if self._compress is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(self._compress(text.encode()))


async def _answer_members(session: Session, data: dict[str, Any]) -> None:
    await session.members.request_chunks(
        int(data["guild_id"]),
        data.get("query"),
        limit=data["limit"],
        user_ids=[int(user) for user in data.get("user_ids", [])],
        presences=data.get("presences", False),
        nonce=data.get("nonce"),
    )
