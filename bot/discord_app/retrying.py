"""Retrying: a request that was cut off on its way is made again."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import aiohttp
import discord
import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger(__name__)

FAILURES = (discord.HTTPException, OSError, aiohttp.ClientError)
"""All that a request may raise."""

P = ParamSpec("P")
T = TypeVar("T")


async def insist(
    request: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Make a request, and once more where it was cut off.

    discord.py has by then waited for an overloaded Discord several times itself.
    """
    try:
        return await request(*args, **kwargs)
    except FAILURES as exc:
        if not was_cut_off(exc):
            raise
        log.info("request.repeated", error=type(exc).__name__)
        return await request(*args, **kwargs)


def was_cut_off(failure: BaseException) -> bool:
    """Say whether nobody refused a request: what Discord refuses it refuses again."""
    if isinstance(failure, discord.HTTPException):
        return failure.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return True
