"""Limits: for a person, a server and all servers; each says when to try again."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import limit_phrases
from bot.backpressure import Backpressure
from bot.limiter import Limiter
from bot.messages import Actor, Refused, Teaching
from learning.lesson import LessonKind
from moderation.limits import Limit, seconds_until_below
from moderation.roles import Role
from storage import runs
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.fakes import FakeClock, FakeTrainer

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def fact(number, person, server=SERVER):
    actor = Actor(person, person, Role.TEACHER)
    words = ("The gate is green.", "Lyra sings.", "Vega sleeps.", "Orion hums.")
    return Teaching(server, actor, LessonKind.FACT, text=words[number])


async def test_all_people_of_a_server_share_a_limit(tmp_path):
    clock = FakeClock()
    limiter = Limiter(clock, Limit(2, 3600), Limit(3, 3600))
    async with open_home(tmp_path, clock=clock, teachings=limiter) as home:
        teach = home.core.teach
        first = [await teach(fact(number, f"p{number}")) for number in range(3)]
        clock.advance(minutes=20)

        refused = await teach(fact(3, "p9"))
        elsewhere = await teach(fact(3, "p9", "elsewhere"))
        clock.advance(minutes=40)
        later = await teach(fact(3, "p9"))

        assert not any(isinstance(each, Refused) for each in (*first, elsewhere, later))
        assert refused.text == (
            "This server has taught as much as it may in an hour; try again in"
            " 40 minutes."
        )


async def test_a_refusal_for_everybody_costs_nobody_a_turn():
    clock = FakeClock()
    limiter = Limiter(clock, Limit(1, 3600), Limit(1, 60))
    limiter.take("home", "p1")

    refused = limiter.take("home", "p2")
    looked = limiter.has_turn("home", "p2")
    clock.advance(seconds=60)

    assert (refused.granted, refused.by_everybody, looked) == (False, True, False)
    assert limiter.has_turn("home", "p2")
    assert limiter.take("home", "p2").granted
    assert not limiter.take("home", "p2").by_everybody


class SlowTrainer(FakeTrainer):
    """Takes 50 minutes of the clock."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    async def train(self, run, *, on_progress):
        self.clock.advance(minutes=50)
        return await super().train(run, on_progress=on_progress)


async def test_a_servers_training_time_a_day_is_limited(tmp_path):
    clock = FakeClock()
    changes = {
        "clock": clock,
        "trainer": SlowTrainer(clock),
        "train_minutes_per_day": 90,
    }
    async with open_home(tmp_path, **changes) as home:
        await home.approved()
        assert (await home.learn()).promoted
        await home.approved("Which port has Lyra?", "Port 9090.")
        assert (await home.learn()).promoted
        await home.approved("Who sings at noon?", "The north choir.")

        refused = await home.learn()
        await home.core.nightly(SERVER, minimum_new_lessons=1)
        ended = await runs.latest(home.parts.database, SERVER, limit=9)
        await home.approved("Who sings?", "The choir.", server="elsewhere")
        elsewhere = await home.learn(server="elsewhere")
        clock.advance(hours=23)
        later = await home.learn()

        assert refused.text.startswith(
            "This server has used its 90 minutes of training a day; try again in"
            " 23 hours."
        )
        assert len(ended) == 2
        assert elsewhere.promoted
        assert later.promoted


async def test_too_many_waiting_questions_are_refused_until_one_is_answered(tmp_path):
    async with open_home(tmp_path, max_waiting_questions=1) as home:
        await home.approved()
        begun, going_on = asyncio.Event(), asyncio.Event()

        async def hold():
            begun.set()
            await going_on.wait()

        home.parts.engine.while_answering = hold
        first = asyncio.create_task(home.ask())
        await begun.wait()

        refused = await home.ask()
        going_on.set()
        answered = await first
        again = await home.ask()

        assert refused.text == (
            "I have many questions to answer just now; try again in 10 seconds."
        )
        assert answered.text == again.text == "Priya Raman does."


def test_the_wait_that_is_told_follows_how_long_answers_take():
    clock = FakeClock()
    crowd = Backpressure(clock, 1)
    for _ in range(50):
        with crowd.place():
            clock.advance(seconds=40)
            assert crowd.is_full

    assert not crowd.is_full
    assert crowd.retry_after_seconds == 40
    assert not Backpressure(clock, 0).is_full


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "1 second"),
        (120, "120 seconds"),
        (121, "3 minutes"),
        (7200, "120 minutes"),
        (7201, "3 hours"),
    ],
)
def test_a_wait_is_told_in_units_that_people_use(seconds, told):
    assert limit_phrases.wait(seconds) == told


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 200)), max_size=8),
    st.integers(1, 600),
)
def test_after_the_wait_that_is_told_the_quota_has_room(runs_, quota):
    spans, end = [], 0
    for gap, minutes in runs_:
        begun = end + gap % 300
        end = begun + minutes
        spans.append((NOW - DAY + timedelta(minutes=begun), minutes))
    spans = [(begun, begun + timedelta(minutes=length)) for begun, length in spans]
    now = max([NOW, *(ended for _, ended in spans)])
    allowed = timedelta(minutes=quota)

    wait = seconds_until_below(now, spans, quota=allowed, window=DAY)

    later = now + timedelta(seconds=wait)
    assert used(spans, later) < allowed
    assert wait == 0 or used(spans, now + timedelta(seconds=wait - 1)) >= allowed


def used(spans, at):
    inside = (min(ended, at) - max(begun, at - DAY) for begun, ended in spans)
    return sum((each for each in inside if each > timedelta()), timedelta())


def test_no_quota_at_all_is_waited_for_a_whole_window():
    assert seconds_until_below(NOW, [], quota=timedelta(), window=DAY) == 86_400


async def test_a_moderator_is_told_too(tmp_path):
    clock = FakeClock()
    limiter = Limiter(clock, Limit(1, 3600))
    async with open_home(tmp_path, clock=clock, teachings=limiter) as home:
        await home.teach(actor=MODERATOR)
        actor = Actor(MODERATOR.id, MODERATOR.name, Role.MODERATOR)
        refused = await home.core.teach(
            Teaching(SERVER, actor, LessonKind.FACT, text="Lyra sings.")
        )

        assert refused.text == "That was a lot at once; try again in 60 minutes."
