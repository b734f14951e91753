"""Guarded calls: a tool's request goes to its own host, and nothing else comes back."""

import asyncio
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from learning.errors import FetchError, ToolError
from learning.guarded_session import (
    Permit,
    RefusedAddressError,
    guarded_session,
    judged_socket,
)
from learning.response_body import read_body
from learning.tool_address import host_in
from learning.tool_body import decoded, explanation, hidden, is_json, is_text
from learning.tool_request import ToolRequest
from learning.web import named_status
from learning.web_address import HOST, SCHEMES, WEB_PORTS, is_public

USER_AGENT = "Myna (a chat bot; it calls tools that people share with it)"
ACCEPT = "application/json, text/*;q=0.9"
MAX_BYTES = 64 * 1024
TIMEOUT_SECONDS = 15.0
MOST_AT_ONCE = 4
"""How many requests one host has to answer at the same time."""
MOST_DETAIL_CHARS = 300
_SENDABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool's host answered, as text; `content_type` has no parameters."""

    status: int
    content_type: str
    text: str


def is_public_address(address: str, _port: int) -> bool:
    """Say whether a numeric address belongs to the open web, whatever the port.

    The port was approved with the tool's address.
    """
    return is_public(address, min(WEB_PORTS))


class ToolClient:
    """Sends tools' requests; use it as `async with`.

    Every connection is judged by `permit` on the address about to be connected to;
    only hosts that the operator named in `private_hosts` may be anywhere, for requests
    that may go `inside`. No redirect is followed, and nothing is sent twice that may
    change something.
    """

    def __init__(
        self,
        *,
        private_hosts: frozenset[str] = frozenset(),
        permit: Permit = is_public_address,
        resolver: AbstractResolver | None = None,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        """Take the hosts as `learning.tool_address.hosts_named` returns them."""
        self._private_hosts = private_hosts
        self._permit = permit
        self._resolver = resolver
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds
        # One for each host: a slow one keeps its own callers waiting alone.
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(
            partial(asyncio.Semaphore, most_at_once)
        )
        self._public: aiohttp.ClientSession | None = None
        self._private: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the sessions; nothing is connected to yet."""
        self._public = self._session(self._permit)
        self._private = self._session(lambda _address, _port: True)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the sessions and whatever is still connected."""
        for session in (self._public, self._private):
            if session is not None:
                await session.close()
        self._public = self._private = None

    def check(self, request: ToolRequest, *, inside: bool = True) -> None:
        """Raise ToolError, as `send` would, where a request may not be sent at all."""
        url = _target(request)
        is_private = self._session_of(url, inside=inside) is self._private
        if request.secrets and url.scheme != "https" and not is_private:
            raise ToolError(
                f"{host_in(url)} is asked over http, where a secret can be read on the"
                " way; its address has to start with https://."
            )

    async def send(self, request: ToolRequest, *, inside: bool = True) -> ToolAnswer:
        """Send a request and return what was answered with a 2xx.

        Raises ToolError, whose text names the host and nothing else of the request;
        its `detail` is what a host answered in JSON that is wrong.
        """
        self.check(request, inside=inside)
        url = _target(request)
        host, session = host_in(url), self._session_of(url, inside=inside)
        try:
            async with asyncio.timeout(self._timeout_seconds), self._turns[host]:
                return await self._tried(session, request, url)
        except TimeoutError as exc:
            raise ToolError(
                f"{host} took more than {self._timeout_seconds:g} seconds; try again"
                " later."
            ) from exc

    async def _tried(
        self, session: aiohttp.ClientSession, request: ToolRequest, url: URL
    ) -> ToolAnswer:
        """Ask, and once more where nothing came of it and nothing can have changed."""
        if request.repeatable:
            try:
                return await self._asked(session, request, url)
            except _UnreachableError:
                pass
        return await self._asked(session, request, url)

    async def _asked(
        self, session: aiohttp.ClientSession, request: ToolRequest, url: URL
    ) -> ToolAnswer:
        host = host_in(url)
        try:
            async with session.request(
                request.method,
                url,
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                middlewares=(_once,),
            ) as response:
                return await self._answer(request, response, host)
        except aiohttp.ClientConnectorDNSError as exc:
            raise ToolError(f"There is no host called {host}.") from exc
        except aiohttp.ClientSSLError as exc:
            raise ToolError(
                f"{host} has no valid certificate, so Myna does not call it."
            ) from exc
        except aiohttp.ClientConnectorError as exc:
            if isinstance(exc.os_error, RefusedAddressError):
                raise ToolError(
                    f"{host} is not on the open web; where that is meant, the operator"
                    " names it in TOOL_PRIVATE_HOSTS."
                ) from exc
            raise _unreachable(host) from exc
        except (aiohttp.InvalidURL, UnicodeError):
            # Not `from exc`: it quotes the address, and a traceback would show it.
            raise ToolError(f"{host} is no host that can be called.") from None
        except (_LostConnectionError, aiohttp.ClientPayloadError) as exc:
            raise _unreachable(host) from exc
        except aiohttp.ClientError:  # as above
            raise ToolError(f"{host} does not answer as HTTP servers do.") from None

    async def _answer(
        self, request: ToolRequest, response: aiohttp.ClientResponse, host: str
    ) -> ToolAnswer:
        status = response.status
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise ToolError(
                f"{host} answered {named_status(status)} and leads elsewhere, where"
                " Myna does not follow: teach the tool with the address that answers."
            )
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            detail = await self._detail(request, response)
            raise ToolError(f"{host} answered {named_status(status)}.", detail=detail)
        is_head = request.method == "HEAD"  # it says how long a body would be
        content = b"" if is_head else await self._content(response, host)
        if content and not is_text(response.content_type):
            raise ToolError(f"{host} sent something that is neither text nor JSON.")
        text = hidden(decoded(response, content), request.secrets)
        return ToolAnswer(status, response.content_type, text)

    async def _content(self, response: aiohttp.ClientResponse, host: str) -> bytes:
        try:
            return await read_body(response, max_bytes=self._max_bytes)
        except FetchError as exc:
            raise ToolError(
                f"{host} answered with more than {self._max_bytes // 1024:,} KB, or"
                " packed in a way that Myna cannot read."
            ) from exc

    async def _detail(
        self, request: ToolRequest, response: aiohttp.ClientResponse
    ) -> str:
        """Return the sentence with which JSON explains an error, or nothing."""
        if not is_json(response.content_type):
            return ""
        try:
            content = await read_body(response, max_bytes=self._max_bytes)
            found = json.loads(decoded(response, content))
        except (FetchError, aiohttp.ClientError, ValueError, RecursionError):
            return ""
        # Hidden before it is cut: the half of a secret would be found no more.
        said = hidden(explanation(found), request.secrets)
        return said[:MOST_DETAIL_CHARS]

    def _session_of(self, url: URL, *, inside: bool) -> aiohttp.ClientSession:
        if self._private is None or self._public is None:
            raise RuntimeError("a client is used inside `async with`")
        is_private = inside and host_in(url) in self._private_hosts
        return self._private if is_private else self._public

    def _session(self, permit: Permit) -> aiohttp.ClientSession:
        return guarded_session(
            partial(judged_socket, permit=permit),
            resolver=self._resolver,
            headers={"User-Agent": USER_AGENT, "Accept": ACCEPT},
        )


class _LostConnectionError(aiohttp.ClientConnectionError):
    """A connection that broke, in a form that aiohttp does not try again."""


class _UnreachableError(ToolError):
    """Nothing was answered."""


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a PUT or DELETE again where a connection broke.

    RFC 9110 calls them idempotent; whether a tool's are, nobody knows.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as exc:
        raise _LostConnectionError("lost") from exc


def _target(request: ToolRequest) -> URL:
    """Read a request's address as it is, without encoding anything anew."""
    if not _SENDABLE.fullmatch(request.url):
        raise ToolError("The tool's address cannot be sent.")
    url = URL(request.url, encoded=True)
    is_web = url.scheme in SCHEMES and HOST.fullmatch(url.raw_host or "")
    if not is_web or url.raw_user is not None:
        raise ToolError("The tool's address cannot be sent.")
    return url


def _unreachable(host: str) -> _UnreachableError:
    return _UnreachableError(f"{host} cannot be reached; try again later.")
