"""Tests of how often one person may do something."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.limits import Limit, take

TWICE_A_MINUTE = Limit(count=2, window_seconds=60)


def test_turns_within_the_limit_are_granted():
    first = take(0, (), limit=TWICE_A_MINUTE)
    second = take(1, first.history, limit=TWICE_A_MINUTE)

    assert first.granted
    assert second.granted


def test_one_too_many_is_refused_and_says_when_to_try_again():
    turn = take(10.5, (0, 10), limit=TWICE_A_MINUTE)

    assert not turn.granted
    assert turn.retry_after_seconds == 50
    assert turn.reason.endswith("try again in 50 s.")


def test_the_wait_that_was_told_is_long_enough():
    refused = take(10.5, (0, 10), limit=TWICE_A_MINUTE)

    later = take(
        10.5 + refused.retry_after_seconds, refused.history, limit=TWICE_A_MINUTE
    )

    assert later.granted


def test_a_turn_that_is_granted_gives_no_reason():
    assert take(0, (), limit=TWICE_A_MINUTE).reason == ""


def test_a_refused_try_does_not_lengthen_the_wait():
    turn = take(10, (0, 1), limit=TWICE_A_MINUTE)

    assert turn.history == (0, 1)


def test_a_limit_of_zero_is_none():
    assert take(0, (0,) * 100, limit=Limit(count=0, window_seconds=60)).granted


@given(st.lists(st.floats(0, 1000), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_turns_than_the_limit(moments, count):
    limit = Limit(count=count, window_seconds=60)
    history, granted = (), []

    for now in sorted(moments):
        turn = take(now, history, limit=limit)
        history = turn.history
        granted += [now] if turn.granted else []

    for start in granted:
        assert sum(start <= now < start + 59.999 for now in granted) <= count
