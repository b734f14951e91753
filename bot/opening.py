"""Opening a chat: with the data directory itself, or with the process that owns it."""

import getpass
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from pathlib import Path

from bot.chat import Chat
from bot.control import ControlServer, Hello
from bot.control_client import connect
from bot.messages import Actor
from bot.options import Options
from bot.session import LocalSession, Session
from bot.settings import Settings
from bot.wiring import Wired, open_core
from learning.errors import CommandError, DataDirectoryLockedError
from moderation.roles import Role
from storage.data_directory import DataDirectory, locked, prepare

SKILLS = "skills"
"""The shipped adapter's name in the journal; no server may have it."""

OnProgress = Callable[[float, str], None]
Wire = Callable[
    [Settings, DataDirectory, OnProgress], AbstractAsyncContextManager[Wired]
]
"""Builds everything for a data directory that this process owns."""


@asynccontextmanager
async def open_session(
    options: Options,
    settings: Settings,
    on_progress: OnProgress,
    wire: Wire = open_core,
) -> AsyncIterator[Session]:
    """Own the data directory, or talk to its owner through the socket.

    Raises MynaError with the sentence that says what is wrong.
    """
    hello = _hello(options)
    directory = prepare(settings.data_dir)
    async with AsyncExitStack() as stack:
        try:
            stack.enter_context(locked(directory))
        except DataDirectoryLockedError:
            remote = await connect(directory.socket, hello)
            if remote is None:
                raise
            stack.push_async_callback(remote.close)
            yield remote
            return
        wiring = wire(_without_limits(settings), directory, on_progress)
        wired = await stack.enter_async_context(wiring)
        await stack.enter_async_context(_control(wired))
        yield _session(wired, hello)


@asynccontextmanager
async def own(
    settings: Settings, on_progress: OnProgress, wire: Wire = open_core
) -> AsyncIterator[Wired]:
    """Own the data directory, and answer on its socket.

    Raises DataDirectoryLockedError where another process owns it, or another
    MynaError.
    """
    directory = prepare(settings.data_dir)
    async with AsyncExitStack() as stack:
        stack.enter_context(locked(directory))
        wired = await stack.enter_async_context(wire(settings, directory, on_progress))
        await stack.enter_async_context(_control(wired))
        yield wired


def _control(wired: Wired) -> ControlServer:
    socket = wired.directory.socket
    return ControlServer(socket, lambda hello: _session(wired, hello))


def _without_limits(settings: Settings) -> Settings:
    """Lift limits nobody set: who opens the files here needs no guarding from."""
    limits = {"ask_per_minute", "teach_per_hour"} - settings.model_fields_set
    return settings.model_copy(update=dict.fromkeys(limits, 0))


def _session(wired: Wired, hello: Hello) -> Session:
    if hello.role.upper() not in Role.__members__:
        roles = ", ".join(Role.__members__).lower()
        raise CommandError(f"There is no role {hello.role}; it is one of {roles}.")
    if hello.server == SKILLS:
        raise CommandError(f"The name {SKILLS} is taken; choose another --server.")
    chat = Chat(
        wired.core,
        hello.server,
        Actor(hello.user, hello.user_name, Role[hello.role.upper()]),
        Path(hello.folder),
        memory=hello.memory,
        adapter=hello.adapter,
    )
    return LocalSession(chat, wired.clock)


def _hello(options: Options) -> Hello:
    user = options.user or _login_name()
    return Hello(
        server=options.server,
        user=user,
        user_name=user,
        role=options.role,
        folder=str(Path.cwd()),
        memory=options.memory,
        adapter=options.adapter,
    )


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user id has no name
        return "you"
