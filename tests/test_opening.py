"""Opening a chat: one process owns the data directory, and others talk to it."""

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import settings
from bot.control import Hello
from bot.control_client import connect
from bot.opening import open_session, own
from bot.options import Options
from bot.wiring import Wired
from learning.errors import CommandError, DataDirectoryError, DataDirectoryLockedError
from tests.fakes_terminal import FakeCore, StillClock

ROOT = Path(__file__).parents[1]
OPTIONS = Options(user="Ada")


def no_progress(fraction, what):
    pass


class FakeWire:
    """Builds a FakeCore, and remembers the settings it got."""

    def __init__(self):
        self.core = FakeCore()
        self.settings = None

    @asynccontextmanager
    async def __call__(self, loaded, directory, on_progress):
        self.settings = loaded
        yield Wired(self.core, None, directory, StillClock(), *[None] * 5)
        self.core.calls.append("closed")


@pytest.fixture
def loaded(tmp_path):
    return settings.load(
        flags={"DATA_DIR": str(tmp_path / "data")}, environ={}, env_file=Path("none")
    )


HOLD = """
import sys
from pathlib import Path
from storage.data_directory import locked, prepare
with locked(prepare(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def elsewhere(loaded):
    """Let another process own the directory."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(loaded.data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield
        process.stdin.close()


async def test_a_chat_owns_the_directory_and_closes_what_it_opened(loaded):
    wire = FakeWire()

    async with open_session(OPTIONS, loaded, no_progress, wire) as session:
        outcome = await session.execute("/teach fact: a")

    assert outcome.lessons[0]["author"] == "Ada"
    assert wire.core.calls == ["closed"]
    assert not (loaded.data_dir / "myna.sock").exists()


async def test_a_chat_answers_other_processes_while_it_runs(loaded, elsewhere_chat):
    wire = FakeWire()

    async with open_session(OPTIONS, loaded, no_progress, wire):
        outcome = await elsewhere_chat("/teach fact: a")

    assert outcome.kind == "taught"
    assert list(wire.core.waiting) == [1]


@pytest.fixture
def elsewhere_chat(loaded):
    """Talk through the socket, as another process would."""

    async def chat(line, role="moderator"):
        hello = Hello("home", "bo", "Bo", role, "/")
        session = await connect(loaded.data_dir / "myna.sock", hello)
        outcome = await session.execute(line)
        await session.close()
        return outcome

    return chat


async def test_a_running_process_refuses_a_role_that_does_not_exist(
    loaded, elsewhere_chat
):
    async with own(loaded, no_progress, FakeWire()):
        with pytest.raises(DataDirectoryError, match="no role chief"):
            await elsewhere_chat("/help", role="chief")


async def test_a_role_that_does_not_exist_is_a_sentence(loaded):
    options = Options(user="Ada", role="chief")

    with pytest.raises(CommandError, match="moderator"):
        async with open_session(options, loaded, no_progress, FakeWire()):
            pass


async def test_an_owner_without_a_socket_is_a_sentence_that_names_it(loaded, elsewhere):
    with pytest.raises(DataDirectoryLockedError, match=str(loaded.data_dir)):
        async with open_session(OPTIONS, loaded, no_progress, FakeWire()):
            pass


async def test_two_processes_cannot_run_on_one_directory(loaded, elsewhere):
    with pytest.raises(DataDirectoryLockedError):
        async with own(loaded, no_progress, FakeWire()):
            pass


async def test_limits_guard_guests_and_not_who_opens_the_files(loaded):
    chatting, running = FakeWire(), FakeWire()

    async with open_session(OPTIONS, loaded, no_progress, chatting):
        pass
    async with own(loaded, no_progress, running):
        pass

    assert chatting.settings.ask_per_minute == 0
    assert running.settings.ask_per_minute == loaded.ask_per_minute > 0


async def test_a_limit_that_was_set_holds_for_chats_too(tmp_path):
    flags = {"DATA_DIR": str(tmp_path / "data"), "ASK_PER_MINUTE": "3"}
    loaded = settings.load(flags=flags, environ={}, env_file=Path("none"))
    wire = FakeWire()

    async with open_session(OPTIONS, loaded, no_progress, wire):
        pass

    assert wire.settings.ask_per_minute == 3


async def test_a_chat_that_is_cancelled_frees_the_directory(loaded):
    opened = asyncio.Event()

    async def chat():
        async with open_session(OPTIONS, loaded, no_progress, FakeWire()):
            opened.set()
            await asyncio.Event().wait()

    chatting = asyncio.create_task(chat())
    await opened.wait()
    chatting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await chatting

    async with own(loaded, no_progress, FakeWire()):
        assert (loaded.data_dir / "myna.sock").exists()


async def test_no_server_has_the_name_of_the_shipped_adapter(loaded):
    options = Options(user="Ada", server="skills")

    with pytest.raises(CommandError, match="taken"):
        async with open_session(options, loaded, no_progress, FakeWire()):
            pass
