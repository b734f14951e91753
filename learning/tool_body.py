"""What a tool's host answered, as text: decoded, explained, and without its secrets."""

import json
from urllib.parse import quote

import aiohttp

from learning.web import known_charset

HIDDEN = "(secret)"
"""What stands in an answer in the place of a secret that it repeats."""
_EXPLAINING = ("detail", "message", "error_description", "error", "title")
"""Where problem details (RFC 9457) and most other services say what is wrong."""


def is_json(content_type: str) -> bool:
    """Say whether a type, without parameters, is one of JSON's."""
    return content_type == "application/json" or content_type.endswith("+json")


def is_text(content_type: str) -> bool:
    """Say whether a type, without parameters, is text, JSON or XML."""
    return (
        content_type.startswith("text/")
        or is_json(content_type)
        or content_type == "application/xml"
        or content_type.endswith("+xml")
    )


def decoded(response: aiohttp.ClientResponse, content: bytes) -> str:
    """Decode a body as its response declares it, or as UTF-8."""
    charset = known_charset(response.charset) or "utf-8-sig"
    return content.decode(charset, "replace")


def explanation(found: object) -> str:
    """Find the sentence in JSON that says what is wrong; empty where none does."""
    if not isinstance(found, dict):
        return ""
    for name in _EXPLAINING:
        value = found.get(name)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if isinstance(value, dict) and (inner := explanation(value)):
            return inner
    return ""


def hidden(text: str, secrets: tuple[str, ...]) -> str:
    """Cover secrets that a host repeats, as some do in errors and echoes."""
    for secret in secrets:
        written = json.dumps(secret)[1:-1]
        # Some write a slash in JSON with a backslash before it.
        slashed = written.replace("/", "\\/")
        for form in {secret, written, slashed, quote(secret, safe="")}:
            text = text.replace(form, HIDDEN)
    return text
