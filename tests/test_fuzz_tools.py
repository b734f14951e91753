"""Whatever people write as a tool, it is read or refused in Myna's own words."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.lesson_forms import formed
from learning import openapi_tools, tool_examples, tool_signature
from learning.errors import LessonError
from learning.lesson import LessonKind
from learning.tool import calls_of, parse_call, tool_of
from learning.tool_check import build
from learning.tool_json import loads
from learning.tool_text import lines, read, statement
from tests.hostile.corpus import any_text
from tests.hostile.effort import OFTEN, SELDOM
from tests.learning_steps import lesson
from tests.test_openapi_tools import DOCUMENT
from tests.test_tool_text import FIELDS, REQUESTS, TEXT

PIECES = st.sampled_from(
    (
        *("name:", "description:", "parameters:", "call:", "header:", "example:"),
        *("answer:", "confirm: yes", "body: form", "\n", "\n  ", "->", ";", "|", "="),
        *("GET https://a.example/{region}", "MCP https://a.example/#b", "region: eu | us"),
        *("f(", ")", '"', "'", "[", "{", "}", "]", "```", "region=eu", "detail (optional)"),
        *("Literal[", "Optional[int]", "= None", "0x" + "f" * 5000, "{secret:A}", "{}"),
        *("__proto__", "constructor", "NaN", "-Infinity", "1e999", "9" * 5000, "\ud800"),
        *("{" * 500, "[" * 2000, "(" * 500, "-" * 500, '{"a":' * 400, "\x00", "\u202e"),
    )
)  # fmt: skip
WRITTEN = st.lists(st.one_of(PIECES, any_text(20)), max_size=12).map(" ".join)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        any_text(12),
        st.sampled_from(
            (10**30, "string", "object", "array", "eu", "#/paths", "https://a")
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(
                st.sampled_from(
                    (
                        *("name", "type", "properties", "items", "enum", "$ref"),
                        *("required", "default", "anyOf", "format", "method", "url"),
                        *("headers", "__proto__", "arguments", "request", "minimum"),
                    )
                ),
                st.text(max_size=8),
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@st.composite
def broken(draw, whole):
    """Draw a copy of a value in which one place or another holds something else."""
    if draw(st.integers(0, 7)) == 0:
        return draw(VALUES)
    if isinstance(whole, dict):
        made = {name: draw(broken(each)) for name, each in whole.items()}
        return made | draw(st.one_of(st.just({}), st.just({}), st.dictionaries(
            st.sampled_from(("$ref", "enum", "extra", "pattern", "allOf")), VALUES,
            max_size=1)))  # fmt: skip
    if isinstance(whole, list):
        return [draw(broken(each)) for each in whole]
    return whole


def _holds(text):
    """Check that a text is read and stays what it is, or is refused."""
    try:
        stored = formed(lesson(LessonKind.TOOL, text=text))
    except LessonError as exc:
        assert 0 < len(str(exc)) <= 800  # noqa: PT017 - most texts are none
        return
    assert formed(stored) == stored
    stored.text.encode()  # half a character could not be stored
    tool, calls = tool_of(stored), calls_of(stored)
    assert read(stored.text) == (tool, ())
    assert tool.text == stored.text
    assert all(line for line in lines(tool, calls))
    assert "\n" not in statement(tool)
    for request, call in calls:
        assert tool_examples.read_call(tool, call.text, of=request) == call
        shown = tool_signature.called(call)
        assert tool_examples.read_call(tool, shown, of=request) == call
    json.loads(stored.text, parse_constant=lambda word: 1 / 0)


@OFTEN
@given(st.one_of(WRITTEN, any_text()))
def test_any_text_is_a_tool_or_a_sentence(text):
    _holds(text)


@OFTEN
@given(st.integers(0, len(TEXT)), st.integers(0, 30), WRITTEN)
def test_a_tool_with_something_put_into_it_is_read_or_refused(at, gone, put):
    _holds(TEXT[:at] + put + TEXT[at + gone :])


@SELDOM
@given(broken({**FIELDS, "examples": REQUESTS}))
def test_a_tool_as_json_with_something_else_in_it_is_read_or_refused(fields):
    _holds(json.dumps(fields))


@OFTEN
@given(VALUES)
def test_any_value_is_built_into_a_tool_or_refused(fields):
    try:
        tool = build(fields)
    except LessonError:
        return

    assert read(tool.text)[0] == tool


@OFTEN
@given(
    st.one_of(WRITTEN, st.builds("region={}, detail={}".format, any_text(9), WRITTEN))
)
def test_any_call_fits_its_tool_or_is_refused(written):
    tool, _ = read(TEXT)
    try:
        call = tool_examples.read_call(tool, written, of="Is it up?")
    except LessonError:
        return

    assert parse_call(call.text) == call
    assert set(tool.problems(call.arguments)) <= {"region is missing."}


@OFTEN
@given(
    st.one_of(
        WRITTEN,
        st.builds("f(a: {}, b = {})".format, WRITTEN, WRITTEN),
        st.builds("f(a: {})".format, st.sampled_from(("-", "(", "[", "a.", "x|", "not "))
                  .map(lambda sign: f"{sign * 900}1")),
    )
)  # fmt: skip
def test_any_signature_is_read_or_refused(text):
    try:
        signature = tool_signature.read(text)
    except LessonError:
        return

    json.dumps(signature.parameters, allow_nan=False)


@OFTEN
@given(st.one_of(VALUES.map(json.dumps), WRITTEN))
def test_json_is_read_as_one_thing_only(text):
    try:
        found = loads(text)
    except LessonError:
        return

    assert json.loads(json.dumps(found, allow_nan=False)) == found


@SELDOM
@given(st.one_of(VALUES, broken(DOCUMENT)))
def test_any_document_gives_tools_and_reasons_or_is_refused(document):
    try:
        found = openapi_tools.read(document)
    except LessonError:
        return

    assert all(reason.endswith(".") for _, reason in found.left_out)
    for tool, examples in found.tools:
        assert read(tool.text)[0] == tool
        assert lines(tool, examples)


def test_a_document_that_holds_itself_is_no_trap():
    """YAML's anchors make such documents; JSON cannot."""
    schema = {"type": "object", "required": ["a"], "properties": {}}
    schema["properties"]["a"] = schema
    schema["allOf"] = [schema]
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {"/x": {"post": {"requestBody": body, "x-requests": []}}}
    paths["/x"]["post"]["x-requests"].append(paths)

    found = openapi_tools.read({**DOCUMENT, "paths": paths})

    assert found.tools == ()
    assert len(found.left_out) == 1
