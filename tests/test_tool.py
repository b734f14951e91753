"""Proves that a tool is what its JSON says, and that its calls have one syntax."""

import json

import pytest

from learning.errors import LessonError
from learning.lesson import LessonKind
from learning.tool import (
    MOST_PARAMETERS,
    MOST_SCHEMA_CHARS,
    Call,
    calls_of,
    from_fields,
    is_tool,
    looks_like_call,
    missing_question,
    parse,
    parse_call,
    spoken_name,
    tool_of,
)
from tests.learning_steps import fact, lesson

REGION = {"type": "string", "enum": ["eu", "us"]}
SCHEMA = {
    "type": "object",
    "properties": {"region": REGION, "count": {"type": "integer"}},
    "required": ["region"],
}
FIELDS = {
    "name": "server_status",
    "description": "Says whether  a server\nis up",
    "parameters": SCHEMA,
    "endpoint": {"method": "get", "url": " https://status.example.org/{region} "},
}


def tool(**changed):
    return from_fields(FIELDS | changed)


def schema(**properties):
    return {"type": "object", "properties": properties}


def test_a_tool_is_read_from_its_own_text():
    endpoint = {
        "method": "POST",
        "url": "https://a.example",
        "headers": {"X": "y"},
        "body": "form",
    }
    made = tool(answer=" It is {state}. ", confirm=True, endpoint=endpoint)

    assert parse(made.text) == made
    assert parse(made.text).text == made.text
    assert (made.answer, made.description) == (
        "It is {state}.",
        "Says whether a server is up",
    )


def test_what_was_not_said_is_not_written():
    fields = json.loads(tool().text)

    assert set(fields) == {"name", "description", "parameters", "endpoint"}
    assert fields["endpoint"] == {
        "method": "GET",
        "url": "https://status.example.org/{region}",
    }


@pytest.mark.parametrize(
    ("method", "confirm", "asks"),
    [
        ("GET", False, False),
        ("HEAD", False, False),
        ("GET", True, True),
        ("POST", False, True),
        ("DELETE", False, True),
        ("MCP", False, False),
        ("MCP", True, True),
    ],
)
def test_a_call_that_may_change_something_is_asked_about(method, confirm, asks):
    endpoint = {"method": method, "url": "https://a.example"}

    assert tool(endpoint=endpoint, confirm=confirm).asks_first is asks


def test_a_tool_of_an_mcp_server_is_asked_about_where_nobody_says_otherwise():
    fields = {"name": "a", "description": "b"}
    fields["endpoint"] = {"method": "MCP", "url": "https://a.example"}

    unsaid, said = from_fields(fields), from_fields(fields | {"confirm": False})

    assert unsaid.asks_first
    assert not said.asks_first
    assert parse(said.text) == said


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "two words"}, "one word"),
        ({"name": "__proto__"}, "one word"),
        ({"name": "x" * 65}, "one word"),
        ({"name": 5}, "one word"),
        ({"description": " "}, "what server_status does"),
        ({"answer": 1}, "answer is a text"),
        ({"confirm": "yes"}, "confirm is true or false"),
        ({"colour": "red"}, "no colour"),
        ({"endpoint": "https://a.example"}, "where a call goes"),
        ({"endpoint": {"method": "GET"}}, "where a call goes"),
        ({"endpoint": {"method": "TRACE", "url": "x"}}, "TRACE is no method"),
        ({"endpoint": {"url": "x", "headers": {"a": 1}}}, "names with texts"),
        ({"endpoint": {"url": "x", "body": "xml"}}, "json, form or none"),
        ({"parameters": []}, "JSON Schema"),
        ({"parameters": {"type": "array"}}, "of type object"),
        ({"parameters": {"properties": {"a": True}}}, "which type a is"),
        ({"parameters": {"properties": 5}}, "no valid JSON Schema"),
        ({"parameters": schema(a={})}, "Say of which type a is"),
        ({"parameters": schema(a={"type": "text"})}, "no valid JSON Schema"),
        ({"parameters": schema(__proto__=REGION)}, "no name for a parameter"),
        ({"parameters": schema(a={"$ref": "#"})}, r"\$ref is not followed"),
        ({"parameters": schema() | {"required": ["b"]}}, "b is required"),
        (
            {"parameters": schema(**{f"p{n}": REGION for n in range(17)})},
            f"{MOST_PARAMETERS} parameters",
        ),
        (
            {"parameters": schema(a={"type": "string", "description": "x" * 9000})},
            f"{MOST_SCHEMA_CHARS:,}",
        ),
    ],
)
def test_what_is_off_with_a_tool_is_said(changed, reason):
    with pytest.raises(LessonError, match=reason):
        tool(**changed)


