"""A run from claim to promotion, and everything that can stop it."""

import asyncio
import errno
import json

import pytest

from bot.messages import Refused
from learning.errors import (
    AdapterError,
    DiskFullError,
    EngineError,
    RunBusyError,
    RunError,
    RunKilledError,
)
from learning.forgetting_curve import Remembered
from learning.run import MANIFEST, RunKind, RunStatus
from moderation.provenance import Scope
from storage import adapters, runs
from storage.adapters import AdapterState
from storage.runs import RunState
from tests.core_steps import MEMBER, MODERATOR, ORION, SERVER, open_home
from tests.fakes import FakeExam, FakeTrainer, base_model

LYRA = "Which port does the Lyra gateway use?"


async def last_run(home):
    return (await runs.latest(home.parts.database, SERVER, limit=1))[0]


def nothing_on_disk(home):
    directory = home.parts.directory
    return not any(directory.runs.iterdir()) and not any(directory.adapters.glob("*/*"))


async def assert_nothing_changed(home, state):
    """Nothing serves, nothing lies around, the lesson is still to be learned."""
    assert (await last_run(home)).state is state
    assert nothing_on_disk(home)
    status = await home.core.status(SERVER)
    assert (status.adapter, status.to_learn, status.running) == ("skills/1", 1, None)
    assert (await home.ask()).text == "Priya Raman does."


