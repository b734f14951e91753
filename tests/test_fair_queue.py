"""Proves that the queue is fair between servers, lanes and cancellations."""

import asyncio

from learning.fair_queue import FairQueue


class Line:
    """Questions that note when they are answered, and end when told to."""

    def __init__(self, queue):
        self.queue = queue
        self.answered = []
        self.tasks = {}
        self.finish = {}

    async def ask(self, name, server, lane=""):
        self.finish[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._hold(name, server, lane))
        await settle()

    async def end(self, name):
        self.finish[name].set()
        await self.tasks[name]
        await settle()

    async def _hold(self, name, server, lane):
        async with self.queue.turn(server, lane=lane):
            self.answered.append(name)
            await self.finish[name].wait()


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_busy_server_does_not_starve_another():
    line = Line(FairQueue())
    for name in ("a1", "a2", "a3", "a4"):
        await line.ask(name, "a")
    await line.ask("b1", "b")

    for name in ("a1", "a2", "b1", "a3", "a4"):
        await line.end(name)

    assert line.answered == ["a1", "a2", "b1", "a3", "a4"]


async def test_one_server_is_answered_first_come_first_served():
    line = Line(FairQueue())
    for name in ("first", "second", "third"):
        await line.ask(name, "a")

    for name in ("first", "second", "third"):
        await line.end(name)

    assert line.answered == ["first", "second", "third"]


async def test_turns_of_one_lane_are_held_together_up_to_the_limit():
    line = Line(FairQueue(together=2))

    for name in ("one", "two", "three"):
        await line.ask(name, name, lane="skills/1")

    assert line.answered == ["one", "two"]
    await line.end("two")
    assert line.answered == ["one", "two", "three"]
    await line.end("one")
    await line.end("three")


async def test_two_lanes_never_hold_turns_together():
    line = Line(FairQueue(together=4))

    await line.ask("a1", "a", lane="a/1")
    await line.ask("b1", "b", lane="b/1")

    assert line.answered == ["a1"]
    await line.end("a1")
    assert line.answered == ["a1", "b1"]
    await line.end("b1")


async def test_a_waiting_lane_is_not_overtaken_for_ever():
    line = Line(FairQueue(together=2))
    await line.ask("a1", "a", lane="a/1")
    await line.ask("b1", "b", lane="b/1")

    await line.ask("a2", "a", lane="a/1")

    assert line.answered == ["a1"]
    for name in ("a1", "b1", "a2"):
        await line.end(name)
    assert line.answered == ["a1", "b1", "a2"]


async def test_cancelling_one_who_waits_lets_the_next_one_through():
    line = Line(FairQueue(together=2))
    await line.ask("a1", "a", lane="a/1")
    await line.ask("b1", "b", lane="b/1")
    await line.ask("c1", "c", lane="a/1")

    line.tasks["b1"].cancel()
    await settle()

    assert line.answered == ["a1", "c1"]
    await line.end("a1")
    await line.end("c1")


async def test_cancelling_one_who_was_just_granted_passes_the_turn_on():
    line = Line(FairQueue())
    async with line.queue.turn("a"):
        await line.ask("b1", "b")
        await line.ask("c1", "c")

    line.tasks["b1"].cancel()  # b1 is granted, and has not run yet
    await settle()

    assert line.answered == ["c1"]
    await line.end("c1")


async def test_an_error_while_holding_a_turn_gives_it_back():
    queue = FairQueue()
    line = Line(queue)

    async def fail():
        async with queue.turn("a"):
            raise ZeroDivisionError

    failed = await asyncio.gather(fail(), return_exceptions=True)
    await line.ask("b1", "b")

    assert isinstance(failed[0], ZeroDivisionError)
    assert line.answered == ["b1"]
    await line.end("b1")
