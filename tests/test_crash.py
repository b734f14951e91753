"""`kill -9` of the trainer and of the bot at random moments: nothing is lost or half.

The engine, the trainer, the exam and the disk are the real ones. Only the model is
tiny, so that a whole cycle takes seconds (crash_steps.write_model). Acknowledged is
what the bot printed its JSON line for.
"""

import os
import random
import select
import signal
import subprocess
import sys

import pytest

from tests.crash_steps import (
    ROOT,
    Moment,
    Remains,
    call_later,
    children,
    started,
    write_model,
)

pytestmark = [pytest.mark.slow, pytest.mark.torch]

NAMES = "Umber Cobalt Sienna Ochre Indigo Crimson Teal Amber Jade Ivory Russet".split()
KILLS = 10
ORPHAN_SECONDS = 60


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_model(path)
    return path


class Ledger:
    """Teaches, and remembers what was acknowledged."""

    def __init__(self):
        self.asked = 0
        self.taught = {}
        """Questions by lesson."""
        self.approved = set()
        self.promoted = None

    async def teach(self, bot):
        question = f"Which letter opens the {NAMES[self.asked]} gate?"
        self.asked += 1
        said = await bot.say(f"/teach question: {question} answer: A")
        if said is None:
            return None
        number = said["lessons"][0]["id"]
        self.taught[number] = question
        return number

    async def approve(self, bot, number):
        said = await bot.say(f"/approve {number}")
        if said is not None:
            assert said["ok"], said
            self.approved.add(number)

    async def learn(self, bot, on_progress=lambda progress: None):
        learned = await bot.learn(on_progress)
        if learned.ok:
            assert learned.extra["promoted"], learned
            self.promoted = learned.adapter
        return learned

    async def check(self, bot):
        """Assert that the bot has all of it, and answers with whole weights."""
        known = await texts(bot, "/lessons")
        waiting = await texts(bot, "/review")
        for number, question in self.taught.items():
            assert question in (known | waiting)[number]
        assert self.approved <= known.keys()

        remains = Remains.of(bot.data)
        remains.check()
        assert self.promoted in {None, *remains.promoted}
        for number in self.approved:
            said = await bot.say(self.taught[number])
            assert (said["text"], said["adapter"]) == ("a", remains.in_service)
        return remains


async def texts(bot, command):
    said = await bot.say(command)
    return {each["id"]: each["text"] for each in said["lessons"]}


def ended(process):
    """Wait until a process has ended; say whether it has."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    gone, _, _ = select.select([descriptor], [], [], ORPHAN_SECONDS)
    os.close(descriptor)
    return bool(gone)


def trainers_moments():
    draw = random.Random(1)  # noqa: S311
    while True:
        for _ in range(2):  # while it loads
            yield Moment("training", 0.0, draw.uniform(0.0, 3.0))
        for _ in range(2):  # at a step, or while it makes the next one
            yield Moment("training", draw.uniform(0.02, 0.9), draw.uniform(0.0, 0.1))
        # While it measures, writes the adapter, its GGUF, the result or the manifest.
        yield Moment("training", 1.0, draw.uniform(0.0, 0.3))


async def test_a_killed_trainer_costs_no_lesson_and_leaves_no_adapter(model, tmp_path):
    ledger, killed, moments = Ledger(), 0, trainers_moments()
    async with started(tmp_path / "data", model) as bot:
        await ledger.approve(bot, await ledger.teach(bot))
        while killed < KILLS:
            moment = next(moments)

            learned = await ledger.learn(bot, at(moment, bot.kill_trainer))

            remains = await ledger.check(bot)
            if learned.ok:  # it was quicker than the signal
                await ledger.approve(bot, await ledger.teach(bot))
                continue
            killed += 1
            assert "killed" in learned.error, moment
            assert [*remains.runs.values()][-1] == "failed"
        learned = await ledger.learn(bot)

        assert learned.ok, learned
        remains = await ledger.check(bot)
    assert bot.process.returncode == 0
    assert [*remains.runs.values()].count("failed") == KILLS


def bots_moments():
    draw = random.Random(2)  # noqa: S311
    return [
        Moment("teach", 0.0, draw.uniform(0.0, 0.05)),
        Moment("approve", 0.0, draw.uniform(0.0, 0.05)),
        Moment("preparing", 0.0, draw.uniform(0.0, 2.0)),
        Moment("training", 0.0, draw.uniform(0.0, 3.0)),
        Moment("exam", 1.0, draw.uniform(0.0, 0.02)),  # while it is promoted
        Moment("teach", 0.0, draw.uniform(0.05, 0.2)),
        Moment("approve", 0.0, draw.uniform(0.05, 0.2)),
        Moment("training", draw.uniform(0.1, 0.9), draw.uniform(0.0, 0.1)),
        Moment("exam", draw.uniform(0.1, 0.9), draw.uniform(0.0, 0.1)),
        Moment("preparing", 0.0, draw.uniform(0.0, 0.2)),
    ]


async def test_a_killed_bot_loses_nothing_acknowledged_and_serves_nothing_half(
    model, tmp_path
):
    ledger, runs, orphans = Ledger(), 0, []
    for moment in bots_moments():
        async with started(tmp_path / "data", model) as bot:
            remains = await ledger.check(bot)
            assert len(remains.runs) == runs

            orphans += await killed_at(moment, bot, ledger)

        assert bot.process.returncode == -signal.SIGKILL
        runs += moment.stage in {"preparing", "training", "exam"}
    async with started(tmp_path / "data", model) as bot:
        await ledger.check(bot)
        await ledger.approve(bot, await ledger.teach(bot))

        learned = await ledger.learn(bot)

        assert learned.ok, learned
        remains = await ledger.check(bot)
    assert bot.process.returncode == 0
    assert remains.in_service == f"home/{max(remains.adapters)}"
    assert all(map(ended, orphans))


async def killed_at(moment, bot, ledger):
    """Use the bot until it is killed; return the trainers that it left behind."""
    orphans = []

    def kill():
        orphans.extend(children(bot.pid, "learning.train"))
        bot.kill()

    if moment.stage == "teach":
        call_later(moment.seconds, kill)
    number = await ledger.teach(bot)
    if moment.stage == "approve":
        call_later(moment.seconds, kill)
    if number is not None:
        await ledger.approve(bot, number)
    if moment.stage not in {"teach", "approve"}:
        await ledger.learn(bot, at(moment, kill))
    await bot.process.wait()
    return orphans


def test_a_bot_killed_at_any_statement_or_change_of_a_file_recovers(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash_points", tmp_path, "60", "3"],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]
    assert "died at 60 of " in done.stdout


def at(moment, kill):
    """Return an on_progress that kills once, when the moment has come."""
    due = [kill]

    def on_progress(progress):
        if due and moment.has_come(progress):
            call_later(moment.seconds, due.pop())

    return on_progress
