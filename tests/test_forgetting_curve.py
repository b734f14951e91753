"""Tests that the curve counts marks by age, and reads as one line."""

from datetime import UTC, datetime

from bot import phrases
from bot.messages import HistoryEntry
from learning.forgetting_curve import AgedMark, Remembered, forgetting_curve

TAUGHT = HistoryEntry(datetime(2027, 1, 31, 12, tzinfo=UTC), "u1", "lesson 1 taught")


def marks(runs_later, *, passed, failed=0):
    right = [AgedMark(runs_later, passed=True)] * passed
    return right + [AgedMark(runs_later, passed=False)] * failed


def test_the_marks_of_each_age_are_counted_apart_and_the_youngest_come_first():
    of = [*marks(2, passed=1, failed=1), *marks(0, passed=3), *marks(1, passed=2)]

    curve = forgetting_curve([*of, *marks(0, passed=0, failed=1)])

    assert curve == (Remembered(0, 3, 4), Remembered(1, 2, 2), Remembered(2, 1, 2))
    assert [each.share for each in curve] == [0.75, 1.0, 0.5]


def test_an_age_at_which_all_is_forgotten_is_none_right_and_an_unasked_one_is_absent():
    curve = forgetting_curve([*marks(0, passed=1), *marks(3, passed=0, failed=2)])

    assert curve == (Remembered(0, 1, 1), Remembered(3, 0, 2))


def test_without_marks_there_is_no_curve():
    assert forgetting_curve([]) == ()


def test_the_history_ends_with_the_curve_in_one_line():
    curve = (Remembered(0, 19, 20), Remembered(1, 11, 12), Remembered(2, 9, 10))

    told = phrases.history([TAUGHT], curve)

    assert told.splitlines() == [
        "2027-01-31 12:00 lesson 1 taught",
        (
            "Remembered: just learned 95% (19 of 20) · 1 run later 92% (11 of 12)"
            " · 2 runs later 90% (9 of 10)"
        ),
    ]


def test_the_history_shows_a_curve_of_what_was_just_learned_alone():
    told = phrases.history([TAUGHT], (Remembered(0, 1, 2),))

    assert told.endswith("\nRemembered: just learned 50% (1 of 2)")


def test_the_history_says_nothing_of_remembering_before_the_first_exam():
    assert phrases.history([TAUGHT]) == "2027-01-31 12:00 lesson 1 taught"
