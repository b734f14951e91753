"""The caller adapter's rows: what it is trained on, and that no bench asks the same."""

import json
import re
from pathlib import Path

import pytest

from learning.caller_skill import (
    LACKING,
    REQUESTS,
    SHOWN,
    SHOWN_EVERY,
    TALK,
    TRADE,
    WHOLE,
    requests,
    rows,
)
from learning.prompt import ABSTENTION
from learning.tool import from_fields, parse_call
from learning.tool_schema import partial_problems
from tests.test_tool_worlds import TOOLS, benchmarks, words
from tests.test_tool_worlds import texts as of_worlds

LINES = [json.loads(line) for line in REQUESTS.read_text("ascii").splitlines()]
EVERY = requests()
SOME = EVERY[: 2 * TRADE]


def tool_of(line):
    endpoint = {"method": "POST", "url": "https://example.org/"}
    fields = {name: line[name] for name in ("name", "description", "parameters")}
    return from_fields(fields | {"endpoint": endpoint})


def said(line):
    pairs = [*line["requests"], *line["lacking"]]
    return [*(request for request, _ in pairs), *line["talk"]]


def test_every_tool_has_a_name_of_its_own_and_trades_stand_together():
    names = [tool.name for tool in EVERY]

    assert len(set(names)) == len(names)
    assert len(names) % TRADE == 0


@pytest.mark.parametrize("line", LINES, ids=[line["name"] for line in LINES])
def test_every_call_fits_its_tool_and_copies_from_its_request(line):
    tool = tool_of(line)

    for request, arguments in line["requests"]:
        assert not tool.problems(arguments), request
        assert not tool.missing(arguments), request
    for request, arguments in line["lacking"]:
        assert not partial_problems(tool, arguments), request
        assert tool.missing(arguments), request
    for request, arguments in [*line["requests"], *line["lacking"]]:
        assert list(arguments) == [n for n in tool.properties if n in arguments]
        for name, value in arguments.items():
            for each in value if isinstance(value, list) else [value]:
                if "enum" in tool.properties[name] or isinstance(each, bool):
                    continue
                found = re.search(rf"(?<!\w){re.escape(str(each))}(?!\w)", request)
                assert found, (request, each)


def test_no_message_stands_twice_and_no_bench_or_world_has_it():
    texts = [text for line in LINES for text in said(line)]
    elsewhere = {*benchmarks(), *(text.casefold() for text in of_worlds())}
    worded = {frozenset(words(text)) for text in elsewhere} - {frozenset()}

    assert len({text.casefold() for text in texts}) == len(texts)
    assert not [text for text in texts if frozenset(words(text)) in worded]
    assert not [line["name"] for line in LINES if line["name"] in benchmarks()]
    assert not [line["name"] for line in LINES if line["name"] in TOOLS]


def test_requests_become_calls_and_talk_becomes_none():
    made = rows(SOME)

    taught = [row for row in made if len(row.messages) == 2 and row.lesson]
    said = {row.messages[-1].content: row.answer for row in taught}
    for tool in SOME:
        calls = {request: call.text for request, call in (*tool.whole, *tool.lacking)}
        asked = calls.keys() & said
        assert {request: said[request] for request in asked} == {
            request: calls[request] for request in asked
        }
        assert len(asked) == WHOLE + min(LACKING, len(tool.lacking))
        spoken = [message for message in tool.talk if message in said]
        assert {said[message] for message in spoken} == {ABSTENTION}
        assert len(spoken) == TALK


def test_examples_are_shown_as_turns_and_are_never_the_request_itself():
    shown = [row for row in rows(SOME) if len(row.messages) > 2]
    names = {tool.name for tool in SOME[::SHOWN_EVERY]}

    assert {row.lesson for row in shown} == names
    for row in shown:
        roles = [message.role for message in row.messages[1:]]
        assert roles == [*["user", "assistant"] * (1 + SHOWN), "user"]
        asked = [m.content for m in row.messages if m.role == "user"]
        assert len(set(asked)) == len(asked)
        calls = [parse_call(m.content) for m in row.messages if m.role == "assistant"]
        assert [call.name == row.lesson for call in calls] == [False, *[True] * SHOWN]
    assert {row.answer for row in shown if row.kind == "stranger"} == {ABSTENTION}


def test_the_rows_are_the_same_each_time():
    assert rows(SOME) == rows(SOME)


def test_the_file_is_ascii_so_that_reviews_see_every_character():
    assert Path(REQUESTS).read_bytes().isascii()
