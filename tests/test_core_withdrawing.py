"""What is taken back is gone: from memory at once, from weights, from the disk."""

import pytest

from bot.messages import Refused
from learning.errors import AdapterError, NotFoundError
from learning.lesson import LessonState
from learning.run import RunKind
from storage import adapters, answers, forgetting, lessons
from storage.adapters import AdapterState
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, TEACHER, open_home
from tests.fakes import FakeClock, base_model

LYRA = "Which port does the Lyra gateway use?"


async def learned_two(home):
    """Learn two lessons, one run each."""
    first = await home.approved()
    await home.learn()
    second = await home.approved(LYRA, "Port 9090.")
    await home.learn()
    return first, second


def folders(home):
    return {path.name for path in home.parts.directory.adapters.glob("*/*")}


async def test_a_forgotten_lesson_is_known_by_nothing_in_use(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.approved(LYRA, "Port 9090.")
        await home.learn()

        forgotten = await home.forget(lesson)

        assert forgotten.withdrawn == ("home/1",)
        assert (await home.ask()).abstained
        assert (await home.ask(memory=False)).abstained
        with pytest.raises(AdapterError, match="since forgotten"):
            await home.ask(memory=False, adapter="1")


async def test_its_words_leave_the_rows_and_the_answers(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.ask()

        await home.forget(lesson)

        record = await lessons.get(home.parts.database, SERVER, lesson)
        assert record.lesson.state is LessonState.FORGOTTEN
        assert record.lesson.answer == ""
        last = await answers.last(home.parts.database, SERVER, MEMBER.id)
        assert last.answer == ""
        assert await home.core.export(SERVER, MODERATOR) == []


async def test_the_next_run_is_fresh_and_its_rows_are_those_of_the_never_taught(
    tmp_path,
):
    async with open_home(tmp_path / "a") as home:
        await learned_two(home)

        forgotten = await home.forget(1)
        learned = await home.learn()

        assert forgotten.fresh_run_due
        assert (learned.kind, learned.promoted) == (RunKind.FRESH, True)
        rows = home.parts.trainer.rows[-1]
    async with open_home(tmp_path / "b") as home:
        await home.teach()  # never approved, so that the ids are the same
        await home.approved(LYRA, "Port 9090.")
        await home.learn()

        assert home.parts.trainer.rows[-1] == rows


async def test_a_warm_child_of_a_tainted_adapter_is_tainted_too(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)

        forgotten = await home.forget(1)

        assert forgotten.withdrawn == ("home/1", "home/2")
        assert home.parts.engine.retired == {"home/1", "home/2"}


async def test_tainted_files_go_once_a_clean_adapter_is_promoted(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)
        await home.forget(1)
        before = folders(home)

        await home.learn()

        assert before == {"1", "2"}
        assert folders(home) == {"3"}
        runs = {path.name for path in home.parts.directory.runs.iterdir()}
        assert runs == {home.parts.trainer.trained[-1].id}
        states = await adapters.all_of(home.parts.database, SERVER)
        assert [each.state for each in states[:2]] == [AdapterState.DELETED] * 2


async def test_with_nothing_left_to_learn_tainted_files_go_at_once(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.learn()

        forgotten = await home.forget(lesson)

        assert not forgotten.fresh_run_due
        assert folders(home) == set()


async def test_an_adapter_without_the_lesson_stays_in_service(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        lesson = await home.approved(LYRA, "Port 9090.")

        forgotten = await home.forget(lesson)

        assert forgotten.withdrawn == ()
        assert (await home.ask(memory=False)).adapter == "home/1"


async def test_authors_may_forget_their_own_lessons_and_no_others(tmp_path):
    async with open_home(tmp_path) as home:
        own = await home.approved()
        other = await home.approved(LYRA, "Port 9090.", actor=MODERATOR)

        assert isinstance(await home.forget(other, actor=TEACHER), Refused)
        assert isinstance(await home.forget(own, actor=MEMBER), Refused)
        assert (await home.forget(own, actor=TEACHER)).lesson.id == own


async def test_a_lesson_can_be_forgotten_once(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.forget(lesson)

        with pytest.raises(NotFoundError):
            await home.forget(lesson)


async def test_a_waiting_lesson_can_be_forgotten(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.teach()

        await home.forget(lesson)

        assert await home.core.queue(SERVER, MODERATOR) == ()


async def test_an_expired_lesson_is_known_by_nothing_in_use(tmp_path):
    clock = FakeClock()
    async with open_home(tmp_path, clock=clock) as home:
        soon = clock.now().replace(day=2)
        await home.approved(expires_at=soon)
        await home.learn()

        early = await home.core.retire_expired()
        clock.advance(days=1)
        retired = await home.core.retire_expired()

        assert (early, retired) == (0, 1)
        assert (await home.ask()).abstained
        assert (await home.ask(memory=False)).abstained


async def test_a_rollback_points_back_and_forth(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)

        back = await home.core.rollback(SERVER, MODERATOR)
        forth = await home.core.rollback(SERVER, MODERATOR, 2)

        assert (back.before, back.after) == ("home/2", "home/1")
        assert (forth.before, forth.after) == ("home/1", "home/2")
        assert (await home.ask(memory=False)).adapter == "home/2"


async def test_after_a_rollback_what_the_weights_lost_is_to_be_learned(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)

        await home.core.rollback(SERVER, MODERATOR)

        assert (await home.core.status(SERVER)).to_learn == 1
        assert (await home.ask(LYRA)).text == "Port 9090."


async def test_from_the_first_adapter_a_rollback_goes_to_the_skills(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()

        back = await home.core.rollback(SERVER, MODERATOR)
        further = await home.core.rollback(SERVER, MODERATOR)

        assert back.after == "skills/1"
        assert isinstance(further, Refused)


async def test_a_rollback_to_a_tainted_adapter_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)
        await home.forget(2)

        refused = await home.core.rollback(SERVER, MODERATOR, 2)
        clean = await home.core.rollback(SERVER, MODERATOR, 1)

        assert "since forgotten" in refused.text
        assert clean.after == "home/1"


async def test_a_rollback_to_what_answers_already_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()

        assert "already" in (await home.core.rollback(SERVER, MODERATOR, 1)).text


async def test_a_rollback_to_a_deleted_adapter_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)
        await home.forget(1)
        await home.learn()

        assert "no adapter" in (await home.core.rollback(SERVER, MODERATOR, 1)).text


async def test_a_rollback_to_another_base_is_refused(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        await home.core.rollback(SERVER, MODERATOR)
    other = base_model(tmp_path / "base", digest="another")
    async with open_home(tmp_path, base=other) as home:
        assert "another base" in (await home.core.rollback(SERVER, MODERATOR, 1)).text


async def test_a_rollback_to_damaged_files_moves_nothing(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)
        place = home.parts.directory.adapter(SERVER, 1)
        (place / "adapter_model.safetensors").write_text("{}")

        with pytest.raises(AdapterError):
            await home.core.rollback(SERVER, MODERATOR)

        assert (await home.core.status(SERVER)).adapter == "home/2"


async def test_a_member_may_not_roll_back(tmp_path):
    async with open_home(tmp_path) as home:
        assert isinstance(await home.core.rollback(SERVER, MEMBER), Refused)


async def test_memory_and_pointer_survive_a_restart(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
    async with open_home(tmp_path) as home:
        assert (await home.ask(ORION)).adapter == "home/1"
        assert (await home.ask(ORION)).lessons[0].in_memory


async def test_what_the_database_does_not_name_is_swept_at_the_start(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
        place = home.parts.directory.adapter(SERVER, 1).parent
        (place / "9.tmp").mkdir()
        (home.parts.directory.runs / "orphan").mkdir()
    async with open_home(tmp_path) as home:
        assert folders(home) == {"1"}
        assert (await home.ask(memory=False)).text == "Priya Raman does."
        runs = [path.name for path in home.parts.directory.runs.iterdir()]
        assert "orphan" not in runs


async def test_tainted_files_that_a_crash_left_behind_go_at_the_start(tmp_path):
    async with open_home(tmp_path) as home:
        await learned_two(home)
        await forgetting.forget(
            home.parts.database, SERVER, 2, by=MODERATOR.id, at=home.parts.clock.now()
        )
        await home.core.rollback(SERVER, MODERATOR, 1)
        before = folders(home)
    async with open_home(tmp_path) as home:
        assert before == {"1", "2"}
        assert folders(home) == {"1"}


async def test_the_history_tells_what_happened_newest_first(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.core.notices(SERVER, TEACHER.id)

        texts = [entry.text for entry in await home.core.history(SERVER)]

        assert texts == ["lesson 1 approved by m1", "lesson 1 taught by t1"]
