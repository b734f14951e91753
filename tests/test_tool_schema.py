"""Proves which schemas, JSON and words a tool's parameters may have."""

import json

import pytest

from learning import tool_json, tool_parameters, tool_signature
from learning.errors import LessonError
from learning.tool_check import build
from learning.tool_text import read
from tests.test_tool_text import FIELDS, PLAIN, call, parameters

REGION = {"type": "string"}


def schema_of(**properties):
    return {"type": "object", "properties": properties}


def nested(depth):
    schema = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


def test_an_optional_parameter_may_be_the_only_one():
    made = parameters("parameters: detail (optional): boolean - more")

    assert list(made.properties) == ["detail"]
    assert not made.required


@pytest.mark.parametrize("written", ["", "parameters: none", "parameters: -"])
def test_a_tool_may_need_nothing(written):
    assert parameters(written).properties == {}


def test_an_unannotated_parameter_is_of_its_defaults_type():
    assert tool_signature.read("f(a, b=2, c='x')").parameters["properties"] == {
        "a": {"type": "string"},
        "b": {"type": "integer", "default": 2},
        "c": {"type": "string", "default": "x"},
    }


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("number = 0.5", {"type": "number", "default": 0.5}),
        ("Sequence", {"type": "array", "items": {"type": "string"}}),
        ('Annotated[str, 5, "whose"]', {"type": "string", "description": "whose"}),
    ],
)
def test_rarer_types_are_read_too(written, schema):
    assert tool_parameters.read([f"a: {written}"])["properties"] == {"a": schema}


def test_what_stands_in_brackets_is_optional_or_refused():
    with pytest.raises(LessonError, match=r"only \(optional\)"):
        tool_parameters.read(["a (new): int"])


@pytest.mark.parametrize(
    "written", ["f(a: int): ...\rimport os", "f(a)" + " " * 4000 + "x", "f(a: 'x') -> "]
)
def test_what_is_no_single_signature_is_refused(written):
    with pytest.raises(LessonError):
        tool_signature.read(written)


def test_what_is_no_type_in_any_language_is_refused():
    with pytest.raises(LessonError, match="A type is one of"):
        tool_parameters.read(["a: eu us"])


def test_empty_places_between_parameters_do_not_matter():
    assert list(tool_parameters.read(["a: int; ;\n\n b: int;"])["properties"]) == [
        "a",
        "b",
    ]


def test_a_type_that_is_too_long_is_not_read():
    with pytest.raises(LessonError, match="at most"):
        tool_signature.read_type("x" * 5000)


def test_alternatives_are_kept_below_and_shown_as_any():
    items = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    fields = {"type": "array", "items": items}

    made = build(FIELDS | {"parameters": schema_of(region=REGION, x=fields)})

    assert made.properties["x"] == fields
    assert "x: list[any]" in tool_signature.written(made)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (schema_of(region=REGION) | {"anyOf": []}, "one thing or another"),
        (schema_of(region=REGION | {"oneOf": 5}), "one thing or another"),
        (schema_of(region=REGION | {"description": 5}), "Describe region"),
        (schema_of(region=REGION | {"description": "x" * 501}), "Describe region"),
        (schema_of(region=REGION, x=nested(6)), "nested too deeply"),
        (schema_of(region=5), "must be a JSON object"),
        ({"properties": 5}, "must be a JSON object"),
        ([], "must be a JSON object"),
    ],
)
def test_a_schema_that_is_off_is_refused(schema, reason):
    with pytest.raises(LessonError, match=reason):
        build(FIELDS | {"parameters": schema})


def test_what_a_schema_only_remarks_is_left_out():
    given = schema_of(region=REGION | {"title": "R", "format": "regex"}, title=REGION)

    made = build(FIELDS | {"parameters": given | {"$schema": "x"}})

    assert made.properties == {"region": REGION, "title": REGION}


@pytest.mark.parametrize("fields", [None, 5, "x", {5: "name"}, {"name": {1}}])
def test_what_is_no_json_is_no_tool(fields):
    with pytest.raises(LessonError):
        build(fields)


def test_a_header_is_named_once():
    endpoint = FIELDS["endpoint"] | {"headers": {"X-A": "1", " X-A": "2"}}

    with pytest.raises(LessonError, match="named twice"):
        build(FIELDS | {"endpoint": endpoint})


def test_json_that_is_too_long_is_not_read():
    with pytest.raises(LessonError, match="too long"):
        tool_json.loads(" " * 50_000)


def test_a_long_reason_is_shortened():
    name = "x" * 700
    schema = schema_of(region=REGION) | {"required": [name, f"{name}y"]}
    text = json.dumps(FIELDS | {"parameters": schema})

    with pytest.raises(LessonError) as caught:
        read(text)

    assert len(str(caught.value)) == 800


def test_an_escape_that_is_none_is_read_as_its_letter():
    assert call('title="C:\\q"') == {"title": "C:q"}


def test_parameters_may_be_called_like_the_parts_of_a_call():
    text = (
        "signature: greet(name: str, arguments: dict)\ndescription: d\n"
        "call: https://a.example/"
    )
    given = {"name": "Ana", "arguments": {"a": 1}}

    assert call(json.dumps(given), text) == given


@pytest.mark.parametrize("written", ['{"name": "find", "arguments": 5}', "[5]"])
def test_what_is_neither_a_call_nor_arguments_is_refused(written):
    with pytest.raises(LessonError, match="A"):
        call(written, PLAIN)


def test_an_examples_arguments_are_an_object():
    examples = [{"request": "Up?", "arguments": 5}]

    with pytest.raises(LessonError, match="a JSON object"):
        read(json.dumps(FIELDS | {"examples": examples}))
