"""Proves that what a tool answered is worded by its template, or shown as it is."""

import json

import pytest

from learning.tool import from_fields
from learning.tool_answer import MOST_CHARS, MOST_LINES, worded

BODY = {
    "state": "up",
    "players": [{"name": "Rosa"}, {"name": "Ugo"}],
    "load": {"cpu": 0.5},
    "open": True,
    "tags": ["a", "b"],
    "since": None,
}


def said(answer, body=BODY, arguments=None):
    tool = from_fields(
        {
            "name": "status",
            "description": "Says it.",
            "parameters": {"properties": {"region": {"type": "string"}}},
            "endpoint": {"url": "https://example.org/"},
            "answer": answer,
        }
    )
    text = body if isinstance(body, str) else json.dumps(body)
    return worded(tool, arguments or {"region": "eu"}, text)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{region} is {state}.", "eu is up."),
        ("{players.1.name} plays", "Ugo plays"),
        ("{load.cpu} busy, open: {open}", "0.5 busy, open: yes"),
        ("{tags}", "a, b"),
        ("nothing to fill", "nothing to fill"),
    ],
)
def test_a_template_is_filled_with_what_came_back_and_what_was_asked(
    template, expected
):
    assert said(template) == expected


@pytest.mark.parametrize("template", ["{missing}", "{players.7.name}", "{load}", ""])
def test_where_a_value_is_missing_the_answer_is_shown_as_it_is(template):
    assert said(template).splitlines()[0] == "state: up"


def test_a_value_with_braces_is_not_read_as_a_field():
    assert said("{state}", {"state": "{region}"}) == "{region}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("all is well", "all is well"),
        ("", ""),
        ("[1, 2]", "- 1\n- 2"),
        ('"up"', "up"),
        ("3", "3"),
        ("{broken", "{broken"),
        ("[" * 100_000, "[" * (MOST_CHARS - 3) + "..."),
    ],
)
def test_what_is_no_object_is_shown_too(body, expected):
    assert said("", body) == expected


def test_what_is_long_is_cut_and_says_so():
    lines = said("", {f"k{n}": n for n in range(50)}).splitlines()

    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "... and 30 more"
    assert len(said("{state}", {"state": "x" * 9000})) == MOST_CHARS
