"""Tests of the log: its form, its context, and what it never holds."""

import io
import json
import logging

import pytest
import structlog

from bot import log
from bot.settings import LogFormat, LogLevel


@pytest.fixture
def stream():
    """Give a stream to log to."""
    return io.StringIO()


def configured(stream, *, level=LogLevel.INFO, log_format=LogFormat.JSON):
    log.configure(level=level, log_format=log_format, stream=stream)
    return structlog.get_logger()


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_fields(stream):
    configured(stream).info("lesson.approved", lesson=7)

    (line,) = lines(stream)

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "lesson.approved", "level": "info", "lesson": 7}


def test_server_channel_and_request_are_bound_within_a_block_only(stream):
    logger = configured(stream)

    with log.about(server="s1", channel=None, request="7f3a"):
        logger.info("question.asked")
    logger.info("nobody.there")

    within, after = lines(stream)
    assert (within["server"], within["request"]) == ("s1", "7f3a")
    assert "channel" not in within
    assert "server" not in after


def test_no_body_is_logged_above_debug(stream):
    logger = configured(stream, level=LogLevel.DEBUG)

    logger.info("question.asked", text="my diagnosis", question="q", answer="a")
    logger.debug("prompt.built", text="my diagnosis")

    above, at_debug = lines(stream)
    assert not {"text", "question", "answer"} & set(above)
    assert at_debug["text"] == "my diagnosis"


def test_events_below_the_level_are_dropped(stream):
    logger = configured(stream, level=LogLevel.WARNING)

    logger.info("lesson.approved")
    logger.warning("disk.filling")

    assert [line["event"] for line in lines(stream)] == ["disk.filling"]


def test_libraries_log_in_the_same_form(stream):
    configured(stream)

    logging.getLogger("some.library").warning("connection %s lost", 3)
    logging.getLogger("apscheduler.scheduler").info("tick")

    (line,) = lines(stream)
    assert line["event"] == "connection 3 lost"
    assert line["level"] == "warning"


def test_configuring_twice_does_not_log_twice(stream):
    configured(stream)

    configured(stream).info("lesson.approved")

    assert len(lines(stream)) == 1


def test_an_exception_keeps_its_type_in_json(stream):
    logger = configured(stream)

    try:
        raise ValueError("odd")  # noqa: TRY301
    except ValueError:
        logger.exception("request.failed")

    assert lines(stream)[0]["exception"][0]["exc_type"] == "ValueError"


def test_a_stream_that_is_no_terminal_gets_json_and_a_console_gets_words(stream):
    configured(stream, log_format=LogFormat.AUTO).info("lesson.approved")
    assert lines(stream)[0]["event"] == "lesson.approved"

    configured(stream, log_format=LogFormat.CONSOLE).info("lesson.rejected", lesson=2)
    last = stream.getvalue().splitlines()[-1]
    assert "lesson.rejected" in last
    assert "lesson=2" in last


def test_people_are_hashes_and_the_same_person_the_same_hash(stream):
    log = configured(stream)
    log.info("lesson.approved", by="u1", server="chat:dm:u1")
    log.info("lesson.rejected", by="u1", server="chat:dm:u2")

    first, second = lines(stream)

    assert "u1" not in stream.getvalue()
    assert first["by"] == second["by"]
    assert first["server"].startswith("chat:dm:")
    assert first["server"] != second["server"]
