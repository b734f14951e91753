"""What the screen holds needs two moderators, and nobody approves their own."""

import asyncio

import pytest

from bot.cards import review_card
from bot.messages import Actor, Decided, Decision, Refused, Ruling, Teaching
from learning.errors import ConflictError
from learning.lesson import LessonKind, LessonState
from moderation.roles import Role
from storage import journal, lessons
from tests.core_steps import MODERATOR, SERVER, open_home
from tests.fakes import FakeClock

ANA = Actor("m2", "Ana", Role.MODERATOR)
ADMIN = Actor("a1", "Ada", Role.ADMIN)
GREETING = ("Whom do we greet?", "We greet @everyone loudly.")
OTHER = ("Whom do we thank?", "We thank @everyone loudly.")


async def configure(home, name, value):
    from bot import server_options  # noqa: PLC0415

    settings = await home.core.settings(SERVER)
    changed = server_options.changed(settings, name, value)
    return await home.core.configure(changed, ADMIN)


async def decide(home, lesson, actor, ruling=Ruling.APPROVE, **fields):
    return await home.core.decide(Decision(SERVER, actor, lesson, ruling, **fields))


async def state_of(home, lesson):
    return (await lessons.get(home.parts.database, SERVER, lesson)).lesson.state


async def two_moderators(home):
    """Let both decide something, so that the server has two who do."""
    for number, actor in enumerate((MODERATOR, ANA)):
        lesson = await home.teach(f"Who owns rack {number}?", f"Team {number} does.")
        await decide(home, lesson, actor)


async def test_a_held_lesson_is_approved_by_the_second_of_two_moderators(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)

        first = await decide(home, held, MODERATOR)
        between = await state_of(home, held)
        asked = await home.ask(GREETING[0])
        second = await decide(home, held, ANA)

        assert first.lesson.state is between is LessonState.PENDING
        assert asked.abstained
        assert second.lesson.state is LessonState.APPROVED
        entries = await journal.entries(home.parts.database, SERVER, lesson=held)
        assert [(each.action, each.actor) for each in entries[:2]] == [
            ("lesson.approved", ANA.id),
            ("approval.given", MODERATOR.id),
        ]


async def test_the_card_names_who_approved_and_that_a_second_is_needed(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)
        before = review_card(home.parts.announcer.waiting[-1])

        await decide(home, held, MODERATOR)

        after = review_card(home.parts.announcer.waiting[-1])
        assert ("Approvals", "It is held: two moderators have to approve it.") in (
            before.facts
        )
        told = "1 of 2, by Mona: waits for a second moderator."
        assert ("Approvals", told) in after.facts
        assert after.buttons


async def test_one_moderator_never_counts_twice(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)

        results = [await decide(home, held, MODERATOR) for _ in range(3)]

        assert isinstance(results[0], Decided)
        assert all(isinstance(each, Refused) for each in results[1:])
        assert "second moderator" in results[1].text
        assert await state_of(home, held) is LessonState.PENDING


async def test_two_who_click_at_once_approve_it_once(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)

        results = await asyncio.gather(
            decide(home, held, MODERATOR),
            decide(home, held, ANA),
            decide(home, held, MODERATOR),
            return_exceptions=True,
        )

        assert await state_of(home, held) is LessonState.APPROVED
        states = [r.lesson.state for r in results if isinstance(r, Decided)]
        assert sorted(states) == [LessonState.APPROVED, LessonState.PENDING]
        entries = await journal.entries(home.parts.database, SERVER, lesson=held)
        actions = [each.action for each in entries]
        assert actions.count("approval.given") == 1
        assert actions.count("lesson.approved") == 1


async def test_a_first_approval_survives_a_restart(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)
        await decide(home, held, MODERATOR, Ruling.MEMORY_ONLY)

    async with open_home(tmp_path) as home:
        (waiting,) = await home.core.queue(SERVER, ANA)
        decided = await decide(home, held, ANA)

        assert waiting.about.approved_by == ("Mona",)
        assert decided.lesson.state is LessonState.APPROVED
        assert decided.lesson.memory_only


