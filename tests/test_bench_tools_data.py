"""The data of `myna bench tools`: its own tools, few examples, stable places."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.bench.tools import community
from bot.bench.tools.tasks import Case, ToolTask, few, place
from learning.tool import Call

TASK = community.load()
TOOLS = {tool.name: tool for tool in TASK.tools}
SAID = {
    "eu": {"eu", "europe", "european"},
    "us": {"us", "american", "america", "states"},
    "asia": {"asia", "asian"},
    "open": {"open", "unresolved"},
    "closed": {"closed", "resolved", "solved"},
    "pc": {"pc", "computer"},
    "playstation": {"playstation", "ps5"},
    "xbox": {"xbox"},
    "staging": {"staging", "stage"},
    "production": {"production", "prod", "live"},
    "km": {"km", "kilometres", "kilometers"},
    "miles": {"miles"},
    "kg": {"kg", "kilos"},
    "pounds": {"pounds", "lbs"},
    "celsius": {"celsius", "c"},
    "fahrenheit": {"fahrenheit", "f"},
    "litres": {"litres", "liters", "liter"},
    "gallons": {"gallons"},
    "cm": {"cm", "centimetres", "centimeters"},
    "inches": {"inches", "inch"},
}
"""By which words a set value may be said."""


def words(text):
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def test_the_community_has_six_tools_with_eight_examples_and_ten_requests_each():
    assert len(TOOLS) == 6
    assert Counter(case.call.name for case in TASK.train) == dict.fromkeys(TOOLS, 8)
    assert Counter(case.call.name for case in TASK.test) == dict.fromkeys(TOOLS, 10)
    assert len(set(TASK.ordinary)) == len(TASK.ordinary) == 100
    assert all(
        tool.endpoint.url.split("/")[2].endswith("example.org") for tool in TASK.tools
    )
    assert [t.name for t in TASK.tools if t.confirm] == ["deploy"]


@pytest.mark.parametrize("case", [*TASK.train, *TASK.test], ids=lambda c: c.request)
def test_every_call_of_the_community_fits_its_tool_and_can_be_told_from_its_request(
    case,
):
    tool = TOOLS[case.call.name]

    assert tool.problems(case.call.arguments) == ()
    said = words(case.request)
    for name, schema in tool.properties.items():
        value = case.call.arguments.get(name)
        if "enum" not in schema:
            assert str(value) in case.request
        elif name not in ("from_unit", "to_unit"):
            assert [each for each in schema["enum"] if SAID[each] & said] == (
                [value] if value else []
            )
    if case.call.name == "convert_units":
        units = {case.call.arguments[name] for name in ("from_unit", "to_unit")}
        assert {
            unit for unit in tool.properties["from_unit"]["enum"] if SAID[unit] & said
        } == units


@pytest.mark.parametrize("case", TASK.test, ids=lambda case: case.request)
def test_a_request_held_out_is_in_other_words_than_the_examples_and_ordinary_messages(
    case,
):
    others = [each.request for each in TASK.train] + list(TASK.ordinary)
    others += [each.request for each in TASK.test if each is not case]

    for other in others:
        both, either = (
            words(case.request) & words(other),
            words(case.request) | words(other),
        )
        assert len(both) / len(either) < 0.3, other


def test_what_is_held_out_has_other_values_than_the_examples():
    def free(cases):
        return {
            (case.call.name, name, str(value).lower())
            for case in cases
            for name, value in case.call.arguments.items()
            if name in ("query", "title", "value", "name", "service", "version")
        }

    assert not free(TASK.train) & free(TASK.test)


def test_few_examples_are_so_many_of_each_tool_and_two_are_among_four():
    two, four = few(TASK, 2, seed=3), few(TASK, 4, seed=3)

    assert Counter(case.call.name for case in two.train) == dict.fromkeys(TOOLS, 2)
    assert set(map(id, two.train)) < set(map(id, four.train)) < set(map(id, TASK.train))
    assert two.test == four.test == TASK.test
    assert few(TASK, 2, seed=4).train != two.train
    assert few(TASK, 8) == few(TASK, None) == TASK


def test_few_examples_do_not_hang_on_the_order_of_the_file():
    shuffled = list(TASK.train)
    random.Random(1).shuffle(shuffled)  # noqa: S311
    again = few(ToolTask("again", TASK.tools, tuple(shuffled), TASK.test), 2)

    assert {c.request for c in again.train} == {c.request for c in few(TASK, 2).train}


def test_examples_are_counted_by_kind_where_there_is_one_and_none_taught_is_unseen():
    train = tuple(
        Case(f"{kind}{i}", Call("t"), kind=kind) for kind in "ab" for i in "12"
    )
    test = (Case("?", Call("t"), kind="a"), Case("?", Call("t"), kind="c"))
    task = ToolTask("t", (), train, test)

    assert Counter(case.kind for case in few(task, 1).train) == {"a": 1, "b": 1}
    assert [case.seen for case in few(task, 1).test] == [True, False]
    assert [case.seen for case in few(task, 0).test] == [False, False]


def test_a_place_is_the_same_everywhere_and_spread_evenly():
    places = [place(f"dialogue {i}") for i in range(2000)]

    assert place("dialogue 1") == pytest.approx(0.0845, abs=1e-4)
    assert 0.66 < sum(each < 0.7 for each in places) / 2000 < 0.74
    assert place("dialogue 1", seed=1) != places[1]


@pytest.mark.parametrize("name", ["gym", "company"])
def test_two_more_communities_are_of_the_same_shape(name):
    task = community.load(Path(__file__).parent / "communities" / f"{name}.json")

    tools = {tool.name: tool for tool in task.tools}
    assert len(tools) == 6
    assert tools.keys().isdisjoint(TOOLS)
    assert Counter(case.call.name for case in task.train) == dict.fromkeys(tools, 8)
    assert Counter(case.call.name for case in task.test) == dict.fromkeys(tools, 10)
    assert len(set(task.ordinary)) == len(task.ordinary) == 100
    for case in (*task.train, *task.test):
        assert tools[case.call.name].problems(case.call.arguments) == ()
