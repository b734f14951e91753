"""A tool's headers: which it may have, and how its secrets get into them."""

import re
from collections.abc import Mapping

from learning.errors import LessonError, ToolError
from learning.tool_secret import ToolSecret

MOST_HEADERS = 16
MOST_HEADER_CHARS = 2000
FORBIDDEN_HEADERS = frozenset(
    {
        "accept-encoding",  # what can be unpacked with a cap is for the client to say
        "connection",
        "content-encoding",
        "content-length",
        "cookie",
        "cookie2",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "set-cookie",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # They would make a GET, which nobody is asked about, change something.
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
    }
)
FORBIDDEN_PREFIXES = ("proxy-", "sec-", "x-forwarded-")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9\-_]{0,63}")
_HEADER_VALUE = re.compile(r"[ -~]*")
_SECRET = re.compile(r"\{secret:([A-Za-z][A-Za-z0-9_]{0,63})\}")


def check_headers(headers: Mapping[str, str]) -> None:
    """Judge a tool's headers. Raises LessonError saying what is off."""
    if len(headers) > MOST_HEADERS:
        raise LessonError(f"{MOST_HEADERS} headers are the most.")
    if len({name.lower() for name in headers}) < len(headers):
        raise LessonError("A header is named twice.")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise LessonError(f"{name!r} is no name for a header.")
        low = name.lower()
        if low in FORBIDDEN_HEADERS or low.startswith(FORBIDDEN_PREFIXES):
            raise LessonError(f"A tool may not set the header {name}.")
        if not _HEADER_VALUE.fullmatch(value) or len(value) > MOST_HEADER_CHARS:
            raise LessonError(
                f"The header {name} is one line of at most {MOST_HEADER_CHARS:,}"
                " letters, digits and signs of ASCII."
            )
        rest = _SECRET.sub("", value)
        if "{" in rest or "}" in rest:
            raise LessonError(
                f"The header {name} may have a secret, {{secret:NAME}}, and no other"
                " gaps."
            )


def secret_names(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the secrets that headers have, each once."""
    found = [name for value in headers.values() for name in _SECRET.findall(value)]
    return tuple(dict.fromkeys(found))


def filled_headers(
    headers: Mapping[str, str],
    secrets: Mapping[str, ToolSecret],
    *,
    host: str,
    tool: str,
) -> dict[str, str]:
    """Put secrets into the headers of a tool that calls a host.

    Raises ToolError naming a secret that is missing or of another host.
    """
    for name in secret_names(headers):
        secret = secrets.get(name)
        if secret is None:
            raise ToolError(
                f"{tool} needs the secret {name}, which no admin has stored yet."
            )
        if secret.host != host:
            raise ToolError(
                f"The secret {name} is for {secret.host} alone, and {tool} calls"
                f" {host}; an admin has to store one for it."
            )
        if not _HEADER_VALUE.fullmatch(secret.value):
            raise ToolError(f"The secret {name} does not fit into a header.")
    return {
        header: _SECRET.sub(lambda found: secrets[found[1]].value, value)
        for header, value in headers.items()
    }
