"""Six tools of an invented community: examples, requests held out, ordinary messages.

The requests held out are worded by somebody who teaches nothing: in other words than
the examples and with other values.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.bench.tools.tasks import Case, ToolTask, text_of
from learning.errors import CommandError, LessonError
from learning.tool import Call, Tool, from_fields

FILE = Path(__file__).parent / "community.json"


def load(path: Path = FILE) -> ToolTask:
    """Read a community's tools with their examples and the requests held out.

    Raises CommandError saying what is wrong with another file than the shipped one.
    """
    try:
        return _task(json.loads(text_of(path)))
    except (ValueError, KeyError, TypeError, LessonError) as exc:
        raise CommandError(
            f"{path} is no community ({exc!r}). It is a JSON object with tools, each a "
            "tool, examples and held_out, and with near_misses and general messages."
        ) from exc


def _task(content: Mapping[str, Any]) -> ToolTask:
    """Build the task. Raises ValueError and others where something is off."""
    tools = [from_fields(each["tool"]) for each in content["tools"]]
    pairs = list(zip(tools, content["tools"], strict=True))
    messages = [content["near_misses"], content["general"]]
    if not all(isinstance(each, list) for each in messages):
        raise TypeError("messages are lists")
    task = ToolTask(
        name="community",
        tools=tuple(tools),
        train=_cases([(tool, each["examples"]) for tool, each in pairs]),
        test=_cases([(tool, each["held_out"]) for tool, each in pairs]),
        ordinary=tuple(itertools.chain.from_iterable(messages)),
    )
    if not task.test:
        raise ValueError("no request is held out")
    return task


def _cases(
    rows: Sequence[tuple[Tool, Sequence[Mapping[str, Any]]]],
) -> tuple[Case, ...]:
    every = [(tool, row) for tool, requests in rows for row in requests]
    for tool, row in every:
        if problems := tool.problems(row["arguments"]):
            raise ValueError(f"{row['request']!r}: {problems[0]}")
    return tuple(
        Case(row["request"], Call(tool.name, row["arguments"])) for tool, row in every
    )
