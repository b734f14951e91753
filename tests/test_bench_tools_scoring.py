"""How calls are scored for `myna bench tools`, and how sure the shares are."""

import random

import pytest

from bot.bench.tools import torchhub
from bot.bench.tools.scoring import (
    Interval,
    Score,
    Totals,
    invented,
    paired,
    score,
    totals,
    wilson,
)
from bot.bench.tools.tasks import Case
from learning.tool import Call, from_fields

TOOL = from_fields(
    {
        "name": "deploy",
        "description": "Deploys.",
        "parameters": {
            "properties": {
                "service": {"type": "string"},
                "where": {"enum": ["staging", "production"]},
            },
            "required": ["service", "where"],
        },
        "endpoint": {"method": "POST", "url": "https://deploy.example.org"},
    }
)
RIGHT = Call("deploy", {"service": "web", "where": "staging"})
CASE = Case("deploy web to staging", RIGHT)
ORDINARY = Case("hi", None)


def hub(model=None, repo="pytorch/vision", **more):
    named = {"model": model} if model else {}
    return Call("torch.hub.load", {"repo_or_dir": repo, **named, **more})


def api(call, domain):
    return torchhub.Api(call, domain, "", "")


KNOWN = (
    api(hub("resnet50", pretrained=True), "Classification"),
    api(hub("deeplabv3_resnet50", pretrained=True), "Segmentation"),
    api(hub("fcn_resnet50", pretrained=True), "Segmentation"),
    api(hub(repo="pytorch/fairseq"), "Translation"),
    api(hub("roberta", repo="pytorch/fairseq"), "Classification"),
    api(hub("tacotron", repo="NVIDIA/x", model_math="fp16"), "Speech"),
)


@pytest.mark.parametrize(
    ("said", "named", "right", "made_up"),
    [
        (RIGHT, True, True, False),
        (Call("deploy", {"where": "staging", "service": "Web "}), True, True, False),
        (Call("deploy", {"service": "web", "where": "production"}), True, False, False),
        (Call("deploy", {"service": "shop", "where": "staging"}), True, False, False),
        (Call("deploy", {"service": "web"}), True, False, False),
        (Call("deploy", {"service": "web", "where": "moon"}), True, False, True),
        (Call("deploy", {**RIGHT.arguments, "force": True}), True, False, True),
        (Call("destroy", RIGHT.arguments), False, False, True),
    ],
)
def test_a_call_is_right_as_a_whole_and_invented_where_no_tool_offers_it(
    said, named, right, made_up
):
    found = score(CASE, said, [TOOL])

    assert found == Score(
        needed=True, called=True, named=named, right=right, invented=made_up
    )
    assert invented(said, [TOOL]) is made_up


def test_another_tool_that_exists_is_wrong_and_not_invented():
    other = from_fields(
        {
            "name": "status",
            "description": "Says.",
            "endpoint": {"url": "https://status.example.org"},
        }
    )

    found = score(CASE, Call("status"), [TOOL, other])

    assert (found.named, found.right, found.invented) == (False, False, False)


def test_calling_nothing_is_right_only_where_nothing_was_needed():
    assert score(CASE, None, [TOOL]) == Score(needed=True, called=False)
    assert score(ORDINARY, None, [TOOL]) == Score(
        needed=False, called=False, right=True
    )
    assert score(ORDINARY, RIGHT, [TOOL]) == Score(needed=False, called=True)


def test_totals_keep_false_calls_apart_from_requests_that_needed_a_tool():
    made_up = Call("destroy")
    said = [
        (CASE, RIGHT),
        (CASE, Call("deploy")),
        (CASE, None),
        (CASE, made_up),
        (ORDINARY, None),
        (ORDINARY, RIGHT),
        (ORDINARY, made_up),
    ]

    found = totals(score(case, call, [TOOL]) for case, call in said)

    assert found == Totals(
        needed=4,
        called=3,
        named=2,
        right=1,
        ordinary=3,
        false_calls=2,
        calls=5,
        invented=2,
    )
    assert totals([]) == Totals()


