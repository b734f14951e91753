"""Ways of calling tools for the tests of `myna bench tools`."""

from contextlib import asynccontextmanager

from bot.bench.learning.statistics import Count
from bot.bench.tools.methods import ROWS, Answer, Shown
from learning.errors import MynaError


class FakeMethod:
    """Calls rightly for every request but each n-th, and counts what it was shown."""

    def __init__(self, name, wrong_each=2, **settings):
        self.name = name
        self.wrong_each = wrong_each
        self.settings = {"wrong each": wrong_each, **settings}
        self.shown = []
        self.fails = False
        self.answers_too_little = False

    async def show(self, material, *, seed):
        if self.fails:
            raise MynaError("There is no memory left: close other programs.")
        task = material.task
        self.shown.append((task.name, len(task.train), seed))
        answers = [
            Answer(
                '{"name": "nothing", "arguments": {}}'
                if i % self.wrong_each == 0
                else case.call.text,
                prompt_tokens=90 + i,
                seconds_to_first_token=0.25,
            )
            for i, case in enumerate(task.test)
        ]
        ordinary = [Answer("Hello!") for _ in task.ordinary]
        if ordinary:
            ordinary[0] = Answer(task.test[0].call.text)
        return Shown(
            answers[: -1 if self.answers_too_little else None],
            ordinary,
            training_seconds=12.0,
            trained_parameters=2_442_240,
            stored_bytes=9_800_000,
            general=Count(15, 20),
        )


def every_method():
    """Return a fake for every row of the tables."""
    return [FakeMethod(name, 2 + i) for i, name in enumerate(ROWS)]


def opener(methods):
    """Return what the command opens methods with."""

    @asynccontextmanager
    async def opened(_settings, _cells, _options):
        yield methods

    return opened
