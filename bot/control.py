"""The control socket: how the command line reaches the process that owns the data.

Both sides write JSON lines. The client greets with a Hello, and is told `ready` or
`refused`. Then, for each `{"line": ...}`, the owner answers with any number of
`{"text": ...}` and `{"progress": {...}}`, and at last one `{"outcome": {...}}`.
`{"stop": true}`, or hanging up, cancels what is being done.
"""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot import terminal_phrases
from bot.messages import CURRENT
from bot.outcome import Outcome, OutcomeKind
from bot.session import Session
from learning.errors import DataDirectoryError, MynaError

MAX_LINE_BYTES = 64_000_000
MAX_SOCKET_PATH_BYTES = 100
"""sun_path holds 108 bytes on Linux and 104 on macOS, with the final zero."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who calls, and how they want to be answered."""

    server: str
    user: str
    user_name: str
    role: str
    folder: str
    """Relative file names in commands are taken from here."""
    memory: bool = True
    adapter: str = CURRENT


OpenSession = Callable[[Hello], Session]
"""Makes a caller's session; raises MynaError where the Hello is off."""


class ControlServer(AbstractAsyncContextManager["ControlServer"]):
    """Listens in the data directory; whoever may open the socket may do anything.

    Hold the directory's lock before entering: a socket that lies there is then a
    dead process's, and is replaced.
    """

    def __init__(self, path: Path, open_session: OpenSession) -> None:
        self._path = path
        self._open_session = open_session
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Future[None]] = set()

    async def __aenter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        # The mode comes from the umask: a chmod after bind would leave a moment in
        # which others could connect.
        umask = os.umask(0o177)
        try:
            with reachable(self._path) as address:
                listening.bind(address)
        except OSError as exc:
            listening.close()
            raise unusable(self._path, exc) from exc
        finally:
            os.umask(umask)
        self._server = await asyncio.start_unix_server(
            self._accept, sock=listening, limit=MAX_LINE_BYTES
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        for caller in self._callers:
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # Not a coroutine: asyncio would own its task, and complains when one of
        # those is cancelled.
        caller = asyncio.ensure_future(self._greet(reader, writer))
        self._callers.add(caller)
        caller.add_done_callback(self._callers.discard)

    async def _greet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # Whatever a caller does wrong ends its own connection and nothing else.
        try:
            with suppress(ConnectionError, ValueError, KeyError, TypeError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            session = self._open_session(Hello(**json.loads(await reader.readline())))
        except MynaError as exc:
            send(writer, {"refused": str(exc)})
            await writer.drain()
            return
        send(writer, {"ready": True})
        await writer.drain()
        incoming = asyncio.ensure_future(reader.readline())
        work: asyncio.Future[Outcome] | None = None
        try:
            while message := await incoming:
                incoming = asyncio.ensure_future(reader.readline())
                request = json.loads(message)
                if "line" not in request:
                    continue  # a stop that came after its command had ended
                work = asyncio.ensure_future(
                    session.execute(
                        str(request["line"]),
                        on_text=lambda text: send(writer, {"text": text}),
                        on_progress=lambda progress: send(
                            writer, {"progress": asdict(progress)}
                        ),
                    )
                )
                outcome = await _unless(incoming, work)
                send(writer, {"outcome": outcome.to_json()})
                await writer.drain()
        finally:
            incoming.cancel()
            if work is not None:
                work.cancel()


def send(writer: asyncio.StreamWriter, message: Mapping[str, Any]) -> None:
    """Write one message as one line."""
    text = json.dumps(message, ensure_ascii=False, default=str)
    writer.write(text.encode() + b"\n")


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give a name of the socket that is short enough for the kernel."""
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def unusable(path: Path, exc: OSError) -> DataDirectoryError:
    """Say what to do about a socket that cannot be used."""
    return DataDirectoryError(
        f"Cannot use the socket {path}: {exc.strerror or exc}."
        " Choose a data directory on a local disk, with a shorter name."
    )


async def _unless(
    incoming: asyncio.Future[bytes], work: asyncio.Future[Outcome]
) -> Outcome:
    """Wait for the outcome; a stop or a hang-up cancels it first."""
    both: list[asyncio.Future[Any]] = [incoming, work]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        work.cancel()
        await asyncio.wait({work})
    if work.cancelled():
        return Outcome(OutcomeKind.STOPPED, terminal_phrases.stopped())
    return work.result()