@pytest.mark.parametrize(
    ("said", "expected", "correct", "made_up"),
    [
        (hub("resnet50"), hub("resnet50", pretrained=True), True, False),
        (hub("fcn_resnet50"), hub("deeplabv3_resnet50", pretrained=True), True, False),
        (hub("resnet50"), hub("fcn_resnet50", pretrained=True), False, False),
        (hub("resnet51"), hub("resnet50", pretrained=True), False, True),
        (
            hub("resnet50", repo="elsewhere"),
            hub("resnet50", pretrained=True),
            False,
            True,
        ),
        (hub("bart", repo="pytorch/fairseq"), hub(repo="pytorch/fairseq"), True, False),
        (
            hub("roberta", repo="pytorch/fairseq"),
            hub(repo="pytorch/fairseq"),
            False,
            False,
        ),
        (
            hub("tacotron", repo="NVIDIA/x"),
            hub("tacotron", repo="NVIDIA/x", model_math="fp16"),
            False,
            True,
        ),
        (Call("torch.load", hub("resnet50").arguments), KNOWN[0].call, False, True),
    ],
)
def test_gorillas_rule_asks_for_a_listed_call_of_the_domain(
    said, expected, correct, made_up
):
    for known in (KNOWN, KNOWN[::-1]):
        found = torchhub.gorilla(said, expected, known)

        assert (found.correct, found.invented) == (correct, made_up)


def test_gorillas_rule_needs_the_expected_call_in_the_list():
    with pytest.raises(ValueError, match="is not in the list"):
        torchhub.gorilla(hub("resnet50"), hub("vgg11"), KNOWN)


def test_wilsons_interval_is_that_of_the_textbook_and_holds_at_the_ends():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 0 of 20.
    assert wilson(81, 263) == pytest.approx((0.3080, 0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0, 0, 0.1611), abs=1e-4)
    assert wilson(20, 20).high == 1
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


def test_a_paired_difference_knows_that_hard_cases_are_hard_for_both():
    first = [[i % 2 == 0 or i == 1] for i in range(60)]
    second = [[i % 2 == 0] for i in range(60)]

    together = paired(first, second)
    apart = paired(first, second[1:] + second[:1])

    assert together.value == pytest.approx(1 / 60)
    assert together.high - together.low < (apart.high - apart.low) / 3


def test_a_paired_difference_takes_seeds_for_chance_too():
    good, bad = [[True, False, True]] * 60, [[False, False, False]] * 60

    value, low, high = paired(good, bad)

    assert value == pytest.approx(2 / 3)
    assert (low, high) == (0, 1)
    assert paired(good, good) == Interval(0, 0, 0)


def test_a_method_of_three_seeds_is_compared_with_one_of_one():
    found = paired(
        [[True, True, True]] * 9 + [[False] * 3], [[True]] * 5 + [[False]] * 5
    )

    assert found.value == pytest.approx(0.4)
    assert found.low < 0.4 < found.high


def test_cases_of_one_group_are_drawn_together_and_others_alone():
    first, second = [[i < 20] for i in range(40)], [[False]] * 40
    groups = [str(i // 10) for i in range(40)]

    alone, together = paired(first, second), paired(first, second, groups=groups)

    assert alone.value == together.value == 0.5
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert paired(first, second, groups=[""] * 40) == alone


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    draw = random.Random(1)  # noqa: S311
    held = 0
    for number in range(50):
        rows = [(draw.random() < 0.6, draw.random() < 0.4) for _ in range(40)]
        found = paired([[a] for a, _ in rows], [[b] for _, b in rows], number)
        held += found.low <= 0.2 <= found.high

    assert 44 <= held <= 50
    assert paired([[True], [False]], [[False], [False]], 1) == paired(
        [[True], [False]], [[False], [False]], 1
    )


@pytest.mark.parametrize(
    ("first", "second"), [([], []), ([[True]], [[True]] * 2), ([[]], [[]])]
)
def test_other_cases_cannot_be_paired(first, second):
    with pytest.raises(ValueError, match="Both need the same cases"):
        paired(first, second)
