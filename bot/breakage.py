"""What to do with an error that nobody foresaw: log it, and give people its id."""

import secrets
import sys
import traceback

import structlog

from bot import terminal_phrases

log = structlog.get_logger(__name__)


def report(event: str, exc: Exception) -> str:
    """Log an exception, and return the sentence that names it."""
    identifier = secrets.token_hex(2)
    if structlog.is_configured():
        log.error(event, id=identifier, exc_info=exc)
    else:  # too early for the log, which would print to the output
        traceback.print_exception(exc, file=sys.stderr)
    return terminal_phrases.broke(identifier)
