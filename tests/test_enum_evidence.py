"""Proves that a call has of an enum what its request speaks of, and no more."""

import pytest

from learning.enum_evidence import narrowed, said, speaks_of
from learning.tool import Call, from_fields

TOOL = from_fields(
    {
        "name": "search",
        "description": "Searches tickets.",
        "parameters": {
            "properties": {
                "query": {"type": "string"},
                "status": {"type": "string", "enum": ["open", "closed"]},
                "region": {"type": "string", "enum": ["eu", "us"]},
            },
            "required": ["query", "region"],
        },
        "endpoint": {"url": "https://example.org/"},
    }
)
EXAMPLES = (
    ("find lag in Europe", Call("search", {"query": "lag", "region": "eu"})),
    (
        "open tickets on maps, US",
        Call("search", {"query": "maps", "status": "open", "region": "us"}),
    ),
)


@pytest.mark.parametrize(
    ("request_text", "value", "speaks"),
    [
        ("the EU server", "eu", True),
        ("our European friends", "eu", True),
        ("neutral ground", "eu", False),
        ("150lbs of flour", "pounds", True),
        ("half an hour", "half_an_hour", True),
        ("they closed it", "closed", True),
        ("a, b", "c", False),
    ],
)
def test_a_value_is_spoken_of_by_its_own_name_or_another(request_text, value, speaks):
    assert speaks_of(request_text, value, {"enum": [value]}) is speaks


def test_what_nothing_speaks_of_is_left_out_unless_it_is_needed():
    found = narrowed(TOOL, EXAMPLES, "find lag")

    assert "status" not in found.properties
    assert found.properties["region"]["enum"] == ["eu", "us"]
    assert found.properties["query"] == {"type": "string"}


def test_only_what_is_spoken_of_may_be_chosen_and_has_to_be():
    request = "unresolved lag for the Americans and America"

    found = narrowed(TOOL, EXAMPLES, request)

    assert found.properties["status"]["enum"] == ["open"]
    assert found.properties["region"]["enum"] == ["us"]
    assert said(TOOL, EXAMPLES, request) == {"status", "region"}
    assert said(TOOL, EXAMPLES, "find lag") == frozenset()


def test_an_enum_that_examples_give_without_a_word_is_left_to_the_model():
    silent = (*EXAMPLES, ("lag?", Call("search", {"query": "lag", "region": "us"})))

    found = narrowed(TOOL, silent, "find lag in Europe")

    assert found.properties["region"]["enum"] == ["eu", "us"]
    assert "region" not in said(TOOL, silent, "find lag in Europe")


def test_a_word_that_an_example_has_without_the_value_decides_nothing():
    other = (
        *EXAMPLES,
        ("open lag, EU", Call("search", {"query": "lag", "region": "eu"})),
    )

    assert "status" not in said(TOOL, other, "open maps, EU")


def test_an_enum_that_no_example_gives_is_left_to_the_model():
    assert narrowed(TOOL, (), "find lag").properties == TOOL.properties
    assert said(TOOL, (), "open, EU") == frozenset()


def test_the_name_of_another_value_speaks_of_that_one_alone():
    schema = {"enum": ["gbp", "pounds"]}

    assert speaks_of("20 pounds of flour", "pounds", schema)
    assert not speaks_of("20 pounds of flour", "gbp", schema)
    assert speaks_of("20 pounds in euros", "gbp", {"enum": ["gbp", "eur"]})
