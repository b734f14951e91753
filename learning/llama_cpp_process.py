"""The parent's end of one llama.cpp child process: its life and its answers."""

import asyncio
import json
import re
import secrets
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import aiohttp

from learning.child_environment import child_environment
from learning.engine import AdapterRef
from learning.errors import EngineError, ModelError, PromptTooLongError
from learning.prompt_slots import PromptSlots, Slot
from learning.resident_adapters import ADAPTER_FILE

CHILD = Path(__file__).with_name("llama_cpp_child.py")

STOPPED = "The model stopped while it was answering. Ask again: it starts afresh."

SECONDS_TO_EXIT = 5.0
STDERR_LINES = 12
SSE_LINE_BYTES = 2**20
SOCKET_PATH_BYTES = 100
"""Systems allow 104 or 108 with the closing zero."""

_REFUSED_ADAPTER = re.compile(r"failed to load lora adapter '(.*)'")


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """What every child of one engine has in common."""

    gguf: str
    context_tokens: int
    """Per slot."""
    slots: int
    """How many conversations keep their cached prefix."""
    decode_threads: int
    prompt_threads: int
    start_seconds: float = 120.0


class RefusedAdapterError(Exception):
    """llama.cpp would not load this adapter; the others are not to blame."""

    def __init__(self, directory: Path) -> None:
        super().__init__(str(directory))
        self.directory = directory


class NotReachedError(EngineError):
    """The child was gone before it said anything, so it may be asked again."""


class LlamaCppProcess:
    """A running child; the set of its adapters never changes."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        folder: Path,
        key: str,
        *,
        adapters: Sequence[AdapterRef],
        slots: int,
    ) -> None:
        self.adapters: Mapping[str, int] = {
            adapter.name: number for number, adapter in enumerate(adapters)
        }
        """Each adapter's number in this child."""
        self._process = process
        self._folder = folder
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._broken = False
        self._slots = PromptSlots(slots)
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._reading = asyncio.create_task(self._read_stderr())
        self._http = aiohttp.ClientSession(
            "http://llama",
            # One connection each: a kept one may be closing as it is used again.
            connector=aiohttp.UnixConnector(
                str(_socket(folder)), limit=0, force_close=True
            ),
            headers={"Authorization": f"Bearer {key}"},
            timeout=aiohttp.ClientTimeout(total=None),
            read_bufsize=SSE_LINE_BYTES,
        )

    @classmethod
    async def start(
        cls, settings: ServingSettings, adapters: Sequence[AdapterRef]
    ) -> Self:
        """Start a child and wait until it serves.

        Raises ModelError, or RefusedAdapterError where one adapter is the reason.
        """
        folder, key = _private_folder(), secrets.token_urlsafe(32)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", str(CHILD)),
            env=child_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        child = cls(process, folder, key, adapters=adapters, slots=settings.slots)
        paths = [str(adapter.directory / ADAPTER_FILE) for adapter in adapters]
        orders = asdict(settings) | {
            "adapters": paths,
            "socket": str(_socket(folder)),
            "key": key,
        }
        try:
            async with asyncio.timeout(settings.start_seconds):
                ready = await child._send(orders)
        except TimeoutError as exc:
            child.give_up()
            await child.close()
            raise ModelError(
                f"{settings.gguf} was not ready in {settings.start_seconds:.0f} s."
                " Is the machine busy, or out of memory?"
            ) from exc
        except BaseException:
            child.give_up()
            await child.close()
            raise
        if ready:
            return child
        await child.close()
        raise child._why_not(settings, paths)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._broken and self._process.returncode is None

    def peak_memory_bytes(self) -> int:
        """Return the child's largest resident size so far; 0 where unknown."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return 0
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(peak[1]) * 1024 if peak else 0

    @contextmanager
    def slot(self, owner: str, *, prompt: int) -> Iterator[Slot]:
        """Lend a slot for one answer; the child does not retire meanwhile."""
        self._running += 1
        self._idle.clear()
        try:
            with self._slots.lend(owner, prompt=prompt) as slot:
                yield slot
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def stream(
        self, body: Mapping[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Ask for a chat completion and yield its events; closing it stops it.

        Raises PromptTooLongError or EngineError, without the request's words.
        """
        lost: type[EngineError] = NotReachedError
        try:
            async with self._http.post("/v1/chat/completions", json=body) as response:
                lost = EngineError
                if response.status != HTTPStatus.OK:
                    raise _refusal(response.status, await response.text())
                async for line in response.content:
                    field, _, value = line.decode().strip().partition(": ")
                    if field == "error":
                        raise _refusal(response.status, value)
                    if field != "data":
                        continue  # an empty line, or a ping
                    if value == "[DONE]":
                        return
                    event = json.loads(value)
                    if "error" in event:
                        raise _refusal(response.status, value)
                    yield event
        except (aiohttp.ClientError, ConnectionError, ValueError) as exc:
            self.give_up()
            raise lost(STOPPED) from exc
        self.give_up()  # the stream ended without its last event
        raise EngineError(STOPPED)

    def give_up(self) -> None:
        """Take no more requests: it crashed or hangs."""
        self._broken = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def retire(self) -> None:
        """Finish the running answers, then stop; cancelling stops at once."""
        try:
            await self._idle.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop now; running answers end with EngineError."""
        self._broken = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(SECONDS_TO_EXIT):
                await self._process.wait()
        except TimeoutError:
            self.give_up()
            await self._process.wait()
        await self._http.close()
        await self._reading
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _send(self, orders: Mapping[str, Any]) -> bool:
        """Send the child its orders; say whether it got ready."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return False
        with suppress(ConnectionError):
            stdin.write(json.dumps(orders).encode() + b"\n")
            await stdin.drain()
        return await stdout.readline() == b"ready\n"

    def _why_not(
        self, settings: ServingSettings, paths: Sequence[str]
    ) -> ModelError | RefusedAdapterError:
        said = "\n".join(self._stderr)
        refused = _REFUSED_ADAPTER.search(said)
        if refused and refused[1] in paths:
            return RefusedAdapterError(Path(refused[1]).parent)
        return ModelError(
            f"llama.cpp could not load {settings.gguf}; install the model again, or set"
            f" MODEL to another one. It said:\n{said}"
        )

    async def _read_stderr(self) -> None:
        if self._process.stderr is not None:
            async for line in self._process.stderr:
                self._stderr.append(line.decode(errors="replace").rstrip()[:300])


def _private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="myna-"))  # mode 0700
    if len(str(_socket(folder)).encode()) > SOCKET_PATH_BYTES:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="myna-", dir="/tmp"))
    return folder


def _socket(folder: Path) -> Path:
    return folder / "llama.sock"


def _refusal(status: int, answer: str) -> EngineError:
    """Make an error of the server's answer, which may hold the request's words."""
    try:
        error = json.loads(answer)
        error = error.get("error", error)
        kind, read, limit = (
            error["type"],
            error.get("n_prompt_tokens"),
            error.get("n_ctx"),
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        kind, read, limit = "unreadable", None, None
    if kind == "exceed_context_size_error":
        return PromptTooLongError(
            f"That is too long: {read} tokens, and the model reads {limit}. Shorten it."
        )
    return EngineError(f"The model refused the request ({status}, {kind}).")
