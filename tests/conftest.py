"""What every test gets: logging as it was before the test that changed it."""

import logging

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logging_restored():
    """Undo whatever a test does to logging, a command in its process for one."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
