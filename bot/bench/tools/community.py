"""Six tools of an invented community: examples, requests held out, ordinary messages.

The requests held out are worded by somebody who teaches nothing: in other words than
the examples and with other values.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.bench.tools.tasks import Case, ToolTask
from learning.tool import Call, Tool, from_fields

FILE = Path(__file__).parent / "community.json"


def load() -> ToolTask:
    """Read the community's tools: 8 examples and 10 requests held out for each."""
    content = _content()
    tools = [from_fields(each["tool"]) for each in content["tools"]]
    pairs = list(zip(tools, content["tools"], strict=True))
    return ToolTask(
        name="community",
        tools=tuple(tools),
        train=_cases([(tool, each["examples"]) for tool, each in pairs]),
        test=_cases([(tool, each["held_out"]) for tool, each in pairs]),
        ordinary=(*near_misses(), *general()),
    )


def near_misses() -> tuple[str, ...]:
    """Return messages about servers, tickets and so on that ask for no call."""
    return tuple(_content()["near_misses"])


def general() -> tuple[str, ...]:
    """Return general questions and small talk, as people send them to a bot."""
    return tuple(_content()["general"])


def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def _cases(
    rows: Sequence[tuple[Tool, Sequence[Mapping[str, Any]]]],
) -> tuple[Case, ...]:
    return tuple(
        Case(row["request"], Call(tool.name, row["arguments"]))
        for tool, requests in rows
        for row in requests
    )
