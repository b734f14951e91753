"""Poisoning: shares, bursts and much-cited answers, on cards and in bulk approval."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import server_options
from bot.cards import review_card
from bot.messages import Actor, Decision, Ruling
from learning.lesson import LessonState
from moderation.review import Obstacle
from moderation.roles import Role, RoleMap, role_of
from moderation.shares import Share, Shares, burst, count, is_new, source_name
from moderation.verdict import Severity
from storage import lessons, teachers
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.fakes import FakeClock

HALVES = "bar cel dov fen gim hul jor kes lum nak".split()
ADMIN = Actor("a1", "Ada", Role.ADMIN)
NEWCOMER = Actor("n1", "Nils", Role.TEACHER)
TRUSTED = Actor("v1", "Vera", Role.TRUSTED)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def teacher(number):
    return Actor(f"p{number}", f"P{number}", Role.TEACHER)


async def teach(home, number, actor, **fields):
    """Teach the lesson of this number, unlike all others; return its id."""
    first, second = HALVES[number // 10], HALVES[number % 10]
    question, answer = f"Who looks after {first}{second}?", f"The {second}{first} crew."
    return await home.teach(question, answer, actor=actor, **fields)


async def grown_up(home, clock, *, lessons_known=20, authors=5):
    """Let a server know lessons of several people, some days ago."""
    for number in range(lessons_known):
        lesson = await teach(home, number, teacher(number % authors))
        decision = Decision(SERVER, MODERATOR, lesson, Ruling.APPROVE)
        await home.core.decide(decision)
    clock.advance(days=4)


async def configure(home, name, value):
    settings = await home.core.settings(SERVER)
    await home.core.configure(server_options.changed(settings, name, value), ADMIN)


async def obstacles(home):
    result = await home.core.approve_all(SERVER, MODERATOR)
    return len(result.approved), [each.about.obstacle for each in result.held]


async def test_bulk_approval_stops_where_one_author_would_hold_half(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await grown_up(home, clock)  # 4 of 20 lessons are P0's
        for number in range(20, 40):
            clock.advance(minutes=30)
            await teach(home, number, teacher(0))

        approved, left = await obstacles(home)

        assert approved == 12  # 16 of 32
        assert left == [Obstacle.SHARE] * 8


async def test_naming_the_lessons_does_not_get_round_the_share(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await grown_up(home, clock)
        named = []
        for number in range(20, 40):
            clock.advance(minutes=30)
            named.append(await teach(home, number, teacher(0)))

        left = await home.core.left_out(SERVER, MODERATOR, named)

        assert [each.lesson.id for each in left] == named[12:]


async def test_the_share_is_a_servers_setting(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await grown_up(home, clock)
        await configure(home, "largest-share", "100%")
        for number in range(20, 40):
            clock.advance(minutes=30)
            await teach(home, number, teacher(0))

        assert await obstacles(home) == (20, [])


async def test_pages_of_one_site_are_one_source(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await grown_up(home, clock)
        for number in range(20, 45):
            page = f"https://wiki.example/{number}"
            await teach(home, number, teacher(number % 5), source=page)

        approved, left = await obstacles(home)

        assert approved == 20  # 20 of 40
        assert left == [Obstacle.SHARE] * 5


async def test_the_card_says_how_much_its_author_and_source_gave(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await grown_up(home, clock)
        await teach(home, 20, teacher(0))
        card = review_card(home.parts.announcer.waiting[-1])

        assert ("Taught by", "P0 (taught 4 of 20 lessons here)") in card.facts


async def test_a_new_persons_lessons_take_one_click_more_than_a_trusted_ones(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await grown_up(home, clock)
        new = await teach(home, 20, NEWCOMER)
        known = await teach(home, 21, TRUSTED)
        await home.teach("Whom do we greet?", "We greet @everyone.", actor=TRUSTED)

        first = await home.core.approve_all(SERVER, MODERATOR)
        named = await home.core.left_out(SERVER, MODERATOR, [new])

        assert [each.id for each in first.approved] == [known]
        assert [each.about.obstacle for each in first.held] == [
            Obstacle.NEW_HERE,
            Obstacle.FLAGGED,
        ]
        assert named == ()


async def test_nothing_of_a_trusted_teacher_is_known_without_a_click(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await teach(home, 0, TRUSTED)
        record = await lessons.get(home.parts.database, SERVER, lesson)

        assert record.lesson.state is LessonState.PENDING


async def test_who_is_no_longer_trusted_is_not_from_their_next_lesson_on(tmp_path):
    async with open_home(tmp_path) as home:
        await teach(home, 0, TRUSTED)
        before = await teachers.trusted(home.parts.database, SERVER)
        await teach(home, 1, Actor(TRUSTED.id, TRUSTED.name, Role.TEACHER))
        after = await teachers.trusted(home.parts.database, SERVER)

        assert (before, after) == ({TRUSTED.id}, set())


def test_trusted_teachers_are_people_or_roles_and_may_always_teach():
    roles = RoleMap(trusted=frozenset({"34"}), everyone_teaches=False)

    assert role_of({"9", "34"}, roles, is_admin=False) is Role.TRUSTED
    assert role_of({"9"}, roles, is_admin=False) is Role.MEMBER


async def test_a_new_persons_burst_is_held_with_a_reason(tmp_path):
    async with open_home(tmp_path) as home:
        for number in range(12):
            await teach(home, number, NEWCOMER)

        queue = await home.core.queue(SERVER, MODERATOR)

        held = [each.lesson.id for each in queue if each.verdict.held]
        assert held == [11, 12]
        assert "11 lessons within an hour" in queue[0].verdict.reasons[0]


async def test_an_edit_does_not_undo_that_it_came_in_a_burst(tmp_path):
    async with open_home(tmp_path) as home:
        for number in range(11):
            last = await teach(home, number, NEWCOMER)

        await home.core.edit(SERVER, MODERATOR, last, answer="The blue crew.")

        assert (await home.core.queue(SERVER, MODERATOR))[0].verdict.held


async def test_a_trusted_teachers_burst_is_none(tmp_path):
    async with open_home(tmp_path) as home:
        for number in range(12):
            await teach(home, number, TRUSTED)

        queue = await home.core.queue(SERVER, MODERATOR)
        assert not any(each.verdict.held for each in queue)


async def test_a_change_of_what_many_were_answered_is_marked(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        port = await home.approved("Which port does Orion use?", "Port 8080.")
        await home.ask("Which port does Orion use?")
        clock.advance(days=31)
        for _ in range(6):
            await home.ask("Which port does Orion use?")

        await home.teach("Which port does Orion use?", "Port 9090.")

        card = review_card(home.parts.announcer.waiting[-1])
        told = f"6 answers cited lesson {port} in the last 30 days."
        assert ("Changes", told) in card.facts
        (waiting,) = await home.core.queue(SERVER, MODERATOR)
        assert waiting.about.answers == 6


async def test_a_change_of_what_few_were_answered_is_not_marked(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved("Which port does Orion use?", "Port 8080.")
        await home.ask("Which port does Orion use?")
        await home.teach("Which port does Orion use?", "Port 9090.")

        (waiting,) = await home.core.queue(SERVER, MODERATOR)
        assert waiting.about.cites is None


async def test_a_first_handbook_is_approved_at_once_on_a_young_server(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        for number in range(30):
            clock.advance(minutes=30)
            await teach(home, number, teacher(0), source="handbook.md")

        assert await obstacles(home) == (30, [])


def test_lessons_are_counted_by_author_and_host():
    shares = count([("a", ""), ("a", "https://x.example/1"), ("b", "guide.pdf")])
    more = shares.with_lessons("b", "https://x.example/2", 2)

    assert more.of_author("b") == Share(3, 5)
    assert more.of_source("https://x.example/9") == Share(3, 5)
    assert more.of_source("") is None
    assert Shares().of_author("a").percent == 0
    assert source_name("https://[broken") == "https://[broken"


@pytest.mark.parametrize(
    ("ago", "known", "new"),
    [
        (None, 20, True),
        (timedelta(hours=71), 20, True),
        (timedelta(hours=72), 20, False),
        (None, 19, False),
    ],
)
def test_somebody_is_new_for_three_days_on_a_server_that_is_not(ago, known, new):
    first = None if ago is None else NOW - ago

    assert is_new(first, now=NOW, known=known) is new


def test_a_burst_is_one_of_somebody_new():
    first = NOW - timedelta(hours=1)

    assert burst(first, now=NOW, taught=9) is None
    assert burst(first, now=NOW, taught=10).severity is Severity.HOLD
    assert burst(NOW - timedelta(days=4), now=NOW, taught=50) is None
    assert burst(None, now=NOW, taught=10) is None
