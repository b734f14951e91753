"""The other end of the control socket: a chat with the process that owns the data."""

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from bot.control import MAX_LINE_BYTES, Hello, reachable, send, unusable
from bot.outcome import Outcome, error, from_json
from learning.errors import DataDirectoryError
from learning.run import Progress

MAX_SENT_BYTES = MAX_LINE_BYTES // 8
"""JSON writes a byte as at most six."""
STOP_SECONDS = 30.0
CONNECT_SECONDS = 5.0


class RemoteSession:
    """A session in the process that owns the data directory."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    async def execute(
        self,
        line: str,
        *,
        on_text: Callable[[str], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        """Carry out one line over there; cancelling it stops it over there."""
        if len(line.encode()) > MAX_SENT_BYTES:
            return error("That line is too long; put lessons in a file and /import it.")
        try:
            send(self._writer, {"line": line})
            await self._writer.drain()
            return await self._outcome(on_text, on_progress)
        except asyncio.CancelledError:
            with suppress(ConnectionError, TimeoutError):
                send(self._writer, {"stop": True})
                async with asyncio.timeout(STOP_SECONDS):
                    await self._outcome(None, None)
            raise
        except ConnectionError:
            return error(
                "The Myna that owns the data directory stopped in the middle of this;"
                " start the command again."
            )

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _outcome(
        self,
        on_text: Callable[[str], None] | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> Outcome:
        while message := await self._reader.readline():
            event = json.loads(message)
            if "outcome" in event:
                return from_json(event["outcome"])
            if "text" in event and on_text is not None:
                on_text(event["text"])
            if "progress" in event and on_progress is not None:
                on_progress(Progress(**event["progress"]))
        raise ConnectionResetError


async def connect(path: Path, hello: Hello) -> RemoteSession | None:
    """Call the owner; None where nobody listens.

    Raises DataDirectoryError where the owner does not take the call.
    """
    calling = socket.socket(socket.AF_UNIX)
    calling.settimeout(CONNECT_SECONDS)
    try:
        with reachable(path) as address:
            calling.connect(address)
    except (FileNotFoundError, ConnectionRefusedError):
        calling.close()
        return None
    except OSError as exc:
        calling.close()
        raise unusable(path, exc) from exc
    reader, writer = await asyncio.open_unix_connection(
        sock=calling, limit=MAX_LINE_BYTES
    )
    send(writer, asdict(hello))
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            answer = json.loads(await reader.readline() or "{}")
    except (TimeoutError, ConnectionError) as exc:
        writer.close()
        raise DataDirectoryError(
            f"The Myna behind {path} does not answer; stop it and try again."
        ) from exc
    if "ready" not in answer:
        writer.close()
        raise DataDirectoryError(answer.get("refused") or "That Myna is stopping.")
    return RemoteSession(reader, writer)
