"""Shares and their intervals: whole documents are resampled, and methods paired."""

import random

import pytest

from bot.bench.learning.statistics import Count, difference, mean, quotient


def test_the_mean_is_over_all_questions():
    found = mean([Count(1, 1), Count(0, 3)])

    assert found.value == 0.25


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    draw = random.Random(1)  # noqa: S311
    held = 0
    for _ in range(100):
        shares = [draw.betavariate(2, 2) for _ in range(30)]
        counts = [Count(sum(draw.random() < s for _ in range(5)), 5) for s in shares]
        found = mean(counts)
        held += found.low <= 0.5 <= found.high

    assert 87 <= held <= 100


def test_questions_of_one_document_count_as_one_when_they_stand_and_fall_together():
    together = mean([Count(10 * (i % 2), 10) for i in range(10)])
    apart = mean([Count(i % 2, 1) for i in range(100)])

    assert together.value == apart.value == 0.5
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_one_document_alone_has_no_interval():
    found = mean([Count(3, 4)])

    assert (found.value, found.low, found.high) == (0.75, None, None)


def test_the_same_counts_give_the_same_interval():
    counts = [Count(i % 4, 4) for i in range(12)]

    assert mean(counts) == mean(list(counts))


def test_a_difference_is_paired_by_document():
    hard_and_easy = {f"{i}": Count(8 * (i % 2), 10) for i in range(20)}
    better = {key: Count(c.right + 1, 10) for key, c in hard_and_easy.items()}

    found = difference(better, hard_and_easy)

    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))


def test_only_documents_that_both_have_are_compared():
    found = difference({"a": Count(1, 1), "b": Count(0, 9)}, {"a": Count(0, 1)})

    assert found.value == 1.0
    assert difference({"a": Count(1, 1)}, {"b": Count(1, 1)}) is None


def test_a_quotient_is_paired_by_document_too():
    before = {f"{i}": Count(4 + 4 * (i % 2), 10) for i in range(20)}
    half = {key: Count(count.right // 2, 10) for key, count in before.items()}

    found = quotient(half, before)

    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_there_is_no_quotient_by_nothing():
    assert quotient({"a": Count(1, 1)}, {"a": Count(0, 1)}) is None
    assert quotient({"a": Count(1, 1)}, {}) is None


def test_resamples_without_a_right_answer_do_not_spoil_a_quotient():
    found = quotient(
        {"a": Count(1, 2), "b": Count(0, 2)}, {"a": Count(2, 2), "b": Count(0, 2)}
    )

    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
