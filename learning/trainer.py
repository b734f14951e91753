"""Starts a training run as a subprocess, and watches it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from learning.child_environment import child_environment
from learning.errors import DiskFullError, RunError, RunKilledError
from learning.run import Progress, RunResult, RunStatus, load_result, load_spec, verify

NICE = 19
AUTOGROUP = Path("/proc/self/autogroup")
GRACE_SECONDS = 10
LAST_LINES = 3


class LocalTrainer:
    """Trains on this machine, one niced subprocess a run."""

    def __init__(self, *, timeout_seconds: float, rows_key: str = "") -> None:
        self._timeout_seconds = timeout_seconds
        self._rows_key = rows_key

    async def train(
        self, run: Path, *, on_progress: Callable[[Progress], None]
    ) -> RunResult:
        """Train the run in its directory; cancelling stops the subprocess.

        Raises RunKilledError where it died, DiskFullError or RunError otherwise.
        """
        threads = str(load_spec(run).threads)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "learning.train",
            str(run),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment(
                OMP_NUM_THREADS=threads,
                # Spinning waits slowed a trainer beside a server 25 times, and the
                # server too (docs/LOG.md). Set here, never in the server.
                OMP_WAIT_POLICY="PASSIVE",
                HF_HUB_OFFLINE="1",
                TOKENIZERS_PARALLELISM="false",
            ),
            preexec_fn=_niced,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                _, stderr, _ = await asyncio.gather(
                    _tell(process, self._rows_key),
                    _tail(process),
                    _watch(process, on_progress),
                )
                code = await process.wait()
        except TimeoutError as exc:
            raise RunError(
                f"Training took longer than {self._timeout_seconds:.0f} seconds and"
                " was stopped; raise RUN_TIMEOUT_SECONDS or teach less at once."
            ) from exc
        finally:
            await _stop(process)
        return _outcome(run, code, stderr)


def _outcome(run: Path, code: int, stderr: str) -> RunResult:
    if code < 0:
        name = signal.Signals(-code).name
        raise RunKilledError(f"The trainer was killed ({name}); learn again.")
    told = (run / "result.json").is_file()
    result = load_result(run) if told else None
    if result is None or (code and result.status is RunStatus.DONE):
        if "No space left on device" in stderr:
            raise DiskFullError("The disk is full; free some space and learn again.")
        raise RunError(f"The trainer failed with code {code}: {stderr}")
    if result.status is RunStatus.DISK_FULL:
        raise DiskFullError("The disk is full; free some space and learn again.")
    if result.status is RunStatus.OUT_OF_MEMORY:
        raise RunError(
            "The trainer ran out of memory; use a smaller MODEL or teach less at once."
        )
    if result.status is RunStatus.CANCELLED:
        raise RunKilledError("The trainer was told to stop; learn again.")
    verify(run)
    return result


async def _tell(process: asyncio.subprocess.Process, rows_key: str) -> None:
    """Hand over the key; others may see a process's arguments, and its children its
    environment.
    """
    stdin = process.stdin
    assert stdin is not None  # noqa: S101
    with contextlib.suppress(ConnectionError):  # it has died, which its code tells
        stdin.write(f"{rows_key}\n".encode())
        await stdin.drain()
    stdin.close()
    with contextlib.suppress(ConnectionError):
        await stdin.wait_closed()


async def _watch(
    process: asyncio.subprocess.Process, on_progress: Callable[[Progress], None]
) -> None:
    assert process.stdout is not None  # noqa: S101
    async for line in process.stdout:
        try:
            said = json.loads(line)
            progress = Progress(
                "training",
                done=said["step"],
                total=said["steps"],
                loss=said["loss"],
                seconds_left=said["seconds_left"],
            )
        except (ValueError, KeyError, TypeError):  # a library printed something
            continue
        on_progress(progress)


async def _tail(process: asyncio.subprocess.Process) -> str:
    """Return the last lines that the trainer wrote to its standard error."""
    assert process.stderr is not None  # noqa: S101
    lines: list[str] = []
    async for line in process.stderr:
        lines = [*lines, line.decode(errors="replace").strip()][-LAST_LINES:]
    return " ".join(lines)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _niced() -> None:
    """Let everything else go first, in the child before it becomes the trainer."""
    os.nice(NICE)
    # Where the kernel groups processes by session, niceness counts only within the
    # trainer's own group, and this is what makes the group itself yield (sched(7)).
    with contextlib.suppress(OSError):
        AUTOGROUP.write_text(str(NICE))