async def test_an_adapter_that_passes_its_exam_is_promoted(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()

        learned = await home.learn()

        assert learned.promoted
        assert learned.adapter == "home/1"
        assert learned.lessons == (lesson,)
        assert (learned.before.recall, learned.after.recall) == (0.0, 1.0)
        run = await last_run(home)
        assert run.state is RunState.PROMOTED
        assert json.loads(run.scorecard_after)["recall"] == 1.0
        assert (await home.core.status(SERVER)).to_learn == 0


async def test_a_member_may_not_start_a_run(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()

        assert isinstance(await home.core.learn(SERVER, MEMBER), Refused)


async def test_with_nothing_new_there_is_no_run(tmp_path):
    async with open_home(tmp_path) as home:
        await home.teach()

        waiting = await home.learn()
        await home.approve(1)
        await home.learn()
        again = await home.learn()

        assert "1 lesson waiting for review" in waiting.text
        assert "Nothing new to learn" in again.text
        assert len(home.parts.trainer.trained) == 1


async def test_a_lesson_of_one_channel_is_never_in_the_rows(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(scope=Scope("c1"))

        refused = await home.learn()
        await home.approved(LYRA, "Port 9090.")
        await home.learn()

        assert "from memory only" in refused.text
        assert "Priya" not in home.parts.trainer.rows[0]


async def test_the_first_run_starts_from_the_skills_and_the_next_from_it(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        first = await home.learn()
        await home.approved(LYRA, "Port 9090.")
        second = await home.learn()

        specs = home.parts.trainer.trained
        assert (first.kind, second.kind) == (RunKind.FRESH, RunKind.WARM)
        assert specs[0].parent == str(home.parts.skills.directory)
        assert specs[1].parent == str(home.parts.directory.adapter(SERVER, 1))
        assert specs[1].lessons == (1, 2)
        assert second.lessons == (2,)


async def test_every_fifth_adapter_of_a_line_is_followed_by_a_fresh_one(tmp_path):
    async with open_home(tmp_path) as home:
        kinds = []
        for name in ("Ada", "Bea", "Cid", "Dov", "Eva", "Fay"):
            await home.approved(f"Where does {name} sit?", f"In room {len(name)}.")
            kinds.append((await home.learn()).kind)

        assert kinds == [RunKind.FRESH, *[RunKind.WARM] * 4, RunKind.FRESH]


async def test_the_history_says_how_many_lessons_are_remembered_at_each_age(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        before = await home.core.remembered(SERVER)
        await home.learn()
        young = await home.core.remembered(SERVER)
        await home.approved(LYRA, "Port 9090.")
        home.parts.trainer.forgets = {1}
        await home.learn()

        assert before == ()
        assert young == (Remembered(0, 1, 1),)
        assert await home.core.remembered(SERVER) == (
            Remembered(0, 2, 2),
            Remembered(1, 0, 1),
        )


async def test_a_forgotten_lesson_is_not_counted_among_the_remembered(tmp_path):
    async with open_home(tmp_path) as home:
        first = await home.approved()
        await home.approved(LYRA, "Port 9090.")
        await home.learn()

        await home.forget(first)

        assert await home.core.remembered(SERVER) == (Remembered(0, 1, 1),)


async def test_a_refused_run_says_nothing_about_remembering(tmp_path):
    async with open_home(tmp_path, examine=FakeExam(retention=0.1)) as home:
        await home.approved()
        await home.learn()

        assert await home.core.remembered(SERVER) == ()


async def test_a_fresh_run_can_be_asked_for_with_nothing_new(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()

        learned = await home.learn(start=RunKind.FRESH)

        assert (learned.promoted, learned.adapter) == (True, "home/2")


async def test_after_a_lesson_was_superseded_the_next_run_is_fresh(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved(LYRA, "Port 8080.")
        await home.learn()
        await home.approved(LYRA, "Port 9090.")

        learned = await home.learn()

        assert learned.kind is RunKind.FRESH
        assert "8080" not in home.parts.trainer.rows[-1]


async def test_an_adapter_of_another_base_is_never_a_parent(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await home.learn()
    other = base_model(tmp_path / "base", digest="another")
    async with open_home(tmp_path, base=other) as home:
        learned = await home.learn()

        assert (learned.kind, learned.promoted) == (RunKind.FRESH, True)
        assert learned.lessons == (1,)


async def test_a_refused_adapter_changes_nothing(tmp_path):
    async with open_home(tmp_path, examine=FakeExam(retention=0.1)) as home:
        await home.approved()

        learned = await home.learn()

        assert not learned.promoted
        assert learned.reason
        assert learned.adapter == "skills/1"
        await assert_nothing_changed(home, RunState.REFUSED)


async def test_what_did_not_take_is_left_out_once_and_stays_in_memory(tmp_path):
    async with open_home(tmp_path) as home:
        stubborn = await home.approved()
        other = await home.approved(LYRA, "Port 9090.")
        tough = await home.approved("Where does Vega sleep?", "In the attic.")
        home.parts.trainer.forgets = {stubborn, tough}

        learned = await home.learn()

        assert learned.promoted
        assert learned.lessons == (other,)
        assert learned.not_taken == (stubborn, tough)
        assert len(home.parts.trainer.trained) == 2
        assert (await home.ask()).text == "Priya Raman does."


async def test_a_run_where_nothing_took_is_not_repeated(tmp_path):
    async with open_home(tmp_path) as home:
        stubborn = await home.approved()
        home.parts.trainer.forgets = {stubborn}

        learned = await home.learn()

        assert not learned.promoted
        assert len(home.parts.trainer.trained) == 1


@pytest.mark.parametrize(
    "failure",
    [
        RunKilledError("The trainer was killed."),
        RunError("The trainer failed."),
        DiskFullError("The disk is full."),
        OSError(errno.EIO, "Input/output error"),
        ValueError("a bug"),
    ],
)
async def test_a_trainer_that_fails_changes_nothing(tmp_path, failure):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.trainer.fails_with = failure
        expected = RunError if isinstance(failure, OSError) else type(failure)

        with pytest.raises(expected):
            await home.learn()

        await assert_nothing_changed(home, RunState.FAILED)


async def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    def no_room(directory, spec, *, lessons, old):
        raise OSError(errno.ENOSPC, "No space left on device")

    async with open_home(tmp_path, prepare=no_room) as home:
        await home.approved()

        with pytest.raises(DiskFullError, match="Free some space"):
            await home.learn()

        await assert_nothing_changed(home, RunState.FAILED)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (RunStatus.OUT_OF_MEMORY, RunError),
        (RunStatus.CANCELLED, RunError),
        (RunStatus.DISK_FULL, DiskFullError),
    ],
)
async def test_a_trainer_that_gives_up_changes_nothing(tmp_path, status, error):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.trainer.status = status

        with pytest.raises(error):
            await home.learn()

        await assert_nothing_changed(home, RunState.FAILED)


async def test_an_adapter_that_does_not_match_its_hashes_is_not_used(tmp_path):
    class Careless(FakeTrainer):
        async def train(self, run, *, on_progress):
            result = await super().train(run, on_progress=on_progress)
            (run / "adapter" / "adapter_model.safetensors").write_text("{}")
            return result

    async with open_home(tmp_path, trainer=Careless()) as home:
        await home.approved()

        with pytest.raises(AdapterError, match="does not match"):
            await home.learn()

        await assert_nothing_changed(home, RunState.FAILED)


async def test_a_run_directory_without_its_manifest_does_not_count(tmp_path):
    class Interrupted(FakeTrainer):
        async def train(self, run, *, on_progress):
            result = await super().train(run, on_progress=on_progress)
            (run / MANIFEST).unlink()
            return result

    async with open_home(tmp_path, trainer=Interrupted()) as home:
        await home.approved()

        with pytest.raises(AdapterError, match="never finished"):
            await home.learn()

        await assert_nothing_changed(home, RunState.FAILED)


async def test_an_exam_that_fails_changes_nothing(tmp_path):
    exam = FakeExam(fails_with=EngineError("The engine stopped."))
    async with open_home(tmp_path, examine=exam) as home:
        await home.approved()

        with pytest.raises(EngineError):
            await home.learn()

        await assert_nothing_changed(home, RunState.FAILED)


async def test_a_cancelled_run_changes_nothing(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.trainer.hold = asyncio.Event()
        task = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        await assert_nothing_changed(home, RunState.CANCELLED)


async def test_closing_cancels_the_run_and_cleans_up(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.trainer.hold = asyncio.Event()
        task = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()

        async with asyncio.timeout(5):
            await home.core.close()

        assert task.cancelled()
        await assert_nothing_changed(home, RunState.CANCELLED)


async def test_a_server_has_one_run_at_a_time_and_answers_meanwhile(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.trainer.hold = asyncio.Event()
        first = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()

        with pytest.raises(RunBusyError):
            await home.learn()
        reply = await home.ask()
        status = await home.core.status(SERVER)
        home.parts.trainer.hold.set()

        assert reply.text == "Priya Raman does."
        assert status.running == home.parts.trainer.trained[0].id
        assert (await first).promoted


async def test_runs_of_two_servers_wait_for_each_other_at_the_limit(tmp_path):
    slots = WatchedSemaphore()
    async with open_home(tmp_path, runs_at_once=slots) as home:
        await home.approved()
        await home.approved(server="elsewhere")
        trainer = home.parts.trainer
        trainer.hold = asyncio.Event()
        first = asyncio.create_task(home.learn())
        await trainer.started.wait()
        second = asyncio.create_task(home.learn("elsewhere"))
        async with asyncio.timeout(5):
            await slots.waited_for.wait()
        before = len(trainer.trained)
        trainer.hold.set()
        ended = await asyncio.gather(first, second)

        assert before == 1
        assert [each.promoted for each in ended] == [True, True]
        assert [each.adapter for each in ended] == ["home/1", "elsewhere/1"]


class WatchedSemaphore(asyncio.Semaphore):
    """One slot that says when somebody has to wait for it."""

    def __init__(self):
        super().__init__(1)
        self.waited_for = asyncio.Event()

    async def acquire(self):
        if self.locked():
            self.waited_for.set()
        return await super().acquire()


async def test_progress_passes_through_every_stage(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        seen = []

        await home.learn(on_progress=seen.append)

        assert list(dict.fromkeys(each.stage for each in seen)) == [
            "queued",
            "writing questions",
            "preparing",
            "training",
            "exam",
        ]
        assert (seen[-1].done, seen[-1].total) == (2, 2)


async def test_a_lesson_forgotten_while_it_trains_is_never_promoted(tmp_path):
    async with open_home(tmp_path) as home:
        lesson = await home.approved()
        await home.approved(LYRA, "Port 9090.")
        home.parts.trainer.hold = asyncio.Event()
        task = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()

        await home.forget(lesson)
        home.parts.trainer.hold.set()

        with pytest.raises(RunError, match="starts again"):
            await task
        assert home.parts.examine.examined == []
        assert nothing_on_disk(home)
        again = await home.learn()
        assert again.promoted
        assert "Priya" not in home.parts.trainer.rows[-1]


async def test_a_lesson_forgotten_during_the_exam_is_never_promoted(tmp_path):
    exam = FakeExam()
    async with open_home(tmp_path, examine=exam) as home:
        lesson = await home.approved()

        async def forget():
            await home.forget(lesson)
            # Its files stay until the exam that reads them has ended.
            assert home.parts.directory.adapter(SERVER, 1).exists()

        exam.before_marking = forget

        with pytest.raises(RunError):
            await home.learn()

        assert nothing_on_disk(home)
        assert (await home.ask(memory=False)).adapter == "skills/1"


async def test_only_the_last_promoted_runs_keep_their_rows(tmp_path):
    async with open_home(tmp_path) as home:
        for name in ("Ada", "Bea", "Cid", "Dov", "Eva", "Fay"):
            await home.approved(f"Where does {name} sit?", "By the window.")
            await home.learn()

        kept = {path.name for path in home.parts.directory.runs.iterdir()}

        assert kept == {spec.id for spec in home.parts.trainer.trained[1:]}


async def test_the_sample_of_old_lessons_does_not_depend_on_their_order(tmp_path):
    asked = []
    for folder, names in (
        ("one", "ABCDEFGHIJKLMNOPQRST"),
        ("two", "TSRQPONMLKJIHGFEDCBA"),
    ):
        root = tmp_path / folder
        root.mkdir()
        exam = Remembering()
        async with open_home(root, examine=exam) as home:
            for name in names:
                await home.approved(f"Where does {name}{name} sit?", "By the window.")
            await home.learn()
            await home.approved(LYRA, "Port 9090.")
            await home.learn()
        asked.append(exam.asked)

    assert len(asked[0]) == 17
    assert asked[0] == asked[1]


class Remembering(FakeExam):
    """An exam that remembers what it asked last."""

    async def __call__(self, engine, *, lessons, **rest):
        self.asked = {lesson.question for lesson in lessons}
        return await super().__call__(engine, lessons=lessons, **rest)


async def test_without_a_skills_adapter_the_first_run_starts_from_nothing(tmp_path):
    async with open_home(tmp_path, skills=None) as home:
        await home.approved()

        learned = await home.learn()

        assert learned.promoted
        assert home.parts.trainer.trained[0].parent is None


async def test_a_crash_during_training_is_settled_at_the_next_start(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        await leave_a_run_behind(home)
    async with open_home(tmp_path) as home:
        await assert_nothing_changed(home, RunState.FAILED)
        assert (await home.learn()).promoted


async def leave_a_run_behind(home):
    """Do what a run does up to its exam, and stop there as a killed process would."""
    database, directory = home.parts.database, home.parts.directory
    now = home.parts.clock.now()
    await runs.claim(
        database,
        "r1",
        server=SERVER,
        kind=RunKind.FRESH,
        lessons=[1],
        requested_by=MODERATOR.id,
        at=now,
    )
    await runs.start(database, "r1", at=now)
    adapter = await adapters.add(
        database,
        SERVER,
        run="r1",
        parent=None,
        base_digest="base",
        skills_digest="skills",
        manifest_digest="manifest",
        lessons=[1],
        at=now,
    )
    assert adapter.state is AdapterState.CANDIDATE
    directory.run("r1").mkdir()
    for name in ("1", "2.tmp"):
        (directory.adapter(SERVER, 1).parent / name).mkdir(parents=True)


async def test_an_answer_does_not_wait_for_a_run(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved()
        home.parts.trainer.hold = asyncio.Event()
        task = asyncio.create_task(home.learn())
        await home.parts.trainer.started.wait()

        reply = await home.ask(ORION)
        home.parts.trainer.hold.set()
        await task

        assert not reply.abstained
