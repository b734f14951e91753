"""Proves that servers take turns."""

import asyncio

from learning.turns import Turns


async def answer(turns, server, order, gate=None):
    async with turns.of(server):
        if gate:
            await gate.wait()
        order.append(server)


async def started(*coroutines):
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_a_busy_server_does_not_starve_another():
    turns, order, gate = Turns(), [], asyncio.Event()
    tasks = await started(
        answer(turns, "busy", order, gate),
        *(answer(turns, "busy", order) for _ in range(3)),
        answer(turns, "quiet", order),
    )

    gate.set()
    await asyncio.gather(*tasks)

    assert order == ["busy", "busy", "quiet", "busy", "busy"]


async def test_one_turn_is_held_at_a_time():
    turns, holders = Turns(), []

    async def hold(server):
        async with turns.of(server):
            holders.append(1)
            assert len(holders) == 1
            await asyncio.sleep(0)
            holders.pop()

    await asyncio.gather(*(hold(str(number % 3)) for number in range(9)))


async def test_who_stops_waiting_is_passed_over():
    turns, order, gate = Turns(), [], asyncio.Event()
    first, second, third = await started(
        answer(turns, "a", order, gate),
        answer(turns, "b", order),
        answer(turns, "c", order),
    )

    second.cancel()
    gate.set()
    await asyncio.gather(first, second, third, return_exceptions=True)

    assert order == ["a", "c"]


async def test_a_turn_that_comes_while_its_waiter_is_cancelled_is_passed_on():
    turns, order, gate = Turns(), [], asyncio.Event()

    async def cancel_second():
        async with turns.of("a"):
            await gate.wait()
        second.cancel()

    first, second, third = await started(
        cancel_second(), answer(turns, "b", order), answer(turns, "c", order)
    )

    gate.set()
    await asyncio.gather(first, second, third, return_exceptions=True)

    assert second.cancelled()
    assert order == ["c"]
    await answer(turns, "d", order)
    assert order == ["c", "d"]