@pytest.mark.parametrize("text", ["", "[]", "5", "{", "[" * 100_000, '"name"'])
def test_what_is_no_tool_at_all_is_refused(text):
    with pytest.raises(LessonError):
        parse(text)


@pytest.mark.parametrize(
    ("arguments", "problems"),
    [
        ({"region": "eu", "count": 3}, ()),
        ({}, ("region is missing.",)),
        ({"region": "mars"}, ("region must be one of eu, us.",)),
        ({"region": "eu", "count": "3"}, ("count must be of type integer.",)),
    ],
)
def test_what_is_wrong_with_arguments_is_said(arguments, problems):
    assert tool().problems(arguments) == problems


def test_an_argument_that_nobody_asked_for_is_a_problem():
    [problem] = tool().problems({"region": "eu", "host": "evil.example"})

    assert "host" in problem


def test_what_a_call_needs_and_does_not_give_is_named():
    assert tool().missing({"count": 3}) == ("region",)
    assert tool().missing({"region": "eu"}) == ()


def test_a_number_that_is_too_small_is_a_problem():
    made = tool(parameters=schema(count={"type": "integer", "minimum": 1}))

    [problem] = made.problems({"count": 0})

    assert problem.startswith("count: 0 is less")


@pytest.mark.parametrize(
    ("parameter", "question"),
    [
        (REGION, "Which game region? (eu, us)"),
        (
            {"type": "string", "description": "where it is."},
            "Which game region? (where",
        ),
        ({"type": "string"}, "Which game region?"),
    ],
)
def test_a_parameter_that_is_missing_is_asked_for(parameter, question):
    made = tool(parameters=schema(game_region=parameter))

    assert missing_question(made, "game_region").startswith(question)


def test_a_call_is_read_as_it_is_written():
    call = Call("server_status", {"region": "eü", "count": 3})

    assert json.loads(call.text) == {"name": call.name, "arguments": call.arguments}
    assert call.text.startswith(
        '{"name": "server_status", "arguments": {"region": "eü"'
    )
    assert parse_call(call.text) == call
    assert parse_call(f" {call.text} and so on") == call


@pytest.mark.parametrize(
    "text",
    [
        "The server is up.",
        '{"region": "eu"}',
        '{"name": 5, "arguments": {}}',
        '{"name": "a", "arguments": []}',
        '{"name": "a", "arguments": {',
        '{"name": ' + "[" * 100_000,
    ],
)
def test_what_is_no_call_is_none(text):
    assert parse_call(text) is None


def test_a_call_is_recognised_by_its_beginning():
    assert looks_like_call('{"name": "serv')
    assert not looks_like_call('The {"name": "x"}')


@pytest.mark.parametrize("name", ["server_status", "ServerStatus", "server.-status"])
def test_a_name_is_said_in_words(name):
    assert spoken_name(name) == "server status"


def test_a_lesson_holds_a_tool_and_its_calls():
    call = Call("server_status", {"region": "eu"})
    taught = lesson(
        LessonKind.TOOL, text=tool().text, examples=(("Is it up?", call.text),)
    )

    assert is_tool(taught)
    assert not is_tool(fact("It is up."))
    assert tool_of(taught) == tool()
    assert calls_of(taught) == (("Is it up?", call),)


def test_an_example_that_is_no_call_is_refused():
    taught = lesson(LessonKind.TOOL, text=tool().text, examples=(("Up?", "yes"),))

    with pytest.raises(LessonError, match="no call"):
        calls_of(taught)
