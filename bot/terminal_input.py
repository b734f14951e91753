"""Lines of input: read without blocking, joined where they go on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TextIO

GOES_ON = "\\"
COMMENT = "#"

ReadLine = Callable[[], Awaitable[str | None]]
"""Returns the next line without its newline, or None at the end."""


async def logical_lines(read: ReadLine) -> AsyncIterator[str]:
    """Yield what to carry out: comments and blanks left out, continued lines joined.

    A line that ends in a backslash goes on with the next one.
    """
    parts: list[str] = []
    while (line := await read()) is not None:
        if line.endswith(GOES_ON):
            parts.append(line.removesuffix(GOES_ON))
            continue
        if not parts and line.lstrip().startswith(COMMENT):
            continue
        whole = "\n".join([*parts, line]).strip()
        parts = []
        if whole:
            yield whole
    if whole := "\n".join(parts).strip():
        yield whole


def reader(stream: TextIO) -> ReadLine:
    """Read a pipe or a file line by line, off the event loop."""

    async def read() -> str | None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[str] = loop.create_future()

        def deliver(line: str, error: Exception | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(line)
            else:
                future.set_exception(error)

        def wait() -> None:
            try:
                line, error = stream.readline(), None
            except (OSError, ValueError) as exc:
                line, error = "", exc
            if not loop.is_closed():
                loop.call_soon_threadsafe(deliver, line, error)

        # A daemon thread, because a pipe that never ends would keep a worker of
        # asyncio.to_thread, and with it the process, alive after Ctrl-C.
        threading.Thread(target=wait, name="myna-input", daemon=True).start()
        line = await future
        return line.rstrip("\r\n") if line else None

    return read
