"""Files of tools: JSON and OpenAPI become rows, and any other JSON is a document."""

import json

import pytest

from bot import lesson_rows
from bot.lesson_files import holds_lessons, read_lessons
from bot.messages import ImportProblem
from learning.errors import ImportFileError
from learning.lesson import LessonKind
from learning.tool import tool_of
from moderation.provenance import Provenance
from tests.core_steps import MODERATOR, SERVER, open_home

STATUS = {
    "name": "status",
    "description": "Says whether it is up",
    "parameters": {"type": "object", "properties": {"region": {"type": "string"}}},
    "endpoint": {"method": "GET", "url": "https://x.org/"},
    "examples": [{"request": "Is EU -> up?", "arguments": {"region": "eu"}}],
}
GOOD = {**STATUS, "examples": [{"request": "EU?", "arguments": {"region": "eu"}}]}
API = {
    "openapi": "3.1.0",
    "info": {"title": "Status", "version": "1"},
    "servers": [{"url": "https://x.org/v1"}],
    "paths": {
        "/status/{region}": {
            "get": {
                "operationId": "status",
                "summary": "Says whether it is up",
                "parameters": [
                    {
                        "name": "region",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "x-requests": [{"request": "Is EU up?", "arguments": {"region": "eu"}}],
            },
            "delete": {"deprecated": True},
        }
    },
}


def content(found):
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("found", "are_tools"),
    [
        (GOOD, True),
        ([GOOD, GOOD], True),
        ({"tools": [GOOD]}, True),
        (API, True),
        ({"swagger": "2.0"}, True),
        ({"name": "Ana"}, False),
        ([], False),
        ([GOOD, {"name": "Ana"}], False),
        ("text", False),
        ({"tools": "none"}, False),
    ],
)
def test_json_that_describes_tools_is_told_from_a_document(found, are_tools):
    assert holds_lessons(content(found), "a.json") is are_tools


def test_malformed_json_is_a_document_whose_reader_says_so():
    assert not holds_lessons(b"{", "a.json")
    assert not holds_lessons(b"[" * 100_000, "a.json")


async def test_every_good_tool_waits_and_every_bad_one_is_named(tmp_path):
    rows = read_lessons(
        content([GOOD, STATUS, {**GOOD, "name": "two words"}]), "a.json"
    )

    async with open_home(tmp_path) as home:
        imported = await home.core.import_lessons(SERVER, rows, MODERATOR)

    [waiting] = imported.waiting
    assert waiting.lesson.kind is LessonKind.TOOL
    assert waiting.lesson.examples[0][0] == "EU?"
    assert [each.line for each in imported.problems] == [2, 3]
    assert "arrow" in imported.problems[0].reason


async def test_an_openapi_document_becomes_a_tool_for_each_operation(tmp_path):
    rows = read_lessons(content(API), "api.json")

    async with open_home(tmp_path) as home:
        imported = await home.core.import_lessons(SERVER, rows, MODERATOR)

    [waiting] = imported.waiting
    tool = tool_of(waiting.lesson)
    assert (tool.name, tool.endpoint.url) == (
        "status",
        "https://x.org/v1/status/{region}",
    )
    assert waiting.lesson.examples[0][0] == "Is EU up?"
    [problem] = imported.problems
    assert "deprecated" in problem.reason


def test_an_older_description_is_a_sentence():
    with pytest.raises(ImportFileError, match="OpenAPI 3"):
        read_lessons(content({"swagger": "2.0", "paths": {}}), "api.json")


async def test_an_exported_tool_is_imported_again_as_it_was(tmp_path):
    async with open_home(tmp_path / "a") as home:
        rows = read_lessons(content(GOOD), "a.json")
        (waiting,) = (await home.core.import_lessons(SERVER, rows, MODERATOR)).waiting
        await home.approve(waiting.lesson.id)
        lines = await home.core.export(SERVER, MODERATOR)

    again = read_lessons("\n".join(lines).encode(), "a.jsonl")

    teaching = lesson_rows.read(again[0], SERVER, MODERATOR)
    assert not isinstance(teaching, ImportProblem)
    assert teaching.provenance is Provenance.OPERATOR_FILE
    assert teaching.text == waiting.lesson.text
    assert teaching.examples == waiting.lesson.examples


def test_a_tool_in_json_lines_may_be_json_inside():
    line = json.dumps({"kind": "tool", "text": GOOD}).encode()

    (row,) = read_lessons(line, "a.jsonl")

    teaching = lesson_rows.read(row, SERVER, MODERATOR)
    assert json.loads(teaching.text) == GOOD
