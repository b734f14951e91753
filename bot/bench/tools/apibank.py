"""API-Bank: dialogues, the API calls they need, and 101 APIs to choose from.

Li et al., 2023, arXiv:2304.08244. Its descriptions name parameters otherwise than its
calls do (`appointment_time` for `date`), so a tool has the parameters of the calls that
it is taught by, and those of its description where no call teaches it.
"""

import ast
import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.bench.tools.tasks import Case, ToolTask, place, rows, text_of
from learning.errors import CommandError
from learning.tool import Arguments, Call, Tool, from_fields

DATA = "tools/apibank_dev.jsonl"
APIS = "tools/apibank_apis.json"
"""The defaults, within the folder of development data."""
TRAIN_SHARE = 0.7
MOST_CHARS = 1000
"""Of a dialogue, the last turns that fit: as many calls have every argument in them
word for word (114 of 194) as in whole dialogues."""
MOST_RESULT_CHARS = 300
MOST_DESCRIPTION = 500
"""As many characters as a tool's description may have where people teach it."""

_FIELDS = {"dialogue": str, "history": list, "api_name": str, "param_dict": dict}
_NAME, _SIGNATURE = "类名", "input_parameters"
_PARAMETER = re.compile(r"(\w+)\s*:\s*([\w\[\]]+)")
_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}
_KINDS = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
}


def load(
    data: Path, apis: Path, *, seed: int = 0, eval_data: Path | None = None
) -> ToolTask:
    """Read the dialogues and split them; whole dialogues go to one side.

    With `eval_data` all of the first file is trained on and all of the second tested.
    Raises CommandError saying which file is off, and where; LessonError where a call
    has a parameter that no tool can have.
    """
    found = rows(data, _FIELDS)
    if eval_data is None:
        train = [row for row in found if place(row["dialogue"], seed) < TRAIN_SHARE]
        test = [row for row in found if place(row["dialogue"], seed) >= TRAIN_SHARE]
    else:
        train, test = found, rows(eval_data, _FIELDS)
    taught: dict[str, list[Arguments]] = defaultdict(list)
    for row in train:
        taught[row["api_name"]].append(row["param_dict"])
    tools = _tools(apis, taught)
    _refuse_unknown([*train, *test], tools, apis)
    return ToolTask(
        name="api-bank",
        tools=tools,
        train=tuple(_case(row, seen=True) for row in train),
        test=tuple(_case(row, seen=row["api_name"] in taught) for row in test),
    )


def rendered(history: Sequence[Mapping[str, str]], most_chars: int = MOST_CHARS) -> str:
    """Write a dialogue as chat history: its last turns, as many as fit."""
    kept: list[str] = []
    left = most_chars
    for turn in reversed(history):
        line = _line(turn)
        if len(line) > left:
            break
        kept.append(line)
        left -= len(line) + 1
    if not kept and history:
        return _line(history[-1])[-most_chars:]
    return "\n".join(reversed(kept))


def _line(turn: Mapping[str, str]) -> str:
    role, text = turn["role"], " ".join(turn["text"].split())
    return f"{role}: {_result(text) if role == 'API' else text}"


def _result(text: str) -> str:
    """Say what a call gave, and of what was called only the name."""
    try:
        called = json.loads(text)
        name, output = called["api_name"], called["output"]
    except (ValueError, TypeError, KeyError):
        return text[:MOST_RESULT_CHARS]
    given = json.dumps(output, ensure_ascii=False)
    return f"{name} gave {given}"[:MOST_RESULT_CHARS]


def _case(row: Mapping[str, Any], *, seen: bool) -> Case:
    for turn in row["history"]:
        if not isinstance(turn, dict) or not all(
            isinstance(turn.get(name), str) for name in ("role", "text")
        ):
            raise CommandError(f"{row['dialogue']}: a turn should have role and text.")
    return Case(
        request=rendered(row["history"]),
        call=Call(row["api_name"], row["param_dict"]),
        group=row["dialogue"],
        seen=seen,
    )


def _tools(path: Path, taught: Mapping[str, Sequence[Arguments]]) -> tuple[Tool, ...]:
    try:
        described = json.loads(text_of(path))
    except ValueError as exc:
        raise CommandError(f"{path} is no JSON: {exc}.") from exc
    if not isinstance(described, list):
        raise CommandError(f"{path} should be a list of APIs.")
    for number, each in enumerate(described, 1):
        if not isinstance(each, dict) or not isinstance(each.get(_NAME), str):
            raise CommandError(
                f"{path}, API {number}: it should have {_NAME}, its name."
            )
    return tuple(_tool(each, taught.get(each[_NAME], ())) for each in described)


def _tool(api: Mapping[str, Any], calls: Sequence[Arguments]) -> Tool:
    told = _told(str(api.get("api_info", "")))
    documented = told.get("input_parameters")
    details = documented if isinstance(documented, dict) else {}
    types = dict(_PARAMETER.findall(str(api.get(_SIGNATURE, ""))))
    kinds = _kinds(calls) if calls else {n: _kind(t) for n, t in types.items()}
    required = [name for name in kinds if all(name in call for call in calls)]
    return from_fields(
        {
            "name": api[_NAME],
            "description": textwrap.shorten(
                str(told.get("description") or _words(api[_NAME])),
                MOST_DESCRIPTION,
                placeholder="...",
            ),
            "parameters": {
                "type": "object",
                "properties": {
                    name: {"type": kind} | _description(details.get(name))
                    for name, kind in kinds.items()
                },
                "required": required,
            },
            "endpoint": {
                "method": "POST",
                "url": f"https://apibank.example.org/{api[_NAME]}",
            },
        }
    )


def _told(info: str) -> Mapping[str, Any]:
    """Read what an API's description assigns, each where it can be read."""
    try:
        statements = ast.parse(info).body
    except SyntaxError:
        return {}
    told = {}
    for each in statements:
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            try:
                told[each.targets[0].id] = ast.literal_eval(each.value)
            except ValueError:
                continue
    return told


def _kinds(calls: Sequence[Arguments]) -> dict[str, str]:
    """Return the JSON type of every parameter that calls use; text where they differ."""
    found: dict[str, set[str]] = {}
    for call in calls:
        for name, value in call.items():
            kind = _KINDS.get(type(value), "object")
            found.setdefault(name, set()).add(kind)
    return {
        name: kinds.pop() if len(kinds) == 1 else "string"
        for name, kinds in found.items()
    }


def _kind(written: str) -> str:
    return "array" if written.startswith("List") else _TYPES.get(written, "string")


def _description(detail: object) -> dict[str, str]:
    said = detail.get("description") if isinstance(detail, dict) else None
    return {"description": said} if isinstance(said, str) else {}


def _words(name: str) -> str:
    """Turn ImageCaption into a description of last resort."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize() + "."


def _refuse_unknown(
    found: Sequence[Mapping[str, Any]], tools: Sequence[Tool], path: Path
) -> None:
    known = {tool.name for tool in tools}
    unknown = sorted({row["api_name"] for row in found} - known)
    if unknown:
        raise CommandError(f"{path} does not describe {', '.join(unknown)}.")
