"""Guarded fetching: a page from the open web, never from the network Myna runs in."""

import asyncio
import socket
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from learning.errors import FetchError
from learning.guarded_session import (
    Permit,
    RefusedAddressError,
    guarded_session,
    judged_socket,
)
from learning.response_body import read_body
from learning.web_address import is_public, web_address

USER_AGENT = "Myna (a chat bot; it reads pages that people share with it)"
MAX_BYTES = 20 * 1024**2
TIMEOUT_SECONDS = 30.0
MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})

OFFICE = "application/vnd.openxmlformats-officedocument."
READABLE_TYPES = frozenset(
    {
        "application/epub+zip",
        "application/json",
        "application/pdf",
        "application/x-subrip",
        "application/xml",
        f"{OFFICE}presentationml.presentation",
        f"{OFFICE}spreadsheetml.sheet",
        f"{OFFICE}wordprocessingml.document",
    }
)
"""Read beside text/* and what is spelled in JSON or XML, XHTML and feeds among it."""


@dataclass(frozen=True)
class Page:
    """What an address answered, unpacked but not yet decoded.

    `url` is where redirects ended, without fragment. `content_type` is lower-case
    and has no parameters. `charset` is as declared, where Python knows it.
    """

    url: str
    content: bytes
    content_type: str
    charset: str | None


class GuardedFetcher:
    """Fetches what people share; use it as `async with`.

    Every connection is judged by `permit` on the address about to be connected to,
    so neither a redirect nor a name that changes its address gets round it.
    """

    def __init__(
        self,
        *,
        permit: Permit = is_public,
        resolver: AbstractResolver | None = None,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._permit = permit
        self._resolver = resolver
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session; nothing is connected to yet."""
        self._session = guarded_session(
            self._socket,
            resolver=self._resolver,
            headers={"User-Agent": USER_AGENT},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the session and whatever is still connected."""
        session, self._session = self._opened(), None
        await session.close()

    async def fetch(self, url: str) -> Page:
        """Fetch one page, following up to MAX_REDIRECTS redirects.

        Raises FetchError when the address, an answer or its size is refused, or when
        there is no answer in time; its text names the host and no more of the address.
        """
        target = web_address(url)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                for _ in range(MAX_REDIRECTS + 1):
                    answer = await self._ask(target)
                    if isinstance(answer, Page):
                        return answer
                    target = answer
        except TimeoutError as exc:
            raise FetchError(
                f"{target.host} took more than {self._timeout_seconds:g} seconds; "
                "try again later."
            ) from exc
        raise FetchError(
            f"{target.host} only leads from one address to the next; "
            "share the address where the page is."
        )

    async def _ask(self, url: URL) -> Page | URL:
        """Ask one address: a page, or where it sends us."""
        session = self._opened()
        try:
            async with session.get(url, allow_redirects=False) as response:
                if response.status in REDIRECTS and "Location" in response.headers:
                    return _redirected(response)
                return await self._page(response)
        except aiohttp.ClientConnectorDNSError as exc:
            raise FetchError(
                f"There is no site called {url.host}; check the address."
            ) from exc
        except aiohttp.ClientSSLError as exc:
            raise FetchError(
                f"{url.host} has no valid certificate, so Myna does not read it."
            ) from exc
        except aiohttp.ClientConnectorError as exc:
            if isinstance(exc.os_error, RefusedAddressError):
                raise FetchError(
                    f"{url.host} is not on the open web: Myna reads public addresses "
                    "on ports 80 and 443 only."
                ) from exc
            raise _unreachable(url) from exc
        except (aiohttp.InvalidURL, UnicodeError) as exc:
            raise FetchError(
                "That is no web address; share one like https://example.org."
            ) from exc
        except aiohttp.ClientError as exc:
            raise _unreachable(url) from exc

    async def _page(self, response: aiohttp.ClientResponse) -> Page:
        host = response.url.host
        if response.status != HTTPStatus.OK:
            raise FetchError(
                f"{host} did not send the page but answered "
                f"{named_status(response.status)}; check the address, or share the "
                "page as a file."
            )
        if not _is_readable(response.content_type):
            raise FetchError(
                f"{host} sent something that Myna does not read; share a page, a text, "
                "a PDF, an EPUB or an office document (docx, pptx, xlsx)."
            )
        return Page(
            url=str(response.url),
            content=await read_body(response, max_bytes=self._max_bytes),
            content_type=response.content_type,
            charset=known_charset(response.charset),
        )

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("a fetcher is used inside `async with`")
        return self._session

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket for an address, unless it may not be connected to."""
        return judged_socket(info, self._permit)


def _redirected(response: aiohttp.ClientResponse) -> URL:
    try:
        target = response.url.join(URL(response.headers["Location"]))
    except ValueError as exc:
        raise FetchError(
            f"{response.url.host} leads to something that is no web address; "
            "share the address where the page is."
        ) from exc
    return web_address(str(target))


def _is_readable(content_type: str) -> bool:
    kind, _, name = content_type.partition("/")
    spelled = kind == "application" and name.endswith(("+json", "+xml"))
    return kind == "text" or spelled or content_type in READABLE_TYPES


def known_charset(charset: str | None) -> str | None:
    """Return a charset that bytes can be decoded with, or None."""
    if not charset:
        return None
    try:
        b"text".decode(charset, "replace")
    except (LookupError, ValueError):
        return None
    return charset.lower()


def named_status(status: int) -> str:
    """Write a status as people read it: `404 (Not Found)`."""
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _unreachable(url: URL) -> FetchError:
    return FetchError(f"{url.host} cannot be reached; try again later.")
