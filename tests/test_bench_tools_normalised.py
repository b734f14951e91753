"""When two calls say the same for `myna bench tools`."""

import pytest

from bot.bench.tools.normalised import plain, same
from learning.tool import Call


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Meeting  with\nJohn", "meeting with john"),
        ("2023-09-12", "September 12th, 2023"),
        ("2023-09-12", "12 Sept 2023"),
        ("2023/9/12", "the 12th of September, 2023"),
        ("2023-09-12 14:00:00", "2023-09-12T14:00"),
        ("2023-09-12 14:00:00", "Sep 12, 2023 at 2 pm"),
        ("2023-03-20 00:00:00", "2023-03-20"),
        ("12-10", "December 10th"),
        ("8pm", "20:00"),
        ("12 a.m.", "0:00"),
        ("12:30 PM", "12:30:00"),
        ("2", 2),
        (2.0, 2),
        ("2.50", 2.5),
        (-0.0, 0),
        ("True", True),
        ("['John', 'Jane']", ["john", "Jane"]),
        ('{"on": true}', {"on": True}),
        ("(5 + 6) * 3", "(5+6)*3"),
    ],
)
def test_what_says_the_same_is_the_same(one, other):
    assert same(Call("t", {"a": one}), Call("t", {"a": other}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("web", "webs"),
        ("2023-09-12", "2023-09-13"),
        ("2023-09-12", "September 12th"),
        ("8pm", "8am"),
        ("8pm", "8"),
        ("007", "7"),
        ("-4", "4"),
        ("call John at 2 pm", "call John at 14:00"),
        ("13pm", "1pm"),
        ("25:00", "1:00"),
        ("2023-13-01", "2023-01-13"),
        ("day 5", "May 5"),
        ("maybe 5", "May 5"),
        (["a", "b"], ["b", "a"]),
        ("[a", "a"),
        (None, ""),
    ],
)
def test_what_says_something_else_is_not_the_same(one, other):
    assert not same(Call("t", {"a": one}), Call("t", {"a": other}))


def test_names_of_tools_and_parameters_are_compared_as_they_are():
    assert not same(Call("t", {"a": 1}), Call("T", {"a": 1}))
    assert not same(Call("t", {"a": 1}), Call("t", {"b": 1}))
    assert not same(Call("t", {"a": 1}), Call("t", {"a": 1, "b": None}))


@pytest.mark.parametrize(
    "value", ["[" * 9999, "{'a': [}", "1" * 5000, {"a": [1, None]}]
)
def test_whatever_a_model_writes_can_be_compared(value):
    assert plain(value) == plain(value)