async def test_a_rejection_by_one_ends_it(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)
        await decide(home, held, MODERATOR)

        await decide(home, held, ANA, Ruling.REJECT, reason="No.")

        assert await state_of(home, held) is LessonState.REJECTED
        with pytest.raises(ConflictError):
            await decide(home, held, MODERATOR)
        rows = await home.parts.database.rows("SELECT * FROM approvals")
        assert rows == []


async def test_an_edit_takes_the_first_approval_back(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)
        await decide(home, held, MODERATOR)

        await home.core.edit(SERVER, ANA, held, answer="We greet @here loudly.")
        again = await decide(home, held, ANA)

        assert again.lesson.state is LessonState.PENDING
        assert await state_of(home, held) is LessonState.PENDING


async def test_words_edited_since_they_were_seen_get_no_first_approval(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        held = await home.teach(*GREETING)

        with pytest.raises(ConflictError, match="edited"):
            await decide(home, held, MODERATOR, seen="other words")

        assert (await home.core.queue(SERVER, ANA))[0].about.approved_by == ()


@pytest.mark.parametrize(
    ("setting", "deciders", "state"),
    [
        ("auto", 1, LessonState.APPROVED),
        ("on", 1, LessonState.PENDING),
        ("off", 2, LessonState.APPROVED),
        ("auto", 2, LessonState.PENDING),
    ],
)
async def test_two_are_needed_where_two_decide_or_where_it_is_set(
    tmp_path, setting, deciders, state
):
    async with open_home(tmp_path) as home:
        await configure(home, "two-person-review", setting)
        for number, actor in enumerate((MODERATOR, ANA)[:deciders]):
            plain = await home.teach(f"Who owns rack {number}?", "Team Blue does.")
            await decide(home, plain, actor)
        held = await home.teach(*GREETING)

        decided = await decide(home, held, MODERATOR)

        assert decided.lesson.state is state


async def test_a_moderator_who_decided_nothing_for_long_is_not_waited_for(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        await two_moderators(home)
        clock.advance(days=91)
        held = await home.teach(*GREETING)

        decided = await decide(home, held, MODERATOR)

        assert decided.lesson.state is LessonState.APPROVED


async def test_what_is_not_held_needs_one(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        plain = await home.teach()

        assert (await decide(home, plain, ANA)).lesson.state is LessonState.APPROVED


async def test_nobody_approves_their_own_where_another_moderator_is(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        own = await home.teach(actor=ANA)

        refused = await decide(home, own, ANA)
        in_bulk = await home.core.approve_all(SERVER, ANA)
        rejected = await decide(home, await home.teach(*OTHER, actor=ANA), ANA, REJECT)
        approved = await decide(home, own, MODERATOR)

        assert "your own" in refused.text
        assert "another moderator" in refused.text
        assert [each.lesson.id for each in in_bulk.held] == [own]
        assert rejected.lesson.state is LessonState.REJECTED
        assert approved.lesson.state is LessonState.APPROVED


REJECT = Ruling.REJECT


@pytest.mark.parametrize(
    ("setting", "others", "granted"),
    [
        ("auto", False, True),
        ("auto", True, False),
        ("allow", True, True),
        ("refuse", False, False),
    ],
)
async def test_own_lessons_follow_the_servers_setting(
    tmp_path, setting, others, granted
):
    async with open_home(tmp_path) as home:
        await configure(home, "own-lessons", setting)
        if others:
            await two_moderators(home)
        own = await home.teach(actor=ANA)

        decided = await decide(home, own, ANA)

        assert isinstance(decided, Decided) is granted


async def test_whose_words_they_are_counts_like_who_taught_them(tmp_path):
    async with open_home(tmp_path) as home:
        await two_moderators(home)
        teaching = Teaching(
            SERVER,
            Actor("t9", "Tess", Role.TEACHER),
            LessonKind.FACT,
            text="The gate is green.",
            message="77",
            channel="lab",
            words_of=ANA.id,
        )
        taught = await home.core.teach(teaching)
        lesson = taught.waiting.lesson.id
        await home.core.consent(SERVER, ANA.id, lesson, given=True)

        assert isinstance(await decide(home, lesson, ANA), Refused)
        assert isinstance(await decide(home, lesson, MODERATOR), Decided)
