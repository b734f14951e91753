"""What Myna says of calls: before, instead of and after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.limit_phrases import wait
from bot.tool_card_phrases import reads
from learning import tool_text
from learning.tool_check import name_there
from learning.tool_json import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from learning.tool import Call, Tool
    from moderation.limits import Turn


def asks_first(tool: Tool, call: Call, host: str) -> str:
    other = shown(name_there(tool), tool_text.MOST_NAME)
    there = host if other == tool.name else f"{host}, called {other} there,"
    return (
        f"Shall I do this? {tool.name} at {there}{_with(call)}. It changes something"
        " there, so only you can confirm it."
    )


def name_taken(tool: Tool) -> str:
    return f"Another tool here is called {tool.name} already; choose another name."


def reaches(tool: Tool, host: str) -> str:
    changing = "may change something there" if tool.asks_first else reads(tool)
    return f"It calls {host} ({tool.endpoint.method}) and {changing}."


def left() -> str:
    return "I left it; nothing was called."


def no_such_call() -> str:
    return (
        "That call waits no longer: it was settled, is older than ten minutes, or I"
        " was restarted. Ask again."
    )


def not_your_call() -> str:
    return "Only the person who asked for it decides about that call."


def too_many_calls(of: Turn) -> str:
    return f"Those were many calls; try again in {wait(of.retry_after_seconds)}."


def too_many_calls_now() -> str:
    return "Those were many calls; confirm this one again in a minute."


def does_not_fit(problems: Sequence[str]) -> str:
    return f"That call does not fit: {' '.join(problems)} Write the call again."


def wrong_arguments(tool: Tool, problems: Sequence[str]) -> str:
    return (
        f"I would call {tool.name}, but I do not have what it needs:"
        f" {' '.join(problems)} Say it in other words, please."
    )


def failed(tool: Tool, reason: str, detail: str) -> str:
    said = f' It says: "{detail}"' if detail else ""
    return f"I called {tool.name}, and it did not work: {reason}{said}"


def withheld(tool: Tool) -> str:
    return (
        f"I called {tool.name}; what it answered did not pass the screen, so I keep"
        " that to myself."
    )


def not_called(tool: Tool, reason: str) -> str:
    return f"I did not call {tool.name}: {reason}"


def no_client() -> str:
    return "no tool is called here."


def nothing_answered(tool: Tool) -> str:
    return f"{tool.name} is done; it answered nothing."


def forgotten_meanwhile(tool: Tool) -> str:
    return f"{tool.name} was changed or forgotten meanwhile, so I did not call it."


def secret_stored(name: str, host: str) -> str:
    return f"Stored {name}, encrypted. It is sent to {host} only."


def secret_removed(name: str) -> str:
    return f"Removed {name}; tools that need it fail until it is set again."


def no_tools(host: str) -> str:
    return f"{host} offers no tools."


def _with(call: Call) -> str:
    said = ", ".join(f"{name}: {value}" for name, value in call.arguments.items())
    return f" with {said}" if said else ""
