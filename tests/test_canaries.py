"""Canaries: an adapter that changes what moderators guard is not promoted."""

import pytest

from bot.chat import Chat
from bot.messages import Refused
from bot.session import LocalSession
from learning import promote
from learning.canary import Canary, CanaryMark, Grade, changed
from learning.errors import NotFoundError
from learning.exam import Scorecard, examine
from learning.lexicon import Lexicon
from learning.prompt import ABSTENTION
from storage import canaries, journal
from tests.core_steps import MODERATOR, SERVER, TEACHER, open_home
from tests.fakes import FakeEmbedder, FakeEngine, FakeExam

PORT = ("Which port does the relay use?", "Port 9090.")


def session_of(home, tmp_path, actor=MODERATOR):
    return LocalSession(Chat(home.core, SERVER, actor, tmp_path), home.parts.clock)


async def test_a_run_that_changes_a_canary_is_refused_with_that_reason(tmp_path):
    async with open_home(tmp_path, examine=FakeExam(changes=(PORT[0],))) as home:
        await home.core.add_canary(SERVER, MODERATOR, *PORT)
        await home.approved()

        learned = await home.learn()

        assert not learned.promoted
        assert learned.reason == "it changes what moderators guard: canary 1"
        assert learned.adapter == home.parts.skills.name


async def test_a_run_that_keeps_the_canaries_is_promoted(tmp_path):
    async with open_home(tmp_path, examine=FakeExam()) as home:
        await home.core.add_canary(SERVER, MODERATOR, *PORT)
        await home.approved()

        learned = await home.learn()

        assert learned.promoted
        assert learned.after.guarded == (CanaryMark(1, Grade.RIGHT),)
        assert Scorecard.from_dict(learned.after.to_dict()) == learned.after


async def test_canaries_of_one_server_are_not_asked_on_another(tmp_path):
    async with open_home(tmp_path, examine=FakeExam(changes=(PORT[0],))) as home:
        await home.core.add_canary("elsewhere", MODERATOR, *PORT)
        await home.approved()

        assert (await home.learn()).promoted


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (Grade.RIGHT, Grade.RIGHT, ()),
        (Grade.RIGHT, Grade.SILENT, (1,)),
        (Grade.RIGHT, Grade.WRONG, (1,)),
        (Grade.SILENT, Grade.WRONG, (1,)),
        (Grade.SILENT, Grade.SILENT, ()),
        (Grade.SILENT, Grade.RIGHT, ()),
        (Grade.WRONG, Grade.WRONG, ()),
    ],
)
def test_an_answer_may_not_get_worse(before, after, found):
    assert changed((CanaryMark(1, before),), (CanaryMark(1, after),)) == found


def test_the_reason_names_every_canary_that_changed():
    def card(grade):
        marks = tuple(CanaryMark(number, grade) for number in (1, 2))
        return Scorecard(1.0, 1.0, 0.0, 1.0, 0, (), marks)

    decision = promote.decide(card(Grade.WRONG), card(Grade.RIGHT))

    assert decision.reason.endswith("canary 1 and 2")


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ("It is port 9090.", Grade.RIGHT),
        ("It is port 8080.", Grade.WRONG),
        (ABSTENTION, Grade.SILENT),
    ],
)
async def test_the_exam_grades_what_the_adapter_says(said, grade):
    engine = FakeEngine()
    engine.scripted = {PORT[0]: said}

    card = await examine(
        engine,
        server=SERVER,
        adapter=None,
        lessons=(),
        lexicon=Lexicon(FakeEmbedder()),
        on_progress=lambda done, total: None,
        guarded=[Canary(3, *PORT)],
    )

    assert card.guarded == (CanaryMark(3, grade),)


async def test_canaries_are_added_listed_and_removed_by_command(tmp_path):
    async with open_home(tmp_path) as home:
        said = session_of(home, tmp_path).execute

        added = await said(f"/canary add {PORT[0]} | {PORT[1]}")
        again = await said(f"/canary add {PORT[0]} | Port 9091.")
        listed = await said("/canary")
        removed = await said("/canary remove 1")
        gone = await said("/canary remove 1")
        empty = await said("/canary list")

        assert "Canary 1." in added.text
        assert listed.extra["canaries"] == [
            {"id": 1, "question": PORT[0], "answer": "Port 9091."}
        ]
        assert again.ok
        assert removed.ok
        assert not gone.ok
        assert empty.extra["canaries"] == []
        entries = await journal.entries(home.parts.database, SERVER)
        actions = [each.action for each in entries]
        assert actions == ["canary.removed", "canary.added", "canary.added"]
        assert PORT[1] not in str(entries)


async def test_only_moderators_guard_answers(tmp_path):
    async with open_home(tmp_path) as home:
        core = home.core

        results = [
            await core.add_canary(SERVER, TEACHER, *PORT),
            await core.canaries(SERVER, TEACHER),
            await core.remove_canary(SERVER, TEACHER, 1),
        ]

        assert all(isinstance(each, Refused) for each in results)


async def test_a_canary_with_a_secret_is_not_kept(tmp_path):
    async with open_home(tmp_path) as home:
        key = "Log in with AKIAIOSFODNN7EXAMPLE."
        result = await home.core.add_canary(SERVER, MODERATOR, "Which key?", key)

        assert isinstance(result, Refused)


async def test_a_purged_servers_canaries_go(tmp_path):
    async with open_home(tmp_path) as home:
        await home.core.add_canary(SERVER, MODERATOR, *PORT)

        await home.core.purge(SERVER)

        assert await canaries.all_of(home.parts.database, SERVER) == ()
        with pytest.raises(NotFoundError):
            await home.core.remove_canary(SERVER, MODERATOR, 1)
