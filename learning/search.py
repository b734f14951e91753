"""Web search behind one port: what engines find is data, never instructions."""

import asyncio
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

import aiohttp
from yarl import URL

from learning.errors import FetchError, SearchError, SettingsError
from learning.response_body import ENCODINGS, read_body
from learning.search_results import Result, results
from moderation.text import clean

BRAVE_URL = "https://api.search.brave.com/res/v1/web/search"
BRAVE_MAX_RESULTS = 20
MAX_QUERY_CHARS = 400
MAX_QUERY_WORDS = 50
"""Brave's limits, kept for every engine."""
MAX_BYTES = 4 * 1024**2
TIMEOUT_SECONDS = 15.0
BUSY = "is being asked too often; wait a few minutes and try again."
DOWN = "is down; try again later, or share an address instead."


class SearchEngine(Protocol):
    """Finds pages; answers are cleaned, http(s) links only, each once."""

    async def search(self, query: str, *, limit: int) -> tuple[Result, ...]:
        """Return up to `limit` (1 or more) results, best first; none if none is found.

        Raises SearchError.
        """


@dataclass(frozen=True)
class SearXNG:
    """A SearXNG whose operator switched its JSON format on.

    Its address may be private, as the operator names it; redirects are not followed.
    Raises SettingsError when `url` is no http(s) address.
    """

    url: str = field(repr=False)  # it may hold a password
    timeout_seconds: float = TIMEOUT_SECONDS

    def __post_init__(self) -> None:
        """Refuse an address that cannot be asked."""
        try:
            parsed = URL(self.url)
            good = parsed.scheme in {"http", "https"} and bool(parsed.host)
        except ValueError:
            good = False
        if not good:
            raise SettingsError(
                "The address of SearXNG should be like http://localhost:8080."
            )

    async def search(self, query: str, *, limit: int) -> tuple[Result, ...]:
        """Ask SearXNG. Raises SearchError."""
        answer = await _ask(
            "SearXNG",
            URL(self.url) / "search",
            params={"q": spoken(query), "format": "json", "safesearch": "1"},
            headers={},
            refused="does not allow JSON; its operator adds json to search.formats.",
            timeout_seconds=self.timeout_seconds,
        )
        found = results(
            answer.get("results"), keys=("title", "url", "content"), limit=limit
        )
        if found is None:
            raise _malformed("SearXNG")
        if not found and answer.get("unresponsive_engines"):
            raise SearchError(
                "The engines that SearXNG asks do not answer; try again in a while."
            )
        return found


@dataclass(frozen=True)
class Brave:
    """Brave's search API, with the operator's key."""

    key: str = field(repr=False)
    url: str = BRAVE_URL
    timeout_seconds: float = TIMEOUT_SECONDS

    async def search(self, query: str, *, limit: int) -> tuple[Result, ...]:
        """Ask Brave for at most 20 results. Raises SearchError."""
        answer = await _ask(
            "Brave",
            URL(self.url),
            params={"q": spoken(query), "count": str(min(limit, BRAVE_MAX_RESULTS))},
            headers={"X-Subscription-Token": self.key.strip()},
            refused="does not accept the key; its operator checks it.",
            timeout_seconds=self.timeout_seconds,
        )
        web = answer.get("web", {"results": []})  # left out when nothing was found
        listed = web.get("results") if isinstance(web, dict) else None
        found = results(listed, keys=("title", "url", "description"), limit=limit)
        if found is None:
            raise _malformed("Brave")
        return found


@dataclass(frozen=True)
class Ddgs:
    """The ddgs package, which reads result pages made for people: a last resort.

    It is not installed with Myna, and only for occasional use, as its author says.
    """

    timeout_seconds: float = TIMEOUT_SECONDS
    package: str = "ddgs"

    async def search(self, query: str, *, limit: int) -> tuple[Result, ...]:
        """Search in a thread, which outlives a timeout by some seconds at most.

        Raises SearchError.
        """
        said = spoken(query)
        try:
            async with asyncio.timeout(self.timeout_seconds):
                listed = await asyncio.to_thread(self._listed, said, limit)
        except TimeoutError as exc:
            raise _late("ddgs") from exc
        found = results(listed, keys=("title", "href", "body"), limit=limit)
        if found is None:
            raise _malformed("ddgs")
        return found

    def _listed(self, query: str, limit: int) -> object:
        try:
            ddgs: Any = importlib.import_module(self.package)
            errors: Any = importlib.import_module(f"{self.package}.exceptions")
        except ImportError as exc:
            raise SearchError(
                "ddgs is not installed; the operator runs `pip install ddgs` or sets "
                "another search engine."
            ) from exc
        try:
            return ddgs.DDGS(timeout=5).text(query, max_results=limit)
        except errors.RatelimitException as exc:
            raise SearchError(f"ddgs {BUSY}") from exc
        except errors.DDGSException as exc:
            # Finding nothing is an error to ddgs, told apart by its words alone.
            if str(exc).startswith("No results"):
                return []
            raise SearchError(f"ddgs {DOWN}") from exc


def spoken(query: str) -> str:
    """Return a query as engines take it, on one line.

    Raises SearchError where it is empty, or longer than engines take.
    """
    words = clean(query).split()
    said = " ".join(words)
    if not said:
        raise SearchError("There is nothing to search for; write a few words.")
    if len(said) > MAX_QUERY_CHARS or len(words) > MAX_QUERY_WORDS:
        raise SearchError(
            f"That is too long to search for; use at most {MAX_QUERY_WORDS} words "
            f"and {MAX_QUERY_CHARS} characters."
        )
    return said


async def _ask(
    name: str,
    url: URL,
    *,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    refused: str,
    timeout_seconds: float,
) -> dict[str, Any]:
    """Get a JSON object; every failure becomes a sentence that names the engine."""
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "Accept-Encoding": ENCODINGS},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                trust_env=False,
            ) as session,
            session.get(
                url, params=params, headers=headers, allow_redirects=False
            ) as response,
        ):
            _check(name, response.status, refused=refused)
            if "html" in response.content_type:
                raise SearchError(
                    f"{name} answered with a page instead of JSON; "
                    "its operator checks its address and that JSON is allowed."
                )
            body = await read_body(response, max_bytes=MAX_BYTES)
    except TimeoutError as exc:
        raise _late(name) from exc
    except aiohttp.ClientError as exc:
        raise SearchError(f"{name} {DOWN}") from exc
    except FetchError as exc:
        raise _malformed(name) from exc
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise _malformed(name) from exc
    if not isinstance(answer, dict):
        raise _malformed(name)
    return answer


def _check(name: str, status: int, *, refused: str) -> None:
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise SearchError(f"{name} {BUSY}")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise SearchError(f"{name} {refused}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SearchError(f"{name} {DOWN}")
    raise SearchError(
        f"{name} answered {status} instead of results; its operator checks its address."
    )


def _late(name: str) -> SearchError:
    return SearchError(f"{name} does not answer in time; try again later.")


def _malformed(name: str) -> SearchError:
    return SearchError(f"{name} sent an answer that cannot be read; try again later.")
