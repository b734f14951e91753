"""How requests reach an MCP server: over connections that are judged one by one.

Imported only where the MCP SDK is installed, whose HTTP library it plugs into.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import NoReturn, Self

import aiohttp
import httpx2
from aiohttp.abc import AbstractResolver
from yarl import URL

from learning.guarded_session import (
    Permit,
    RefusedAddressError,
    guarded_session,
    judged_socket,
)
from learning.tool_client import is_public_address

USER_AGENT = "Myna (a chat bot; it calls tools that its community taught it)"
MOST_REQUESTS = 64
GOODBYE_SECONDS = 2.0
"""How long a server that has answered may take to end the session."""
OURS = frozenset({"accept-encoding", "connection", "content-length", "host"})
"""Headers that follow from the connection, whatever the SDK or a tool says."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Carries the SDK's requests as `learning.web` fetches pages.

    No redirect is followed, no proxy asked, nothing unpacked; all answers together
    have at most `max_bytes` and end at `deadline`, in the event loop's time. What is
    sent in the clear and has secrets goes to no address of the open web.
    """

    failure = ""
    """Why it failed first, as a sentence that names the host only; the SDK forgets."""

    def __init__(
        self,
        host: str,
        *,
        permit: Permit,
        resolver: AbstractResolver | None,
        max_bytes: int,
        deadline: float,
        has_bare_secrets: bool,
    ) -> None:
        self._host = host
        self._permit = permit
        self._resolver = resolver
        self._deadline = deadline
        self._has_bare_secrets = has_bare_secrets
        self._bytes_left = max_bytes
        self._requests_left = MOST_REQUESTS
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session; nothing is connected to yet."""
        self._session = guarded_session(
            self._socket, resolver=self._resolver, headers={}
        )
        return self

    async def aclose(self) -> None:
        """Close the session and whatever is still connected."""
        if self._session is not None:
            await self._session.close()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raises httpx2.TransportError, and `failure` says why."""
        if request.method == "GET" and "last-event-id" not in request.headers:
            # The SDK would listen for what the server says unasked; a server need
            # not offer that, so neither must the SDK be told that this one does.
            return httpx2.Response(HTTPStatus.METHOD_NOT_ALLOWED)
        if not self._requests_left:
            self.fail(f"{self._host} asks to be asked again and again.")
        self._requests_left -= 1
        response = await self._sent(request)
        try:
            self._judge(response)
        except httpx2.TransportError:
            response.close()
            raise
        return httpx2.Response(
            response.status,
            headers=response.raw_headers,
            stream=_Body(response, self),
        )

    def count(self, chunk: bytes) -> None:
        """Take a piece of an answer; raises httpx2.TransportError past the cap."""
        self._bytes_left -= len(chunk)
        if self._bytes_left < 0:
            self.fail(f"{self._host} sent more than Myna reads of a tool's answer.")

    def fail(self, sentence: str, cause: BaseException | None = None) -> NoReturn:
        """Note the first reason and raise httpx2.TransportError."""
        self.failure = self.failure or sentence
        raise httpx2.TransportError(sentence) from cause

    def fail_for(self, exc: Exception) -> NoReturn:
        """Say what an exception of aiohttp means; raises httpx2.TransportError."""
        self.fail(_meaning(self._host, exc), exc)

    async def _sent(self, request: httpx2.Request) -> aiohttp.ClientResponse:
        seconds = self._deadline - asyncio.get_running_loop().time()
        if seconds <= 0:  # which aiohttp would take for no limit
            self.fail_for(TimeoutError())
        if request.method == "DELETE":
            seconds = min(seconds, GOODBYE_SECONDS)
        if self._session is None:
            raise RuntimeError("a transport is used inside `async with`")
        try:
            return await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                allow_redirects=False,
                data=await request.aread(),
                headers=_headers(request.headers),
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=None),
            )
        except (aiohttp.ClientError, TimeoutError, ValueError) as exc:
            self.fail_for(exc)

    def _judge(self, response: aiohttp.ClientResponse) -> None:
        if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            self.fail(
                f"{self._host} does not let Myna in; an admin checks the tool's "
                "headers and secrets."
            )
        if HTTPStatus(300) <= response.status < HTTPStatus.BAD_REQUEST:
            self.fail(
                f"{self._host} only leads to another address; teach the tool with the "
                "address where it is."
            )
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            self.fail(f"{self._host} sent a packed answer, which nobody asked for.")

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket for an address, unless it may not be connected to."""
        if self._has_bare_secrets and is_public_address(str(info[4][0]), 0):
            raise _BareSecretsError("refused")
        return judged_socket(info, self._permit)


class _BareSecretsError(OSError):
    """What aiohttp takes for a failed connection, and we recognise."""


class _Body(httpx2.AsyncByteStream):
    """An answer's bytes, counted as they come."""

    def __init__(
        self, response: aiohttp.ClientResponse, transport: GuardedTransport
    ) -> None:
        self._response = response
        self._transport = transport

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body as it comes; raises httpx2.TransportError."""
        try:
            async for chunk in self._response.content.iter_any():
                self._transport.count(chunk)
                yield chunk
        except (aiohttp.ClientError, TimeoutError) as exc:
            self._transport.fail_for(exc)

    async def aclose(self) -> None:
        """Hang up, unless all of it was read."""
        self._response.close()


def _headers(headers: httpx2.Headers) -> Mapping[str, str]:
    kept = {name: value for name, value in headers.items() if name not in OURS}
    return kept | {"accept-encoding": "identity"}


def _meaning(host: str, exc: Exception) -> str:
    """Word what went wrong, naming the host and no more of the address."""
    match exc:
        case TimeoutError():
            what = "took too long; try again later."
        case aiohttp.ClientConnectorDNSError():
            what = "is no host that anybody knows; check the tool's address."
        case aiohttp.ClientSSLError():
            what = "has no valid certificate, so Myna calls no tool there."
        case aiohttp.ClientConnectorError(os_error=RefusedAddressError()):
            what = (
                "is not on the open web; where that is meant, the operator names it in "
                "TOOL_PRIVATE_HOSTS."
            )
        case aiohttp.ClientConnectorError(os_error=_BareSecretsError()):
            what = (
                "is asked over http, where a secret can be read on the way; its "
                "address has to start with https://."
            )
        case aiohttp.InvalidURL() | ValueError():
            what = "cannot be asked: the tool's address or a header is malformed."
        case _:
            what = "cannot be reached; try again later."
    return f"{host} {what}"
