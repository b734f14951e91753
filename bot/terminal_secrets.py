"""Secrets at the terminal: asked for where nobody sees them, and never repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import terminal_phrases
from bot.commands import parse
from bot.vocabulary import SetSecret
from learning.errors import CommandError

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

HIDDEN = "****"
_SECRET = re.compile(r"\s*/secret\b", re.IGNORECASE)


def hidden(line: str) -> str:
    """Return a line as it may be repeated, without the value of a secret.

    Of a command that is off, anything may be the value.
    """
    if not _SECRET.match(line):
        return line
    try:
        command = parse(line)
    except CommandError:
        return f"/secret {HIDDEN}"
    if isinstance(command, SetSecret) and command.value:
        return f"/secret {command.name} {command.host} {HIDDEN}"
    return line


async def completed(line: str, prompt: PromptSession[str]) -> str:
    """Return a line with the value of its secret, asked for without an echo.

    Raises EOFError or KeyboardInterrupt where nobody wants to give it.
    """
    try:
        command = parse(line)
    except CommandError:
        return line
    if not isinstance(command, SetSecret) or command.value:
        return line
    value = await _unseen(prompt).prompt_async(terminal_phrases.value_of(command.name))
    return f"/secret {command.name} {command.host} {value}"


def _unseen(prompt: PromptSession[str]) -> PromptSession[str]:
    """Return a prompt beside the usual one: no echo, no completion, no history.

    The usual one would remember a password like any other line (prompt_toolkit 3,
    Buffer.append_to_history).
    """
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - pipes need no editor
    from prompt_toolkit.history import DummyHistory  # noqa: PLC0415

    return PromptSession(
        history=DummyHistory(),
        is_password=True,
        input=prompt.app.input,
        output=prompt.app.output,
    )
