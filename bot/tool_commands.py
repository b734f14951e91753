"""Parsing of what is typed about tools: which call is meant, and secrets."""

import re

from bot import tool_card_phrases
from bot.vocabulary import RemoveSecret, SetSecret
from learning.errors import CommandError
from learning.tool_address import host_named

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def read_call(rest: str) -> str:
    """Read the id of a call, or nothing. Raises CommandError."""
    if len(rest.split()) > 1:
        raise CommandError("One call at a time: /confirm or /cancel, and its id.")
    return rest


def read_secret(rest: str) -> SetSecret | RemoveSecret:
    """Read `NAME HOST`, with the value after it in a script, or `remove NAME`.

    Raises CommandError, which never repeats what was typed: it may be the value.
    """
    name, *more = rest.split(maxsplit=2) or [""]
    if name.lower() == "remove" and len(more) == 1 and _NAME.fullmatch(more[0]):
        return RemoveSecret(more[0])
    if not _NAME.fullmatch(name) or not (more and _is_host(more[0])):
        raise CommandError(tool_card_phrases.how_to_write_secrets())
    return SetSecret(name, *more)


def _is_host(text: str) -> bool:
    """Say whether this names a host; a bare word may be the value, typed too early."""
    try:
        host = host_named(text)
    except ValueError:
        return False
    return host == "localhost" or "." in host or ":" in host
