"""The latency bench: answers alone and beside a run, with failures counted."""

import asyncio

import pytest

from bot.bench import latency
from bot.bench.data import Asked
from bot.bench.measure import SERVER
from learning import writer
from learning.errors import EngineError, MynaError, RunKilledError
from learning.run import Progress
from tests.core_steps import open_home
from tests.fakes import FakeTrainer

ANIMALS = ("cat", "dog", "fox", "raven")
LESSONS = [
    {"id": 1, "kind": "qa", "question": f"Who feeds the {each}?", "answer": "Ann."}
    for each in ANIMALS
]
QUESTIONS = [Asked(f"Who feeds the {each}?", "taught") for each in ANIMALS]


class EndlessTrainer(FakeTrainer):
    """Reports a step and goes on until it is cancelled."""

    def __init__(self):
        super().__init__()
        self.ended = False

    async def train(self, run, *, on_progress):
        on_progress(Progress("training", done=1, total=9))
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


async def test_answers_are_timed_alone_and_beside_a_run_that_is_cancelled_at_last(
    tmp_path,
):
    trainer = EndlessTrainer()
    async with open_home(tmp_path, trainer=trainer) as home:
        found = await latency.measure(home.core, LESSONS, QUESTIONS)
        status = await home.core.status(SERVER)

    assert found["answers alone"] == found["answers beside a run"] == 4
    assert found["answers that failed"] == 0
    assert found["times as long"] == 1
    assert trainer.ended
    assert status.running is None


async def test_an_answer_that_fails_is_counted_and_the_rest_are_asked(tmp_path):
    async with open_home(tmp_path, trainer=EndlessTrainer()) as home:
        asked = home.parts.engine.asked

        async def fail():
            raise EngineError("It broke.")

        def fail_in_the_middle(progress):
            home.parts.engine.while_answering = fail

        home.parts.trainer.train = _then(home.parts.trainer.train, fail_in_the_middle)
        found = await latency.measure(home.core, LESSONS, QUESTIONS)

    assert found["answers beside a run"] == 3
    assert found["answers that failed"] == 1
    questions = [g for g in asked if g.messages[0].content != writer.SYSTEM]
    assert len(questions) == 1 + 4 + 4


async def test_a_run_that_never_trains_is_an_error_and_not_a_figure(tmp_path):
    trainer = FakeTrainer()
    trainer.fails_with = RunKilledError("The trainer was killed.")
    async with open_home(tmp_path, trainer=trainer) as home:
        with pytest.raises(MynaError, match="killed"):
            await latency.measure(home.core, LESSONS, QUESTIONS)


def _then(train, happens):
    async def wrapped(run, *, on_progress):
        def also(progress):
            happens(progress)
            on_progress(progress)

        return await train(run, on_progress=also)

    return wrapped
