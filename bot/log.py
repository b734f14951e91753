"""The log: events named noun.verb, for people on a console or for machines as JSON."""

import logging
import sys
from contextlib import AbstractContextManager
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogFormat, LogLevel
from storage.pseudonyms import Pseudonyms, throwaway

BODIES = frozenset({"answer", "body", "content", "note", "prompt", "question", "text"})
"""Fields that hold people's words; they are logged at DEBUG only."""

PEOPLE = frozenset({"actor", "author", "by", "person", "user"})
"""Fields that name a person; the log has a keyed hash instead."""
_named: list[Pseudonyms] = [throwaway()]
"""Whose names the log uses; until a data directory is opened, nobody else's."""

TALKATIVE = ("apscheduler", "asyncio", "httpcore", "httpx", "urllib3")
"""Libraries that tell at INFO what only their authors need."""


def configure(
    *, level: LogLevel, log_format: LogFormat, stream: TextIO | None = None
) -> None:
    """Send every event, libraries' too, to the error stream in one form."""
    stream = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_bodies,
        without_people,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(log_format, stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.value)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def name_people(pseudonyms: Pseudonyms) -> None:
    """Name people from now on as the journal's export does, across restarts."""
    _named[:] = [pseudonyms]


def about(**fields: str | int | None) -> AbstractContextManager[None]:
    """Bind fields, such as server, channel and request, to all events in a block."""
    known = {name: value for name, value in fields.items() if value is not None}
    return structlog.contextvars.bound_contextvars(**known)


def without_bodies(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop people's words from every event above DEBUG."""
    if method == "debug":
        return event
    return {name: value for name, value in event.items() if name not in BODIES}


def without_people(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put a hash in the place of everything that names a person."""
    [pseudonyms] = _named
    for name, value in event.items():
        if not isinstance(value, str):
            continue
        named = pseudonyms.of if name in PEOPLE else pseudonyms.of_server
        event[name] = named(value)
    return event


def _rendering(log_format: LogFormat, stream: TextIO) -> list[Processor]:
    if log_format is LogFormat.AUTO:
        log_format = LogFormat.CONSOLE if stream.isatty() else LogFormat.JSON
    if log_format is LogFormat.CONSOLE:
        return [
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    # The default shows each frame's local variables, and so what people wrote.
    frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(frames),
        structlog.processors.JSONRenderer(),
    ]
