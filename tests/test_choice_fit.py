"""Proves that the weights of choices are those by which people's requests were made."""

from dataclasses import astuple

import numpy as np
import pytest

from learning.choice_fit import EXAMPLES, Case, cases_of, drawn, fit, report
from learning.choice_likelihood import BOOLEAN, ENUM, Weights, likelihood
from learning.tool import Call, from_fields

KNOWN = Weights(-1.0, 5.0, 0.5, 0.0, 3.0, 0.0, 1.5, -3.0)
"""By these the made-up cases have their right options."""


class LengthEncoder:
    """Puts texts of the same length at the same place."""

    def encode(self, texts):
        angles = np.array([len(text) / 10 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


TOOL = from_fields(
    {
        "name": "book",
        "description": "Books a room.",
        "parameters": {
            "properties": {
                "room": {"type": "string", "enum": ["cellar", "attic"]},
                "seats": {"enum": [1, True]},
                "projector": {"type": "boolean"},
                "note": {"type": "string"},
            },
            "required": ["room"],
        },
        "endpoint": {"url": "https://example.org/"},
    }
)
PAIRS = (
    ("the cellar for Ann", Call("book", {"room": "cellar", "note": "Ann"})),
    ("no projector in the attic", Call("book", {"room": "attic", "projector": False})),
    ("a projector", Call("book", {"projector": True})),
    ("seats", Call("book", {"seats": True})),
)


def made_up(kind):
    draw = np.random.default_rng(0)
    cases = []
    for number in range(3000):
        options = draw.random((4, len(astuple(KNOWN))))
        options[:, 0], options[-1] = 1, 0
        odds = np.exp(options @ astuple(KNOWN))
        right = int(draw.choice(4, p=odds / odds.sum()))
        cases.append(Case(f"tool{number % 10}", kind, options, right))
    return cases


def test_a_fit_finds_the_sign_and_the_order_of_known_weights():
    fitted = fit(made_up("ENUM"))

    assert fitted.named > fitted.more_about > fitted.required > fitted.shared > 0
    assert fitted.false < fitted.given < 0
    assert astuple(fitted) == pytest.approx(astuple(KNOWN), abs=0.4)


def test_the_same_cases_give_the_same_weights():
    assert fit(made_up("ENUM")) == fit(made_up("ENUM"))


def test_what_no_case_shows_weighs_nothing():
    cases = made_up("ENUM")
    for case in cases:
        case.options[:, 5] = 0

    assert fit(cases).nearer == 0


def test_the_right_option_of_a_case_is_what_the_requests_own_call_gives():
    cases = list(cases_of(TOOL, PAIRS, PAIRS, LengthEncoder()))

    rooms, seats, projectors = cases[::3], cases[1::3], cases[2::3]
    absent = 2
    assert [case.right for case in rooms] == [0, 1, absent, absent]
    assert [case.right for case in seats] == [absent, absent, absent, 1]
    assert [case.right for case in projectors] == [absent, 1, 0, absent]
    assert {case.kind for case in (*rooms, *seats)} == {"ENUM"}
    assert {case.kind for case in projectors} == {"BOOLEAN"}
    assert all(not case.options[absent].any() for case in cases)


def test_a_negation_speaks_for_booleans_alone():
    denied = [("no projector, not in the attic", Call("book"))]

    room, seats, projector = cases_of(TOOL, PAIRS, denied, LengthEncoder())

    assert not room.options[:, -3:].any()
    assert not seats.options[:, -3:].any()
    assert projector.options[:2, -3:].tolist() == [[0, 1, 0], [1, 0, 1]]


def test_a_case_has_what_the_weights_multiply():
    """A softmax of its options' scores is the likelihood that a request is read by."""
    encoder = LengthEncoder()
    for name, weights in (("room", ENUM), ("projector", BOOLEAN)):
        for pair in PAIRS:
            found = likelihood(TOOL, PAIRS, name, pair[0], encoder)
            at = ("room", "seats", "projector").index(name)
            case = list(cases_of(TOOL, PAIRS, [pair], encoder))[at]
            odds = np.exp(case.options @ astuple(weights))

            chances = [*(chance for _, chance in found.choices), found.absent]

            assert odds / odds.sum() == pytest.approx(chances)


def test_the_drawn_examples_show_each_choice_and_are_no_cases():
    said = Call("book", {"room": "cellar", "note": "Ann"})
    plain = [(f"cellar {number} for Ann", said) for number in range(16)]

    examples, others = drawn(TOOL, [*plain, *PAIRS])

    assert (examples, others) == drawn(TOOL, [*plain, *PAIRS])
    assert len(examples) == EXAMPLES
    assert {request for request, _ in PAIRS[1:]} <= {r for r, _ in examples}
    assert sorted(map(str, examples + others)) == sorted(map(str, [*plain, *PAIRS]))


def test_the_report_is_a_line_of_each_kind_with_the_share_that_is_right():
    enums, booleans = report([*made_up("ENUM"), *made_up("BOOLEAN")])

    assert enums.startswith("ENUM = Weights(given=-")
    assert booleans.startswith("BOOLEAN = Weights(given=-")
    assert enums.endswith("of 3000")
    assert 60 < float(enums.split("right: ")[1].split("%")[0]) < 100
