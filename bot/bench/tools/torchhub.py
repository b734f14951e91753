"""TorchHub of APIBench: instructions, and the one call of `torch.hub.load` they need.

Patil et al., 2023, arXiv:2305.15334 (Gorilla). All calls are of one tool, whose
repository and model are among those of the list; what it is taught by is counted by
call, and not by tool.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bench.tools.normalised import same
from bot.bench.tools.tasks import Case, ToolTask, place, rows
from learning.errors import CommandError
from learning.tool import Call, Tool, from_fields

DATA = "tools/torchhub_train.jsonl"
"""The default, within the folder of development data."""
NAME = "torch.hub.load"
TRAIN_SHARE = 0.8
MAIN = ("repo_or_dir", "model")
"""The arguments that say what is loaded."""

_FIELDS = {"instruction": str, "api_call": str, "domain": str, "description": str}
_CALL = re.compile(r"\s*torch\.hub\.load\s*\((.*)\)\s*", re.DOTALL)
_KEYWORD = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)", re.DOTALL)
_TYPES = {bool: "boolean", int: "integer", float: "number"}
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Api:
    """One call of the list, and what it is for."""

    call: Call
    domain: str
    functionality: str
    description: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Gorilla's rule says of a call."""

    correct: bool
    """It is in the list, in the domain that was asked for."""
    invented: bool
    """It is nowhere in the list; Gorilla calls it a hallucination."""


def load(data: Path, *, seed: int = 0, eval_data: Path | None = None) -> ToolTask:
    """Read the instructions and split them by a hash of their words.

    With `eval_data` all of the first file is trained on and all of the second tested.
    Raises CommandError saying which file is off, and where.
    """
    found = [_case(row) for row in rows(data, _FIELDS)]
    if eval_data is None:
        train = [case for case in found if place(case.request, seed) < TRAIN_SHARE]
        test = [case for case in found if place(case.request, seed) >= TRAIN_SHARE]
    else:
        train, test = found, [_case(row) for row in rows(eval_data, _FIELDS)]
    taught = {case.kind for case in train}
    return ToolTask(
        name="torchhub",
        tools=(_tool([case.call for case in (*train, *test) if case.call]),),
        train=tuple(train),
        test=tuple(
            Case(case.request, case.call, seen=case.kind in taught, kind=case.kind)
            for case in test
        ),
    )


def apis(*paths: Path) -> tuple[Api, ...]:
    """Return every call of these files once. Raises CommandError as `load` does."""
    found: dict[str, Api] = {}
    for row in (row for path in paths for row in rows(path, _FIELDS)):
        call = _read(row)
        api = Api(call, row["domain"], row.get("functionality", ""), row["description"])
        found.setdefault(call.text, api)
    return tuple(found.values())


def gorilla(said: Call, expected: Call, known: Sequence[Api]) -> Verdict:
    """Judge a call by Gorilla's published rule (its eval-scripts/ast_eval_th.py).

    A call is one of the list if it calls the same function and its arguments contain
    that one's repository and model; it is correct if the domain is that of the expected
    call, which may be another model. Where several of the list fit, as `resnet50` and
    `wide_resnet50_2` both do, Gorilla takes the first and this the most specific, so
    that nothing hangs on the order of a file. Raises ValueError where the expected
    call is not in the list.
    """
    asked = next((api.domain for api in known if same(api.call, expected)), None)
    if asked is None:
        raise ValueError(f"{expected.text} is not in the list.")
    fitting = [api for api in known if _fits(said, api.call)]
    if not fitting:
        return Verdict(correct=False, invented=True)
    best = max(fitting, key=lambda api: sum(map(len, _checked(api.call))))
    return Verdict(correct=best.domain == asked, invented=False)


def call_of(text: str) -> Call | None:
    """Read a call that is written in Python; None where it is none.

    The list has calls that Python itself refuses (a positional argument after a named
    one), so arguments are told apart by their commas. A positional one is the
    repository, where that is not named, and then the model; what more there is, is
    called `entry`. What is no literal stays as it is written.
    """
    found = _CALL.fullmatch(text)
    if not found:
        return None
    arguments: dict[str, Any] = {}
    bare: list[Any] = []
    for part in _parts(found[1]):
        keyword = _KEYWORD.fullmatch(part)
        if keyword:
            arguments[keyword[1]] = _value(keyword[2])
        elif part.startswith("**") and isinstance(more := _value(part[2:]), dict):
            arguments |= {str(name): value for name, value in more.items()}
        else:
            bare.append(_value(part))
    free = [name for name in (*MAIN, "entry") if name not in arguments]
    arguments |= dict(zip(free, bare, strict=False))
    return Call(NAME, {n: arguments[n] for n in (*MAIN, *arguments) if n in arguments})


def _fits(said: Call, listed: Call) -> bool:
    given = [str(value) for value in said.arguments.values()]
    return said.name == listed.name and all(
        any(value in each for each in given) for value in _checked(listed)
    )


def _checked(call: Call) -> list[str]:
    """Return the values that Gorilla's rule looks for: `model_math` is one, too."""
    return [
        str(value)
        for name, value in call.arguments.items()
        if "repo_or_dir" in name or "model" in name
    ]


def _case(row: Mapping[str, Any]) -> Case:
    call = _read(row)
    return Case(row["instruction"].strip().strip('"').strip(), call, kind=call.text)


def _read(row: Mapping[str, Any]) -> Call:
    call = call_of(row["api_call"])
    if call is None:
        raise CommandError(f"{row['api_call']!r} is no call of {NAME}.")
    return call


def _parts(text: str) -> list[str]:
    """Cut at the commas that stand in no quotes and no brackets."""
    parts, current, closing, quote = [], "", [], ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _PAIRS:
            closing.append(_PAIRS[character])
        elif closing and character == closing[-1]:
            closing.pop()
        if character == "," and not quote and not closing:
            parts.append(current)
            current = ""
        else:
            current += character
    return [part.strip() for part in (*parts, current) if part.strip()]


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text.strip()


def _tool(calls: Iterable[Call]) -> Tool:
    values: dict[str, list[Any]] = {}
    for call in calls:
        for name, value in call.arguments.items():
            values.setdefault(name, []).append(value)
    return from_fields(
        {
            "name": NAME,
            "description": "Loads a pretrained model of PyTorch Hub that does a task.",
            "parameters": {
                "type": "object",
                "properties": {name: _schema(name, of) for name, of in values.items()},
                "required": ["repo_or_dir"],
            },
            "endpoint": {"method": "POST", "url": "https://torchhub.example.org/load"},
        }
    )


def _schema(name: str, values: Sequence[Any]) -> dict[str, Any]:
    if name in MAIN:
        return {"enum": sorted({str(value) for value in values})}
    kinds = {_TYPES.get(type(value), "string") for value in values}
    return {"type": kinds.pop() if len(kinds) == 1 else "string"}
