"""Proves that one objection keeps a candidate out, and that none lets it in."""

import math
from dataclasses import replace

import pytest

from learning import promote
from learning.exam import LessonMark, Scorecard
from learning.promote import decide

GOOD = Scorecard(
    recall=0.9,
    retention=0.8,
    nll=0.1,
    canaries=0.9,
    degenerate=2,
    lessons=(LessonMark(1, passed=True), LessonMark(4, passed=True)),
)
# More than any rounding, less than any tolerance.
HAIR = 1e-6

OBJECTIONS = {
    "degenerate": {"degenerate": GOOD.degenerate + promote.DEGENERATE_TOLERANCE + 1},
    "canaries": {"canaries": GOOD.canaries - promote.CANARY_TOLERANCE - HAIR},
    "retention": {"retention": GOOD.retention - promote.RETENTION_TOLERANCE - HAIR},
    "nll": {"nll": GOOD.nll + promote.NLL_TOLERANCE + HAIR},
    "diverged": {"nll": math.nan},
    "recall": {"recall": GOOD.recall - promote.RECALL_TOLERANCE - HAIR},
}


def test_a_candidate_as_good_as_the_incumbent_is_promoted():
    promotion = decide(GOOD, GOOD)

    assert promotion.granted
    assert promotion.reason
    assert promotion.not_taken == ()


def test_a_better_candidate_is_promoted():
    better = Scorecard(1.0, 1.0, -0.1, 1.0, 0, GOOD.lessons)

    assert decide(better, GOOD).granted


@pytest.mark.parametrize("worse", OBJECTIONS.values(), ids=OBJECTIONS)
def test_each_objection_alone_refuses(worse):
    promotion = decide(replace(GOOD, **worse), GOOD)

    assert not promotion.granted
    assert promotion.reason


@pytest.mark.parametrize(
    "within",
    [
        {"degenerate": GOOD.degenerate + promote.DEGENERATE_TOLERANCE},
        {"canaries": GOOD.canaries - promote.CANARY_TOLERANCE + HAIR},
        {"retention": GOOD.retention - promote.RETENTION_TOLERANCE + HAIR},
        {"nll": GOOD.nll + promote.NLL_TOLERANCE - HAIR},
        {"recall": GOOD.recall - promote.RECALL_TOLERANCE + HAIR},
    ],
    ids=lambda within: next(iter(within)),
)
def test_a_little_worse_is_tolerated(within):
    assert decide(replace(GOOD, **within), GOOD).granted


def test_one_that_learned_too_little_is_refused_even_where_nothing_was_known():
    little = replace(GOOD, recall=promote.LEAST_RECALL - HAIR)
    nothing = replace(GOOD, recall=0.0)

    assert not decide(little, nothing).granted
    assert decide(replace(little, recall=promote.LEAST_RECALL), nothing).granted


def test_every_objection_has_a_reason_of_its_own():
    reasons = {
        decide(replace(GOOD, **worse), GOOD).reason
        for name, worse in OBJECTIONS.items()
        if name != "diverged"
    }
    nothing = replace(GOOD, recall=0.0)

    reasons.add(decide(nothing, nothing).reason)

    assert len(reasons) == 6
    assert decide(GOOD, GOOD).reason not in reasons


@pytest.mark.parametrize("worse", [{}, {"retention": 0.0}])
def test_the_lessons_that_did_not_take_are_named_either_way(worse):
    marks = (LessonMark(1, passed=True), LessonMark(4, passed=False))

    promotion = decide(replace(GOOD, lessons=marks, **worse), GOOD)

    assert promotion.not_taken == (4,)
    assert promotion.granted == (not worse)
