"""A tool's parameters as a Python-style signature: read, never run, and written."""

import ast
import json
import re
import textwrap
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learning import tool_json
from learning.errors import LessonError
from learning.tool import Call, Tool

MOST_CHARS = 4000
HOW = 'Write it like server_status(region: "eu" | "us", detail: bool = False).'
TYPES: Mapping[str, Mapping[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
    "dict": {"type": "object", "additionalProperties": True},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
_LISTS = frozenset({"list", "List", "Sequence", "Iterable"})
_WRITTEN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict",
}
_LOOKS = re.compile(r"\s*(?:async\s+)?(?:def\s+)?[A-Za-z_]\w*\s*\(")
_NONE: Mapping[str, Any] = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says of a tool."""

    name: str
    parameters: Mapping[str, Any]
    description: str
    """The first paragraph of its docstring; empty without one."""


def looks_like_signature(text: str) -> bool:
    """Say whether a text begins like `name(`."""
    return _LOOKS.match(text) is not None


def read(text: str) -> Signature:
    """Read a signature, with `def` and a docstring or without. Raises LessonError."""
    function = _parsed(text)
    arguments = function.args
    if arguments.vararg or arguments.kwarg:
        raise LessonError(f"A tool has no *args or **kwargs. {HOW}")
    if any(not _says_nothing(each) for each in function.body):
        raise LessonError(f"Leave out the code: only its first line is read. {HOW}")
    plain = [*arguments.posonlyargs, *arguments.args]
    given = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    every = [*zip(plain, given, strict=True)]
    every += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    properties, required = {}, []
    for argument, default in every:
        schema, is_needed = _parameter(argument, default)
        properties[argument.arg] = schema
        required += [argument.arg] if is_needed else []
    first, *_ = (ast.get_docstring(function) or "").split("\n\n")
    schema = {"type": "object", "properties": properties}
    return Signature(
        function.name,
        schema | ({"required": required} if required else {}),
        " ".join(first.split()),
    )


def read_type(text: str) -> tuple[dict[str, Any], bool]:
    """Read an annotation: its schema, and whether None may stand for it.

    Raises LessonError.
    """
    if len(text) > MOST_CHARS:
        raise LessonError(f"A type has at most {MOST_CHARS:,} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes, which people get wrong
            node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        raise LessonError(f"A type is one of {', '.join(TYPES)}. {HOW}") from exc
    return _schema(node)


def written(tool: Tool) -> str:
    """Write a tool as its signature, for people and prompts."""
    order = sorted(tool.properties, key=lambda name: name not in tool.required)
    shown = (_written_parameter(tool, name) for name in order)
    return f"{tool.name}({', '.join(shown)})"


def called(call: Call) -> str:
    """Write a call as people write it: `server_status(region="eu")`."""
    shown = (
        f"{name}={json.dumps(value, ensure_ascii=False)}"
        for name, value in call.arguments.items()
    )
    return f"{call.name}({', '.join(shown)})"


def _parsed(text: str) -> ast.FunctionDef:
    if len(text) > MOST_CHARS:
        raise LessonError(f"A signature has at most {MOST_CHARS:,} characters.")
    first, newline, rest = text.strip().partition("\n")
    first = re.sub(r"^(?:async\s+)?(?:def\s+)?", "def ", first)
    source = first + newline + textwrap.indent(textwrap.dedent(rest), "    ")
    for ending in ("", " ...", ": ..."):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of escapes, which people get wrong
                body = ast.parse(source + ending).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if len(body) == 1 and isinstance(body[0], ast.FunctionDef):
            return body[0]
    raise LessonError(f"This signature cannot be read. {HOW}")


def _says_nothing(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring, an ellipsis or `pass`."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _parameter(
    argument: ast.arg, default: ast.expr | None
) -> tuple[dict[str, Any], bool]:
    """Return a parameter's schema, and whether a call needs it."""
    value = None if default is None else _value(default)
    if argument.annotation is not None:
        schema, may_be_none = _schema(argument.annotation)
    else:
        schema, may_be_none = _schema_of(value), False
    if value is not None:
        schema = {**schema, "default": value}
    return schema, default is None and not may_be_none


def _schema_of(value: object) -> dict[str, Any]:
    name = type(value).__name__
    return dict(TYPES.get(name, TYPES["str"]))


def _schema(node: ast.expr) -> tuple[dict[str, Any], bool]:
    """Return an annotation's schema, and whether None may stand for it."""
    described = ""
    if isinstance(node, ast.Subscript) and _named(node.value) == "Annotated":
        node, *said = _inside(node)
        for each in said:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                described = " ".join(each.value.split())
    found = _alternatives(node)
    kinds = [each for each in found if each != _NONE]
    if len(kinds) > 1 and all("enum" in each for each in kinds):
        kinds = [_choice([each for kind in kinds for each in kind["enum"]])]
    if len(kinds) != 1:
        raise LessonError(f"A parameter is of one type. {HOW}")
    schema = {**kinds[0]} | ({"description": described} if described else {})
    return schema, _NONE in found


def _alternatives(node: ast.expr) -> list[Mapping[str, Any]]:
    """Return what `X | Y`, Union and Optional allow, each as a schema."""
    found: list[Mapping[str, Any]] = []
    # `a | b | c` leans to the left; a loop needs no deep stack for a long one.
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        found = [*_alternative(node.right), *found]
        node = node.left
    return [*_alternative(node), *found]


def _alternative(node: ast.expr) -> list[Mapping[str, Any]]:
    if isinstance(node, ast.Constant) and node.value is None:
        return [_NONE]
    if isinstance(node, ast.Constant | ast.UnaryOp):
        return [_choice([_value(node)])]
    name = _named(node)
    if name in TYPES:
        return [TYPES[name]]
    if name in _LISTS:
        return [TYPES["list"]]
    if isinstance(node, ast.Subscript):
        return _subscripted(_named(node.value), _inside(node))
    raise LessonError(f"A type is one of {', '.join(TYPES)} or a choice. {HOW}")


def _subscripted(name: str, inside: list[ast.expr]) -> list[Mapping[str, Any]]:
    if name == "Literal":
        return [_choice([_value(each) for each in inside])]
    if name in ("Optional", "Union"):
        kinds = [kind for each in inside for kind in _alternatives(each)]
        return [*kinds, _NONE] if name == "Optional" else kinds
    if name in _LISTS and len(inside) == 1:
        items, may_be_none = _schema(inside[0])
        if not may_be_none:
            return [{"type": "array", "items": items}]
    if name in ("dict", "Dict"):
        return [TYPES["dict"]]
    raise LessonError(f"A type is one of {', '.join(TYPES)} or a choice. {HOW}")


def _inside(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _named(node: ast.expr) -> str:
    """Return a type's own name: `typing.Literal` is `Literal`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _choice(values: list[Any]) -> dict[str, Any]:
    """Return the schema of one of some values. Raises LessonError."""
    values = list({json.dumps(each): each for each in values}.values())
    kinds = {_schema_of(each)["type"] for each in values}
    if not values or not kinds <= {"string", "integer", "number"} or len(kinds) > 1:
        raise LessonError(f"Choose among texts, or among numbers. {HOW}")
    return {"type": kinds.pop(), "enum": values}


def _value(node: ast.expr) -> Any:
    """Return a constant, a negative number or a list of them. Raises LessonError."""
    if isinstance(node, ast.Constant) and isinstance(
        node.value, str | int | float | None
    ):
        return tool_json.plain(node.value)
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and type(node.operand.value) in (int, float)
    ):
        return -tool_json.plain(node.operand.value)
    if isinstance(node, ast.List):
        return [_value(each) for each in node.elts]
    raise LessonError(f"A default is a text, a number, True or False. {HOW}")


def _written_parameter(tool: Tool, name: str) -> str:
    schema = tool.properties[name]
    kind = f"{name}: {_written_type(schema)}"
    if "default" in schema:
        return f"{kind} = {_written_value(schema['default'])}"
    return kind if name in tool.required else f"{kind} = None"


def _written_type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(_written_value, schema["enum"]))
    kind = schema.get("type", "any")
    if kind == "array":
        inner = schema.get("items", {})
        return f"list[{_written_type(inner)}]" if inner else "list"
    if kind == "string" and schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "datetime"
    return _WRITTEN.get(kind, str(kind))


def _written_value(value: Any) -> str:
    """Write a value as Python does, with the quotes of JSON."""
    if isinstance(value, bool | None):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
