"""Proves when a call that the model wrote was meant, by what it is likely to be."""

import math

import pytest

from learning.tool import Call, from_fields
from learning.tool_decision import LACKS, MAY_CALL, WOULD_CALL, chance, is_meant

TOOL = from_fields(
    {
        "name": "book",
        "description": "Books a table.",
        "parameters": {
            "properties": {
                "name": {"type": "string"},
                "time": {"type": "string"},
                "room": {"type": "string", "enum": ["hall", "attic"]},
            },
            "required": ["name"],
        },
        "endpoint": {"url": "https://example.org/"},
    }
)
EXAMPLES = (
    ("a table for Rosa at 8pm", Call("book", {"name": "Rosa", "time": "8pm"})),
    ("Ugo, in the attic", Call("book", {"name": "Ugo", "room": "attic"})),
)
NAMED = {"name": "Ida"}


@pytest.mark.parametrize(
    ("likely", "arguments", "request_text", "meant"),
    [
        (WOULD_CALL, NAMED, "Ida again", True),
        (WOULD_CALL - 0.01, NAMED, "Ida again", False),
        (MAY_CALL, {**NAMED, "time": "9pm"}, "Ida, 9pm", True),
        (MAY_CALL, {**NAMED, "room": "hall"}, "Ida, hall", True),
        (MAY_CALL - 0.01, {**NAMED, "time": "9pm"}, "Ida, 9pm", False),
        (LACKS, {"time": "9pm"}, "at 9pm", True),
        (LACKS - 0.01, {"time": "9pm"}, "at 9pm", False),
    ],
)
def test_less_is_enough_where_the_request_says_more(
    likely, arguments, request_text, meant
):
    call = Call("book", arguments)

    assert is_meant(likely, call, TOOL, EXAMPLES, request_text) is meant


def test_the_chance_of_a_call_is_that_of_all_tokens_that_begin_one():
    said = {'{"': math.log(0.4), " {": math.log(0.1), "I": math.log(0.5)}

    assert chance(said) == pytest.approx(0.5)
    assert chance({}) == 0
