"""A secret: what tools of one host are called with, and nobody is shown."""

import re
from dataclasses import dataclass, field

from learning.errors import CommandError
from learning.tool_address import host_named

MOST_CHARS = 4000
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_VALUE = re.compile(rf"[!-~](?:[ -~]{{0,{MOST_CHARS - 2}}}[!-~])?")
"""What a header holds as it is: it can begin no other header."""


@dataclass(frozen=True, slots=True)
class ToolSecret:
    """A key or a token, and the one host that it may be sent to."""

    name: str
    host: str
    """As `learning.tool_request.host_of` names hosts."""
    value: str = field(repr=False)


def tool_secret(name: str, host: str, value: str) -> ToolSecret:
    """Check and build a secret. Raises CommandError, whose text never has the value."""
    if not NAME.fullmatch(name):
        raise CommandError(
            "A secret's name is one word of letters, digits and underscores, such as"
            " STATUS_KEY."
        )
    try:
        host = host_named(host.strip())
    except ValueError as exc:
        raise CommandError(
            "Say which host the secret is for, such as status.example.org, or"
            " status.example.org:8443 where the tool's address has a port."
        ) from exc
    if not _VALUE.fullmatch(value):
        raise CommandError(
            f"A secret is one line of at most {MOST_CHARS:,} letters, digits and signs"
            " of ASCII."
        )
    return ToolSecret(name, host, value)
