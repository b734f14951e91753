"""How the fake Slack reaches the app: over Socket Mode, or over signed HTTP."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, WSMsgType, web

ACK_SECONDS = 3.0
ATTEMPTS = 4


@dataclass(frozen=True)
class Ack:
    """What the app answered; `acknowledged` False when it did not, or too late."""

    acknowledged: bool
    payload: dict = field(default_factory=dict)
    status: int = 200
    seconds: float = 0.0

    @property
    def errors(self) -> dict:
        """The errors by block_id that a submission was answered with."""
        return self.payload.get("errors", {})


@dataclass(eq=False)
class Delivery:
    """One envelope for the app: events_api, slash_commands or interactive."""

    kind: str
    payload: dict
    retry_attempt: int = 0
    retry_reason: str = ""
    ack: Ack = field(default_factory=lambda: Ack(acknowledged=False))

    @property
    def name(self) -> str:
        """What it is, for people: `app_mention`, `/teach`, `block_actions`."""
        event = self.payload.get("event", {})
        return event.get("type") or self.payload.get("command") or self.payload["type"]


class Driver(Protocol):
    """Brings deliveries to the app and its answers back."""

    async def deliver(self, delivery: Delivery) -> Ack: ...

    async def close(self) -> None: ...


class SocketDriver:
    """Slack's end of Socket Mode: envelopes go to the connections in turn."""

    def __init__(self, *, ack_seconds: float = ACK_SECONDS):
        self.ack_seconds = ack_seconds
        self.opened = 0
        self._connections: dict[web.WebSocketResponse, web.Request] = {}
        self._connected = asyncio.Event()
        self._pending: dict[str, tuple[web.WebSocketResponse, asyncio.Future]] = {}
        self._sent = 0

    @property
    def connections(self) -> int:
        return len(self._connections)

    @property
    def waiting(self) -> int:
        """How many envelopes have no acknowledgement yet."""
        return len(self._pending)

    async def connected(self, *, seconds: float = 10) -> None:
        """Wait until the app has a connection."""
        async with asyncio.timeout(seconds):
            await self._connected.wait()

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.opened += 1
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._connections) + 1,
                "connection_info": {"app_id": "A0MYNA"},
                "debug_info": {
                    "host": "applink-1",
                    "approximate_connection_time": 18060,
                },
            }
        )
        self._connections[socket] = request
        self._connected.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._answer(json.loads(message.data))
        finally:
            self._forget(socket)
        return socket

    async def deliver(self, delivery: Delivery) -> Ack:
        """Send an envelope and wait for its acknowledgement.

        An event whose connection is cut first is sent again, as a retry.
        """
        while True:
            try:
                return await self._deliver_once(delivery)
            except ConnectionError:
                if delivery.kind != "events_api" or delivery.retry_attempt >= ATTEMPTS:
                    return Ack(acknowledged=False)
                delivery.retry_attempt += 1
                delivery.retry_reason = "connection_failed"

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for socket, request in list(self._connections.items()):
            self._forget(socket)
            if request.transport is not None:
                request.transport.abort()

    async def refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        sockets = list(self._connections)
        self._connections.clear()
        self._connected.clear()
        for socket in sockets:
            await socket.send_json(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": {}}
            )

    async def close(self) -> None:
        """End every connection."""
        for socket in list(self._connections):
            await socket.close()

    async def _deliver_once(self, delivery: Delivery) -> Ack:
        await self.connected()
        sockets = list(self._connections)
        self._sent += 1
        socket = sockets[self._sent % len(sockets)]
        envelope_id = f"envelope-{self._sent}"
        envelope = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope["retry_attempt"] = delivery.retry_attempt
            envelope["retry_reason"] = delivery.retry_reason
        answer = asyncio.get_running_loop().create_future()
        self._pending[envelope_id] = (socket, answer)
        start = time.monotonic()
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self.ack_seconds):
                payload = await answer
        except TimeoutError:
            return Ack(acknowledged=False, seconds=time.monotonic() - start)
        finally:
            del self._pending[envelope_id]
        seconds = time.monotonic() - start
        return Ack(acknowledged=True, payload=payload, seconds=seconds)

    def _answer(self, message: dict) -> None:
        _, answer = self._pending.get(message["envelope_id"], (None, None))
        if answer is not None and not answer.done():
            answer.set_result(message.get("payload") or {})

    def _forget(self, socket: web.WebSocketResponse) -> None:
        self._connections.pop(socket, None)
        if not self._connections:
            self._connected.clear()
        for where, answer in self._pending.values():
            if where is socket and not answer.done():
                answer.set_exception(ConnectionResetError("the connection was cut"))


class HttpDriver:
    """Slack's end of HTTP: signed requests to the app's own URL.

    Set `forged` to sign with another secret, `age_seconds` to sign long ago.
    """

    def __init__(self, url: str, secret: str, *, ack_seconds: float = ACK_SECONDS):
        self.url = url
        self.secret = secret
        self.ack_seconds = ack_seconds
        self.forged = False
        self.age_seconds = 0
        self._session = ClientSession(timeout=ClientTimeout(total=ack_seconds))

    async def deliver(self, delivery: Delivery) -> Ack:
        """POST a delivery as Slack does for its kind; anything but 200 is no ack."""
        if delivery.kind == "events_api":
            body, form = json.dumps(delivery.payload), False
        elif delivery.kind == "slash_commands":
            body, form = urlencode(delivery.payload), True
        else:
            body, form = urlencode({"payload": json.dumps(delivery.payload)}), True
        headers = self._signed(body)
        headers["Content-Type"] = (
            "application/x-www-form-urlencoded" if form else "application/json"
        )
        if delivery.retry_attempt:
            headers["X-Slack-Retry-Num"] = str(delivery.retry_attempt)
            headers["X-Slack-Retry-Reason"] = delivery.retry_reason or "http_timeout"
        start = time.monotonic()
        try:
            async with self._session.post(
                self.url, data=body.encode(), headers=headers
            ) as response:
                text = await response.text()
        except TimeoutError:
            seconds = time.monotonic() - start
            return Ack(acknowledged=False, status=0, seconds=seconds)
        seconds = time.monotonic() - start
        if response.status != 200:
            return Ack(acknowledged=False, status=response.status, seconds=seconds)
        if response.content_type == "application/json":
            return Ack(acknowledged=True, payload=json.loads(text), seconds=seconds)
        payload = {"text": text} if text else {}
        return Ack(acknowledged=True, payload=payload, seconds=seconds)

    async def verify_url(self, challenge: str = "challenge") -> Ack:
        """Ask what Slack asks when an operator enters the app's URL."""
        payload = {"type": "url_verification", "token": "t", "challenge": challenge}
        return await self.deliver(Delivery("events_api", payload))

    async def close(self) -> None:
        """Close the client session."""
        await self._session.close()

    def _signed(self, body: str) -> dict[str, str]:
        stamp = str(int(time.time()) - self.age_seconds)
        secret = "another" if self.forged else self.secret
        digest = hmac.new(
            secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256
        ).hexdigest()
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
