"""What every tool benchmark comes to: tools, requests with the right calls, a split."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from learning.errors import CommandError
from learning.tool import Call, Tool


@dataclass(frozen=True, slots=True)
class Case:
    """A request and the call that is right."""

    request: str
    call: Call | None
    """None: no tool is needed."""
    group: str = ""
    """What stands or falls together, such as the requests of one dialogue; empty where
    the case stands alone."""
    seen: bool = True
    """Whether its tool, or its kind, has examples in the train split."""
    kind: str = ""
    """What `few` counts examples by, where that is not the name of the tool."""


@dataclass(frozen=True, slots=True)
class ToolTask:
    """Tools, examples to teach them by, and requests that were held out."""

    name: str
    tools: tuple[Tool, ...]
    train: tuple[Case, ...]
    test: tuple[Case, ...]
    ordinary: tuple[str, ...] = ()
    """Messages that need no tool."""


def few(task: ToolTask, per_tool: int | None, seed: int = 0) -> ToolTask:
    """Keep so many examples a tool; None: all of them.

    The choice goes by a hash of the request, so it is stable, says nothing of the
    content, and with one seed two examples are among any eight.
    """
    if per_tool is None:
        return task
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in task.train:
        by_kind[_kind(case)].append(case)
    kept = {
        id(case)
        for cases in by_kind.values()
        for case in sorted(cases, key=lambda case: place(case.request, seed))[:per_tool]
    }
    train = tuple(case for case in task.train if id(case) in kept)
    taught = {_kind(case) for case in train}
    test = tuple(
        replace(case, seen=case.seen and _kind(case) in taught) for case in task.test
    )
    return replace(task, train=train, test=test)


def place(key: str, seed: int = 0) -> float:
    """Give a key its place from 0 to 1: evenly spread, the same on every machine."""
    digest = hashlib.sha256(f"{seed} {key}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def rows(path: Path, fields: Mapping[str, type]) -> list[Mapping[str, Any]]:
    """Read a file of JSON lines whose rows have these fields, of these types.

    Raises CommandError saying what is wrong with the file, and where.
    """
    lines = text_of(path).splitlines()
    found = [
        _row(line, f"{path}, line {number}", fields)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not found:
        raise CommandError(f"{path} is empty.")
    return found


def text_of(path: Path) -> str:
    """Read a file of a benchmark. Raises CommandError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise CommandError(f"{path} cannot be read ({exc.strerror}).") from exc
    except UnicodeDecodeError as exc:
        raise CommandError(f"{path} is no text in UTF-8: {exc}.") from exc


def _row(line: str, where: str, fields: Mapping[str, type]) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as exc:
        raise CommandError(f"{where} is no JSON: {exc}.") from exc
    for name, kind in fields.items():
        if not isinstance(row, dict) or not isinstance(row.get(name), kind):
            raise CommandError(
                f"{where}: it should have {name}, of type {kind.__name__}."
            )
    found: Mapping[str, Any] = row
    return found


def _kind(case: Case) -> str:
    return case.kind or (case.call.name if case.call else "")
