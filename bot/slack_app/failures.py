"""Failures: what a call to Slack may raise, and what to call it."""

from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackRequestError

FAILURES = (SlackApiError, SlackRequestError, ClientError, TimeoutError, OSError)


def name_of(exc: Exception) -> str:
    """Return Slack's name of a refusal, else the name of the error's class.

    A proxy's 502 is a SlackApiError, too, whose body is text or nothing: asking it
    for "error" raises (slack_sdk 3.47, AsyncSlackResponse.__getitem__).
    """
    if isinstance(exc, SlackApiError):
        data: Any = getattr(exc.response, "data", exc.response)
        if isinstance(data, dict) and data.get("error"):
            return str(data["error"])
    return type(exc).__name__
