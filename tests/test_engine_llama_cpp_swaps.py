"""Proves when children are started, shared, replaced and given up; no model needed."""

import asyncio
import struct
from contextlib import contextmanager

import pytest

from learning.engine import AdapterRef, Generation, Message
from learning.engine_llama_cpp import LlamaCppEngine
from learning.errors import AdapterError, EngineError, ModelError
from learning.llama_cpp_process import NotReachedError, RefusedAdapterError
from learning.prompt_slots import Slot
from learning.run import seal


class FakeProcess:
    """A child that answers with the name of the adapter it was asked for."""

    pid = 1

    def __init__(self, adapters):
        self.adapters = {adapter.name: n for n, adapter in enumerate(adapters)}
        self.alive = True
        self.running = 0
        self.retired = asyncio.Event()
        self.closed = False
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.error = None

    @contextmanager
    def slot(self, owner, *, prompt):
        self.running += 1
        yield Slot(0, cache_prompt=True)
        self.running -= 1

    async def stream(self, body):
        if self.error is not None:
            self.alive = False
            raise self.error
        names = {number: name for name, number in self.adapters.items()}
        chosen = [names[each["id"]] for each in body["lora"] if each["scale"] == 1.0]
        assert len(body["lora"]) == len(self.adapters)
        yield {"choices": [{"delta": {"content": "from "}, "finish_reason": None}]}
        await self.go_on.wait()
        yield {
            "choices": [{"delta": {"content": str(chosen)}, "finish_reason": "stop"}],
            "timings": {"predicted_n": 2, "prompt_n": 3, "cache_n": 4},
        }

    def give_up(self):
        self.alive = False

    async def retire(self):
        self.retired.set()

    async def close(self):
        self.closed = True


class Nursery:
    """Starts fake children, and remembers them."""

    def __init__(self):
        self.children = []
        self.bad = set()
        self.error = None
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def start(self, settings, adapters):
        if self.error is not None:
            raise self.error
        await self.go_on.wait()
        for adapter in adapters:
            if adapter.name in self.bad:
                raise RefusedAdapterError(adapter.directory)
        self.children.append(FakeProcess(adapters))
        return self.children[-1]


@pytest.fixture
def nursery():
    return Nursery()


@pytest.fixture
def gguf(tmp_path):
    path = tmp_path / "empty.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))
    return path


@pytest.fixture
def adapters(tmp_path):
    return [make_adapter(tmp_path, f"s{number}") for number in range(6)]


def make_adapter(folder, server, version=1):
    directory = folder / server / str(version)
    directory.mkdir(parents=True)
    (directory / "adapter.gguf").write_text(server)
    seal(directory)
    return AdapterRef(server, version, directory)


def question(adapter, **fields):
    server = adapter.server if adapter else "a"
    return Generation((Message("user", "Hello?"),), adapter, server, **fields)


async def settle():
    for _ in range(20):
        await asyncio.to_thread(int)  # files are hashed in threads


async def test_adapters_that_arrive_while_a_child_starts_share_the_next_one(
    gguf, nursery, adapters
):
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()

    nursery.go_on.clear()
    ensuring = [asyncio.create_task(engine.ensure(each)) for each in adapters]
    await settle()
    nursery.go_on.set()
    await asyncio.gather(*ensuring)

    assert len(nursery.children) <= 3
    assert set(nursery.children[-1].adapters) == {each.name for each in adapters}
    assert all(child.retired.is_set() for child in nursery.children[:-1])
    await engine.close()


async def test_the_least_recently_used_adapter_makes_room_and_the_skills_never_do(
    gguf, nursery, adapters
):
    skills, first, second, third, *_ = adapters
    engine = LlamaCppEngine(
        gguf, skills=skills, max_resident=2, start_process=nursery.start
    )
    await engine.start()
    await engine.ensure(first)
    await engine.ensure(second)
    await engine.generate(question(first))

    await engine.ensure(third)

    assert set(nursery.children[-1].adapters) == {skills.name, first.name, third.name}
    await engine.close()


