"""The invented tools fit their own schemas, and their held-out requests are new."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest

from learning.request_words import numbers_of, words_of
from learning.tool import spoken_name
from learning.tool_check import build

HERE = Path(__file__).resolve().parent.parent
WORLDS = json.loads((HERE / "learning" / "tool_worlds.json").read_text("ascii"))
TOOLS = {each["tool"]["name"]: each for each in WORLDS["tools"]}
MOST_SHARED = 0.3
"""Of the words of a held-out request and an example together."""

each_tool = pytest.mark.parametrize("world", TOOLS.values(), ids=TOOLS)


def words(text):
    return set(re.findall(r"\w+", text.casefold()))


def shared(one, other):
    return len(words(one) & words(other)) / len(words(one) | words(other))


def asked(world):
    return [*world["examples"], *world["held_out"]]


def copied(schema, value):
    """Return what of a value must stand in the request itself."""
    values = value if isinstance(value, list) else [value]
    return () if "enum" in schema or schema["type"] == "boolean" else values


def stands_in(request, value):
    if isinstance(value, str):
        return value in request and words_of(request).has(value)
    return json.dumps(value) in numbers_of(request, whole=isinstance(value, int))


def texts():
    """Return every message of the file."""
    requests = [row["request"] for world in TOOLS.values() for row in asked(world)]
    near = chain.from_iterable(world["near_misses"] for world in TOOLS.values())
    return [*requests, *near, *WORLDS["ordinary"]]


def strings(value):
    """Return every text inside of a JSON value, without regard to case."""
    if isinstance(value, str):
        return {value.casefold()}
    inside = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return set()
    return set().union(*map(strings, inside))


def benchmarks():
    """Return every text that a benchmark asks."""
    rows = [
        json.loads(line)
        for path in (HERE / "bot" / "bench").rglob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    files = (HERE / "bot" / "bench").rglob("*.json")
    files = (json.loads(path.read_text("utf-8")) for path in files)
    return strings([*rows, *files])


def test_there_are_twelve_tools_and_one_hundred_and_twenty_ordinary_messages():
    assert len(TOOLS) == len(WORLDS["tools"]) == 12
    assert len(WORLDS["ordinary"]) == 120


@each_tool
def test_a_tool_has_eight_examples_ten_held_out_and_six_near_misses(world):
    assert set(world) == {"tool", "examples", "held_out", "near_misses"}
    assert len(world["examples"]) == 8
    assert len(world["held_out"]) == 10
    assert len(world["near_misses"]) == 6
    assert all(set(row) == {"request", "arguments"} for row in asked(world))


def test_no_message_stands_twice():
    folded = [text.casefold() for text in texts()]

    assert sorted(folded) == sorted(set(folded))


@each_tool
def test_every_call_fits_its_tool(world):
    tool = build(world["tool"])

    problems = {
        row["request"]: found
        for row in asked(world)
        if (found := tool.problems(row["arguments"]))
    }

    assert not problems


@each_tool
def test_what_a_call_copies_stands_in_its_request(world):
    properties = build(world["tool"]).properties

    absent = [
        (row["request"], value)
        for row in asked(world)
        for name, given in row["arguments"].items()
        for value in copied(properties[name], given)
        if not stands_in(row["request"], value)
    ]

    assert not absent


@each_tool
def test_held_out_requests_share_few_words_with_every_example(world):
    alike = [
        (held["request"], example["request"])
        for held in world["held_out"]
        for example in world["examples"]
        if shared(held["request"], example["request"]) > MOST_SHARED
    ]

    assert not alike


@each_tool
def test_held_out_requests_name_values_that_no_example_names(world):
    properties = build(world["tool"]).properties
    free = [name for name in properties if copied(properties[name], "x")]
    named = {
        json.dumps(row["arguments"].get(name))
        for row in world["examples"]
        for name in free[:1]
    }

    repeated = [
        row["request"]
        for row in world["held_out"]
        for name in free[:1]
        if properties[name]["type"] == "string"
        and json.dumps(row["arguments"].get(name)) in named
    ]

    assert not repeated


@each_tool
def test_examples_show_every_parameter_and_every_choice(world):
    properties = build(world["tool"]).properties
    shown = {
        (name, str(value))
        for row in world["examples"]
        for name, value in row["arguments"].items()
    }

    choices = {
        (name, str(value))
        for name, schema in properties.items()
        for value in schema.get("enum", ())
    }

    assert {name for name, _ in shown} == set(properties)
    assert choices <= shown


def test_the_tools_are_of_many_kinds():
    schemas = {name: world["tool"]["parameters"] for name, world in TOOLS.items()}
    every = [p for s in schemas.values() for p in s["properties"].values()]
    values = [
        value
        for world in TOOLS.values()
        for row in world["held_out"]
        for value in row["arguments"].values()
    ]
    enums = [
        sum("enum" in p for p in s["properties"].values()) for s in schemas.values()
    ]

    assert sum(not schema["properties"] for schema in schemas.values()) == 1
    assert {p["type"] for p in every} == {
        *("string", "integer", "number", "boolean", "array"),
    }
    assert any(p.get("format") == "date" for p in every)
    assert 1 in enums
    assert max(enums) > 1
    assert any(set(s["required"]) < set(s["properties"]) for s in schemas.values())
    assert any(isinstance(value, float) for value in values)
    assert any(isinstance(value, int) and value < 0 for value in values)


def test_no_ordinary_message_names_a_tool():
    names = [spoken_name(name) for name in TOOLS]

    assert not [
        text
        for text in WORLDS["ordinary"]
        if any(name in text.casefold() for name in names)
    ]


def test_no_benchmark_asks_what_stands_here():
    known = benchmarks()
    worded = {frozenset(words(text)) for text in known} - {frozenset()}

    assert worded
    assert not [text for text in texts() if frozenset(words(text)) in worded]
    assert not [name for name in TOOLS if name in known]
