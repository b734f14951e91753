"""The terminal as a platform: a script through a pipe, as a transcript or as JSON."""

import json
import re
from collections.abc import AsyncIterator
from typing import TextIO

from bot import terminal_phrases
from bot.outcome import Outcome, OutcomeKind
from bot.ports import Clock
from bot.session import Session
from bot.terminal_secrets import hidden
from learning.run import Progress

YOU = "you> "
MYNA = "myna> "
SECONDS_BETWEEN_PROGRESS = 10.0

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


async def chat_as_json(session: Session, lines: AsyncIterator[str], out: TextIO) -> int:
    """Print exactly one JSON object a line of input; return the exit code."""
    failed = False
    async for line in lines:
        outcome = await session.execute(line)
        write_json(outcome, out)
        failed = failed or not outcome.ok
        if outcome.kind is OutcomeKind.QUIT:
            break
    return int(failed)


async def chat_as_transcript(
    session: Session, lines: AsyncIterator[str], out: TextIO, clock: Clock
) -> int:
    """Print a plain transcript that repeats the input; return the exit code."""
    failed = False
    progress = ProgressLines(out, clock)
    async for line in lines:
        out.write(_speech(YOU, hidden(line)))
        out.flush()
        outcome = await session.execute(line, on_progress=progress.show)
        out.write(_speech(MYNA, said(outcome)))
        out.writelines(_speech(MYNA, notice) for notice in outcome.notices)
        out.flush()
        failed = failed or not outcome.ok
        if outcome.kind is OutcomeKind.QUIT:
            break
    return int(failed)


class ProgressLines:
    """Writes how far a run is, a line every few seconds at most."""

    def __init__(self, out: TextIO, clock: Clock) -> None:
        self._out = out
        self._clock = clock
        self._next = 0.0

    def show(self, progress: Progress) -> None:
        """Write one line, unless the last one was a moment ago."""
        now = self._clock.monotonic()
        if now < self._next:
            return
        self._next = now + SECONDS_BETWEEN_PROGRESS
        self._out.write(_speech(" " * len(MYNA), terminal_phrases.progress(progress)))
        self._out.flush()


def write_json(outcome: Outcome, out: TextIO) -> None:
    """Write one outcome as one line."""
    out.write(json.dumps(outcome.to_json(), ensure_ascii=False, default=str) + "\n")
    out.flush()


def said(outcome: Outcome) -> str:
    """Return what people read: the text, and after an answer who taught it."""
    if outcome.kind is OutcomeKind.ANSWER and outcome.source:
        return f"{outcome.text}   {outcome.source}"
    return outcome.text


def visible(text: str) -> str:
    """Drop control characters, so that no lesson can steer somebody's terminal."""
    return _CONTROL.sub("", text)


def _speech(speaker: str, text: str) -> str:
    """Indent the further lines of a text under its first."""
    indent = "\n" + " " * len(speaker)
    return speaker + indent.join(visible(text).split("\n")) + "\n"