async def test_an_adapter_that_is_not_resident_is_loaded_when_asked_for(
    gguf, nursery, adapters
):
    engine = LlamaCppEngine(gguf, max_resident=1, start_process=nursery.start)
    await engine.start()

    said = [await engine.generate(question(each)) for each in adapters[:3]]

    assert [each.text for each in said] == [
        f"from ['{adapter.name}']" for adapter in adapters[:3]
    ]
    await engine.close()


async def test_more_servers_than_fit_are_all_answered(gguf, nursery, adapters):
    engine = LlamaCppEngine(gguf, max_resident=2, start_process=nursery.start)
    await engine.start()

    said = await asyncio.gather(
        *(engine.generate(question(each)) for each in adapters * 3)
    )

    assert [each.text for each in said] == [
        f"from ['{adapter.name}']" for adapter in adapters * 3
    ]
    await engine.close()


async def test_an_adapter_that_llama_cpp_refuses_harms_no_other(
    gguf, nursery, adapters
):
    good, bad, *_ = adapters
    nursery.bad.add(bad.name)
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()

    results = await asyncio.gather(
        engine.ensure(good), engine.ensure(bad), return_exceptions=True
    )

    assert results[0] is None
    assert isinstance(results[1], AdapterError)
    assert (await engine.generate(question(good))).text == f"from ['{good.name}']"
    with pytest.raises(AdapterError, match="roll back"):
        await engine.generate(question(bad))
    await engine.close()


async def test_a_child_that_died_idle_is_replaced_within_the_same_question(
    gguf, nursery
):
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()
    nursery.children[0].error = NotReachedError("gone")

    said = await engine.generate(question(None))

    assert said.text == "from []"
    assert len(nursery.children) == 2
    await engine.close()


async def test_a_child_that_dies_while_answering_fails_that_answer_only(gguf, nursery):
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()
    nursery.children[0].error = EngineError("it stopped")

    with pytest.raises(EngineError, match="it stopped"):
        await engine.generate(question(None))

    assert (await engine.generate(question(None))).text == "from []"
    await engine.close()


async def test_a_failed_restart_is_reported_and_the_next_question_tries_again(
    gguf, nursery
):
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()
    nursery.children[0].alive = False
    nursery.error = ModelError("no memory")

    with pytest.raises(ModelError, match="no memory"):
        await engine.generate(question(None))
    nursery.error = None

    assert (await engine.generate(question(None))).text == "from []"
    await engine.close()


async def test_a_retired_adapter_is_refused_even_while_it_waits_for_its_turn(
    gguf, nursery, adapters
):
    first, second, *_ = adapters
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()
    await engine.ensure(first)
    await engine.ensure(second)
    nursery.children[-1].go_on.clear()
    running = asyncio.create_task(engine.generate(question(first)))
    waiting = asyncio.create_task(engine.generate(question(second)))
    await settle()

    await engine.retire(first)
    await engine.retire(second)
    nursery.children[-1].go_on.set()

    assert (await running).text == f"from ['{first.name}']"
    with pytest.raises(AdapterError):
        await waiting
    await engine.ensure(first)
    assert (await engine.generate(question(first))).tokens == 2
    await engine.close()


async def test_an_answer_that_takes_too_long_is_given_up(gguf, nursery):
    engine = LlamaCppEngine(gguf, answer_seconds=0.01, start_process=nursery.start)
    await engine.start()
    nursery.children[0].go_on.clear()

    with pytest.raises(EngineError, match="No answer within"):
        await engine.generate(question(None))

    assert not nursery.children[0].alive
    await engine.close()


async def test_after_close_every_question_is_refused(gguf, nursery):
    engine = LlamaCppEngine(gguf, start_process=nursery.start)
    await engine.start()
    nursery.go_on.clear()
    nursery.children[0].alive = False
    starting = asyncio.create_task(engine.generate(question(None)))
    await settle()

    await engine.close()

    with pytest.raises(EngineError, match="stopping"):
        await starting
    with pytest.raises(EngineError, match="stopping"):
        await engine.generate(question(None))
