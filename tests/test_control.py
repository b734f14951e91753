"""The control socket: the command line talks to the process that owns the data."""

import asyncio
import json
import socket
import stat

import pytest

from bot.control import ControlServer, Hello
from bot.control_client import connect
from learning.errors import DataDirectoryError, SettingsError
from learning.run import Progress
from tests.fakes_terminal import FakeCore, a_lesson, a_session

HELLO = Hello("home", "u1", "Ada", "moderator", "/")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "myna.sock"


async def test_a_command_goes_through_the_socket_as_it_would_without(path):
    core = FakeCore()

    async with ControlServer(path, lambda hello: a_session(core)):
        session = await connect(path, HELLO)
        taught = await session.execute("/teach fact: Ana runs Orion.")
        await session.execute("/approve 1")
        answer = await session.execute("Who?")
        await session.close()

    assert taught.kind == "taught"
    assert answer.text == "Ana runs Orion."
    assert answer.lessons[0]["id"] == 1


async def test_the_owner_learns_who_calls(path):
    greeted = []

    def open_session(hello):
        greeted.append(hello)
        return a_session(FakeCore())

    async with ControlServer(path, open_session):
        session = await connect(path, HELLO)
        await session.close()

    assert greeted == [HELLO]


async def test_words_and_progress_come_through_as_they_happen(path):
    core = FakeCore(pieces=("Ana ", "runs"), known={1: a_lesson(1)})
    words, reports = [], []

    async with ControlServer(path, lambda hello: a_session(core)):
        session = await connect(path, HELLO)
        await session.execute("Who?", on_text=words.append)
        await session.execute("/learn", on_progress=reports.append)
        await session.close()

    assert words == ["Ana ", "runs"]
    assert reports[0] == Progress("training", 4, 8, loss=0.5, seconds_left=12.0)


async def test_only_the_owner_of_the_process_may_connect(path):
    async with ControlServer(path, lambda hello: a_session(FakeCore())):
        mode = stat.S_IMODE(path.stat().st_mode)

    assert mode == 0o600


async def test_the_socket_goes_with_its_process(path):
    async with ControlServer(path, lambda hello: a_session(FakeCore())):
        assert path.is_socket()

    assert not path.exists()
    assert await connect(path, HELLO) is None


async def test_a_dead_process_s_socket_is_nobody_and_is_replaced(path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert await connect(path, HELLO) is None

    async with ControlServer(path, lambda hello: a_session(FakeCore())):
        session = await connect(path, HELLO)
        outcome = await session.execute("/help")
        await session.close()

    assert outcome.ok


async def test_a_path_too_long_for_a_socket_works_all_the_same(tmp_path):
    folder = tmp_path / ("d" * 120)
    folder.mkdir()
    path = folder / "myna.sock"

    async with ControlServer(path, lambda hello: a_session(FakeCore())):
        session = await connect(path, HELLO)
        outcome = await session.execute("/help")
        await session.close()

    assert outcome.ok


async def test_stopping_here_stops_it_over_there_and_the_chat_goes_on(path):
    core = FakeCore(hold=asyncio.Event())

    async with ControlServer(path, lambda hello: a_session(core)):
        session = await connect(path, HELLO)
        asking = asyncio.create_task(session.execute("Who?"))
        await core.held.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        outcome = await session.execute("/help")
        await session.close()

    assert core.cancelled.is_set()
    assert outcome.kind == "help"


async def test_hanging_up_stops_what_was_asked(path):
    core = FakeCore(hold=asyncio.Event())

    async with ControlServer(path, lambda hello: a_session(core)):
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(json.dumps(hello_fields()).encode() + b'\n{"line": "Who?"}\n')
        await core.held.wait()
        writer.close()
        await core.cancelled.wait()


async def test_a_process_that_stops_in_the_middle_is_a_sentence(path):
    core = FakeCore(hold=asyncio.Event())

    async with ControlServer(path, lambda hello: a_session(core)):
        session = await connect(path, HELLO)
        asking = asyncio.create_task(session.execute("Who?"))
        await core.held.wait()
    outcome = await asking
    await session.close()

    assert not outcome.ok
    assert "start the command again" in outcome.error


async def test_a_call_that_is_not_taken_says_why(path):
    def refuse(hello):
        raise SettingsError("There is no role chief.")

    async with ControlServer(path, refuse):
        with pytest.raises(DataDirectoryError, match="no role chief"):
            await connect(path, HELLO)


@pytest.mark.parametrize("rubbish", [b"\n", b"[]\n", b'{"server": 1}\n', b"\xff\n"])
async def test_rubbish_ends_its_own_connection_and_no_other(path, rubbish, caplog):
    async with ControlServer(path, lambda hello: a_session(FakeCore())):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(rubbish)
        assert await reader.read() == b""
        writer.close()
        session = await connect(path, HELLO)
        outcome = await session.execute("/help")
        await session.close()

    assert outcome.ok
    assert not caplog.records


async def test_a_message_of_a_megabyte_goes_through(path):
    core = FakeCore()

    async with ControlServer(path, lambda hello: a_session(core)):
        session = await connect(path, HELLO)
        await session.execute("é" * 1_000_000)
        await session.close()

    assert len(core.questions[0].text) == 1_000_000


def hello_fields():
    return {
        "server": "home",
        "user": "u1",
        "user_name": "Ada",
        "role": "moderator",
        "folder": "/",
    }
