"""What each command of the command line does, on a real terminal or in a pipe."""

import asyncio
import io
import json
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TextIO

from bot import log, platforms, settings, terminal_phrases
from bot.check import encryption, find_faults
from bot.clock import SystemClock
from bot.opening import OnProgress, open_session, own
from bot.options import Options
from bot.schedule import Nights, Schedule
from bot.session import Session
from bot.settings import LogLevel, Settings
from bot.terminal_app import (
    ProgressLines,
    chat_as_json,
    chat_as_transcript,
    said,
    visible,
    write_json,
)
from bot.terminal_input import logical_lines, reader

TERMINATED = 143
"""What shells expect of a process that ended on SIGTERM."""


def chat(options: Options) -> int:
    """Talk, or carry out the script that is piped in."""
    return _run(_chat(options, _prepared(options, quiet=True)))


def one(options: Options, line: str) -> int:
    """Carry out one command of the chat's vocabulary."""
    return _run(_one(options, _prepared(options, quiet=True), line))


def run(options: Options, *, is_local: bool) -> int:
    """Serve the platforms and learn every night, until SIGTERM or Ctrl-C.

    Raises SettingsError where no platform is set up, unless it is to run locally.
    """
    loaded = _prepared(options, quiet=False)
    chosen = () if is_local else platforms.configured(loaded)
    return _run(_serve(loaded, chosen))


def check(options: Options) -> int:
    """Print a sentence for each fault; fail if there is any."""
    return _run(_check(options, _prepared(options, quiet=True)))


def preparing(stream: TextIO) -> OnProgress:
    """Show the model's one conversion: a line that fills up, or a few lines."""
    told = [-1]

    def show(fraction: float, what: str) -> None:
        percent = int(fraction * 100)
        if stream.isatty():
            end = "\n" if fraction >= 1 else ""
            stream.write(f"\r{what}: {percent} %{end}")
        elif percent // 25 > told[0] // 25:
            stream.write(f"{what}: {percent} %\n")
        told[0] = percent
        stream.flush()

    return show


async def _chat(options: Options, loaded: Settings) -> int:
    async with open_session(options, loaded, preparing(sys.stderr)) as session:
        if not options.json and sys.stdin.isatty() and sys.stdout.isatty():
            return await _interactive(options, session)
        lines = logical_lines(reader(sys.stdin))
        if options.json:
            return await chat_as_json(session, lines, sys.stdout)
        return await chat_as_transcript(session, lines, sys.stdout, SystemClock())


async def _interactive(options: Options, session: Session) -> int:
    # Imported here: a script in a pipe needs no line editor.
    from prompt_toolkit import PromptSession  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    from bot.terminal_interactive import (  # noqa: PLC0415
        CommandCompleter,
        InteractiveChat,
    )

    status = await session.execute("/status")
    waiting = status.extra.get("status", {}).get("waiting", 0)
    # The history is kept in memory only: a file would keep what was forgotten.
    prompt: PromptSession[str] = PromptSession(completer=CommandCompleter())
    chat = InteractiveChat(session, prompt, Console())
    return await chat.run(terminal_phrases.greeting(options.server, waiting))


async def _one(options: Options, loaded: Settings, line: str) -> int:
    async with open_session(options, loaded, preparing(sys.stderr)) as session:
        show = ProgressLines(sys.stderr, SystemClock()).show
        outcome = await session.execute(line, on_progress=show)
    if options.json:
        write_json(outcome, sys.stdout)
    else:
        stream = sys.stdout if outcome.ok else sys.stderr
        stream.write(visible(said(outcome)) + "\n")
    return int(not outcome.ok)


async def _serve(loaded: Settings, chosen: Sequence[platforms.Platform]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with own(loaded, preparing(sys.stderr)) as wired:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        schedule = Schedule(
            wired.core,
            database=wired.database,
            clock=wired.clock,
            nights=Nights(
                hour=loaded.nightly_hour,
                time_zone=loaded.time_zone,
                minimum_new_lessons=loaded.min_new_lessons,
                backups=wired.directory.backups,
                keep_backups=timedelta(days=loaded.backup_keep_days),
                keep=loaded.retention,
            ),
        )
        await schedule.start()
        told = terminal_phrases.serving([each.name for each in chosen])
        sys.stderr.write(f"{told}\n")
        serving = asyncio.ensure_future(platforms.serve(wired, chosen))
        stopped = asyncio.ensure_future(stop.wait())
        try:
            waiting = {serving, stopped} if chosen else {stopped}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            for task in (serving, stopped):
                task.cancel()
            await asyncio.gather(serving, stopped, return_exceptions=True)
            await schedule.close()
    return 0


async def _check(options: Options, loaded: Settings) -> int:
    faults = await find_faults(loaded, preparing(sys.stderr))
    if options.json:
        found = {"kind": "check", "ok": not faults, "faults": faults}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        in_order = terminal_phrases.in_order(str(loaded.data_dir))
        lines = faults or [in_order, encryption(loaded)]
        lines += terminal_phrases.permissions(loaded.training_permissions)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(bool(faults))


def _prepared(options: Options, *, quiet: bool) -> Settings:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # Odd bytes in a script, or a narrow locale, must not end a chat.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    loaded = settings.load(flags={"DATA_DIR": options.data_dir})
    level = loaded.log_level
    if quiet and "log_level" not in loaded.model_fields_set:
        # A chat shares its screen with the log: only what went wrong belongs there.
        level = LogLevel.WARNING
    log.configure(level=level, log_format=loaded.log_format)
    return loaded


def _run(work: Coroutine[None, None, int]) -> int:
    """Run to the end, or until SIGTERM or SIGHUP, and clean up in every case."""
    ended = False

    async def guarded() -> int:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def end() -> None:
            nonlocal ended
            ended = True
            task.cancel()

        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, end)
        with suppress(asyncio.CancelledError):
            return await task
        if not ended:
            raise asyncio.CancelledError
        return TERMINATED

    return asyncio.run(guarded())
