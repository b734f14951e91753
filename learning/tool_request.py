"""A tool's call as an HTTP request: which endpoints are acceptable, and what is sent."""

import json
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote

from learning.errors import LessonError, ToolError
from learning.tool import Arguments, Tool
from learning.tool_address import (
    GAP,
    Address,
    address_of,
    filled_path,
    filled_text,
)
from learning.tool_headers import check_headers, filled_headers, secret_names
from learning.tool_secret import ToolSecret
from learning.web_address import MAX_ADDRESS_CHARS, WEB_PORTS, is_public

BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})
CONTENT_TYPES = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
}
INSIDE = (".internal", ".local", ".localhost")
"""How names end that lead inside by their own meaning."""
_LINES = "\n\r\t"


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """What is sent; its repr shows neither arguments nor secrets."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """The values in its headers, so that no answer that repeats them is shown."""
    repeatable: bool = False
    """Whether sending it twice does no harm: people were not asked about it."""


def check(tool: Tool) -> None:
    """Judge where a tool's calls go. Raises LessonError saying what is off."""
    endpoint = tool.endpoint
    address = _address(tool)
    in_path, gaps = address.path_gaps, (*address.path_gaps, *address.query_gaps)
    if endpoint.is_mcp and gaps:
        raise LessonError("An MCP server's address has no parameters in it.")
    if unknown := [name for name in gaps if name not in tool.properties]:
        raise LessonError(f"{unknown[0]} stands in the address, but is no parameter.")
    for name in in_path:
        if tool.properties[name].get("type") in {"array", "object"}:
            raise LessonError(f"{name} stands in the path, so it must be one value.")
    keys = {key.casefold() for key in address.fixed_keys}
    twice = [name for name in _left_over(tool, address) if name.casefold() in keys]
    if twice and not _has_body(tool) and not endpoint.is_mcp:
        # Sent twice, a server may take either.
        raise LessonError(f"The address says what {min(twice)} is; rename one of them.")
    check_headers(endpoint.headers)


def warnings(tool: Tool) -> list[str]:
    """Say what a moderator should think about before approving an acceptable tool.

    Raises LessonError where it is not acceptable.
    """
    address = _address(tool)
    found = []
    if address.scheme == "http":
        found.append(
            f"{address.host} is asked over http: everybody on the way can read it and"
            " change the answer."
        )
    if not _looks_public(address):
        found.append(
            f"{address.host} is not on the open web: the operator has to name it in"
            " TOOL_PRIVATE_HOSTS."
        )
    if any(label.startswith("xn--") for label in address.host.split(".")):
        found.append(f"{address.host} has letters that may look like others.")
    found += [
        f"{name} stands in the path: nothing is called without it."
        for name in address.path_gaps
        if name not in tool.required
    ]
    return found


def host_of(tool: Tool) -> str:
    """Return the one host that a tool's calls go to, lower-case and in ASCII.

    With its port, `example.org:8443`, where that is neither 80 nor 443. Raises
    LessonError.
    """
    return _address(tool).host


def secrets_of(tool: Tool) -> tuple[str, ...]:
    """Return the names of the secrets that a tool is called with."""
    return secret_names(tool.endpoint.headers)


def build(
    tool: Tool, arguments: Arguments, secrets: Mapping[str, ToolSecret]
) -> ToolRequest:
    """Build the request of a call, whose arguments fit the tool's schema.

    Arguments fill the address, percent-encoded; what it does not name goes into the
    query or the body. Raises ToolError where an argument or a secret may not be sent,
    LessonError where the tool is not acceptable.
    """
    check(tool)
    endpoint, address = tool.endpoint, _address(tool)
    if endpoint.is_mcp:
        raise ToolError(f"{tool.name} is called over MCP, not by an HTTP request.")
    given = {name: value for name, value in arguments.items() if value is not None}
    if unknown := [name for name in given if name not in tool.properties]:
        raise ToolError(f"{tool.name} has no parameter called {unknown[0]}.")

    in_path = {
        name: _text(name, given[name]) for name in address.path_gaps if name in given
    }
    query = list(_filled_query(address, given))
    left = {name: given[name] for name in given if name in _left_over(tool, address)}
    headers, body = header_values(tool, secrets), None
    if _has_body(tool):
        body = _body(endpoint.body, left)
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = CONTENT_TYPES[endpoint.body]
    else:
        query += _pairs(left)
    url = address.origin + filled_path(address, in_path)
    url += f"?{'&'.join(query)}" if query else ""
    if len(url) > MAX_ADDRESS_CHARS:
        raise ToolError(f"That is too much for an address of {address.host}.")
    used = tuple(secrets[name].value for name in secrets_of(tool))
    return ToolRequest(
        endpoint.method, url, headers, body, used, repeatable=not tool.asks_first
    )


def header_values(tool: Tool, secrets: Mapping[str, ToolSecret]) -> dict[str, str]:
    """Return a tool's headers with its secrets, each only for its own host.

    Raises ToolError naming a secret that is missing or of another host, LessonError.
    """
    return filled_headers(
        tool.endpoint.headers, secrets, host=host_of(tool), tool=tool.name
    )


def _address(tool: Tool) -> Address:
    """Read a tool's address; the fragment of an MCP tool's is its name there."""
    url = tool.endpoint.url
    return address_of(url.partition("#")[0] if tool.endpoint.is_mcp else url)


def _looks_public(address: Address) -> bool:
    try:
        ip_address(address.name)
    except ValueError:
        return "." in address.name and not address.name.endswith(INSIDE)
    return is_public(address.name, min(WEB_PORTS))


def _has_body(tool: Tool) -> bool:
    return tool.endpoint.method in BODY_METHODS and tool.endpoint.body != "none"


def _left_over(tool: Tool, address: Address) -> frozenset[str]:
    """Return the parameters that the address does not name."""
    return frozenset(tool.properties) - {*address.path_gaps, *address.query_gaps}


def _filled_query(address: Address, given: Arguments) -> Iterator[str]:
    """Fill the query; a pair whose argument was not given is left out."""
    for key, template in address.pairs:
        names = GAP.findall(template)
        if not all(name in given for name in names):
            continue
        first = names[0] if names else ""
        if template == f"{{{first}}}" and isinstance(given[first], list):
            fillings = [{first: _text(first, each)} for each in given[first]]
        else:
            fillings = [{name: _text(name, given[name]) for name in names}]
        for texts in fillings:
            yield f"{key}={filled_text(template, texts)}"


def _pairs(given: Arguments, *, lines: str = "") -> Iterator[str]:
    """Write arguments as those of a query or form; a list is its name many times."""
    for name, value in given.items():
        for each in value if isinstance(value, list) else [value]:
            written = quote(_text(name, each, lines=lines), safe="")
            yield f"{quote(name, safe='')}={written}"


def _body(kind: str, given: Arguments) -> bytes:
    """Write the body of a request. Raises ToolError."""
    if kind == "form":
        return "&".join(_pairs(given, lines=_LINES)).encode()
    try:
        return json.dumps(dict(given), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as exc:
        raise ToolError("These arguments cannot be written down as JSON.") from exc


def _text(name: str, value: object, *, lines: str = "") -> str:
    """Write an argument as it stands in an address or a form. Raises ToolError."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, float) and not math.isfinite(value):
        raise ToolError(f"{name} is no number.")
    else:
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (ValueError, RecursionError) as exc:
            raise ToolError(f"{name} cannot be written down as JSON.") from exc
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in lines for c in text):
        raise ToolError(f"{name} has hidden characters; type it anew.")
    return text
