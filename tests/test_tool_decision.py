"""Proves when a call that the model wrote was meant: likely begun, of a near tool."""

import math

import pytest

from learning.tool_decision import ENOUGH, NEARNESS, chance, is_meant, name_chance


@pytest.mark.parametrize(
    ("likely", "cosine", "meant"),
    [
        (1.0, 0.21, True),
        (1.0, 0.19, False),  # whatever it is, it is far from every wording
        (0.5, 0.38, True),
        (0.5, 0.37, False),
        (0.1, 0.9, True),  # worded much as an example is
        (0.01, 0.95, False),
        (0.0, 1.0, False),
    ],
)
def test_a_call_is_meant_that_is_likely_begun_and_of_a_near_tool(likely, cosine, meant):
    assert is_meant(likely, cosine) is meant


@pytest.mark.parametrize(("cosine", "meant"), [(0.33, True), (0.32, False)])
def test_what_lacks_something_has_to_be_nearer(cosine, meant):
    assert is_meant(1.0, cosine, lacks=True) is meant
    assert is_meant(1.0, cosine)


@pytest.mark.parametrize(
    ("cosine", "lacks", "meant"),
    [
        (0.43, False, True),
        (0.42, False, False),
        (0.56, True, True),
        (0.54, True, False),
    ],
)
def test_where_examples_are_shown_more_is_wanted(cosine, lacks, meant):
    assert is_meant(1.0, cosine, lacks=lacks, shown=True) is meant


def test_half_as_likely_has_to_be_as_much_nearer_as_its_logarithm_says():
    edge = ENOUGH / NEARNESS

    assert is_meant(0.5, edge + math.log(2) / NEARNESS + 1e-9)
    assert not is_meant(0.5, edge + math.log(2) / NEARNESS - 1e-3)


def test_a_call_begins_with_any_token_that_opens_a_brace():
    said = {"{": math.log(0.4), ' {"': math.log(0.3), "The": math.log(0.2)}

    assert chance(said) == pytest.approx(0.7)
    assert chance({"The": -0.1}) == 0


def test_of_a_call_the_tokens_up_to_the_end_of_its_name_say_how_likely_it_is():
    halves = ['{"', "name", '":', ' "', "roll", '",', ' "', "arguments"]

    assert name_chance((each, math.log(0.5)) for each in halves) == pytest.approx(
        0.5**6
    )
    assert name_chance([("Hello", math.log(0.5)), (".", 0.0)]) == pytest.approx(0.5)
    assert name_chance([]) == 1
