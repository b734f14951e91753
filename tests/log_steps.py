"""Logging as a test found it, put back when the test is over."""

import logging
from contextlib import contextmanager

import structlog


@contextmanager
def logging_restored():
    """Undo in the end whatever the block does to logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
