"""Proves which tools a request leaves to the model to choose from."""

from learning.tool import Call, from_fields
from learning.tool_grammar import grammar_of, likely_of


def tool(name, properties):
    return from_fields(
        {
            "name": name,
            "description": f"Does {name}.",
            "parameters": {"properties": properties, "required": list(properties)},
            "endpoint": {"url": "https://example.org/"},
        }
    )


TEXT = {"type": "string"}
SEARCH = (
    tool("search", {"query": TEXT}),
    (("find lag", Call("search", {"query": "lag"})),),
)
MEET = (
    tool("meet", {"title": TEXT, "time": TEXT}),
    (("raid at 8pm", Call("meet", {"title": "raid", "time": "8pm"})),),
)
LAMP = (
    tool("lamp", {"state": {"type": "string", "enum": ["on", "off"]}}),
    (("lamp off", Call("lamp", {"state": "off"})),),
)
DICE = (
    tool("dice", {"count": {"type": "integer"}}),
    (("roll 3", Call("dice", {"count": 3})),),
)


def names(taught):
    return [each.name for each, _ in taught]


def test_a_tool_that_needs_a_time_is_not_meant_where_the_request_has_none():
    assert names(likely_of([SEARCH, MEET, LAMP, DICE], "find lag")) == ["search"]
    assert names(likely_of([SEARCH, MEET], "find lag at 9pm")) == ["search", "meet"]
    assert names(likely_of([SEARCH, LAMP], "find the lamp, off")) == ["search", "lamp"]
    assert names(likely_of([SEARCH, DICE], "find 3 tickets")) == ["search", "dice"]


def test_a_request_that_lacks_what_the_nearest_needs_is_left_to_the_model():
    assert names(likely_of([MEET, SEARCH], "raid with everybody")) == ["meet", "search"]
    assert likely_of([], "raid") == []


def test_a_request_too_long_to_copy_from_may_still_be_called_for():
    written = grammar_of([SEARCH], "find " + "lag and more lag " * 60)

    assert "search" in written
    assert len(written) < 2000
