"""How long people wait for an answer while a run trains beside them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

from bot.bench.data import Asked
from bot.bench.measure import TEACHER, learn, teach
from bot.core import Core
from bot.messages import Learned, Question, Refused
from learning.errors import MynaError
from learning.run import Progress

SERVER = "bench-asker"
"""Another server than the one that learns; it knows the same from memory alone."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long some answers took, and how many failed."""

    first_token: Sequence[float]
    whole: Sequence[float]
    failed: int


async def measure(
    core: Core, lessons: Sequence[Mapping[str, Any]], questions: Sequence[Asked]
) -> dict[str, float]:
    """Ask alone, then beside a run on the lessons; the run is cancelled in the end.

    Raises MynaError where no run starts, or no answer is given in time.
    """
    await teach(core, lessons)
    await teach(core, lessons, server=SERVER)
    await _ask(core, questions[:1])  # the first finds no prompt cached
    alone = await _ask(core, questions)
    begun = asyncio.Event()

    def watch(progress: Progress) -> None:
        if progress.stage == "training" and progress.done:
            begun.set()

    run = asyncio.create_task(learn(core, watch))
    try:
        await _begins(begun, run)
        beside = await _ask(core, _until_done(questions, run))
    finally:
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run
    if not alone.first_token or not beside.first_token:
        raise MynaError("No answer was given: ask `myna check` what is wrong.")
    before, after = median(alone.first_token), median(beside.first_token)
    return {
        "seconds to first token, alone": before,
        "seconds to first token, beside a run": after,
        "times as long": after / before,
        "seconds to the whole answer, alone": median(alone.whole),
        "seconds to the whole answer, beside a run": median(beside.whole),
        "answers alone": len(alone.whole),
        "answers beside a run": len(beside.whole),
        "answers that failed": alone.failed + beside.failed,
    }


async def _begins(begun: asyncio.Event, run: asyncio.Task[Learned]) -> None:
    """Wait until a step was trained, or for the reason why none will be."""
    waiting = asyncio.create_task(begun.wait())
    await asyncio.wait({waiting, run}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if run.done():
        await run
        raise MynaError("The run ended before anything was asked; teach more lessons.")


def _until_done(
    questions: Sequence[Asked], run: asyncio.Task[Learned]
) -> Iterable[Asked]:
    for question in questions:
        if run.done():
            return
        yield question


async def _ask(core: Core, questions: Iterable[Asked]) -> Waits:
    first_token, whole, failed = list[float](), list[float](), 0
    for each in questions:
        try:
            reply = await core.answer(Question(SERVER, TEACHER, each.question))
        except MynaError:
            failed += 1
            continue
        if isinstance(reply, Refused):
            failed += 1
            continue
        if reply.seconds_to_first_token:  # otherwise the model was not asked
            first_token.append(reply.seconds_to_first_token)
        whole.append(reply.seconds)
    return Waits(first_token, whole, failed)
