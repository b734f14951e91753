"""A tool: what it is called, what it needs, where it is, and what a call looks like.

A tool is a lesson of its own kind. The lesson's text is the tool as JSON, and its
examples are requests with the right calls:

```
{"name": "server_status",
 "description": "Says whether a game server is up and how many people play on it.",
 "parameters": {"type": "object", "required": ["region"],
                "properties": {"region": {"type": "string", "enum": ["eu", "us"]}}},
 "endpoint": {"method": "GET", "url": "https://status.example.org/{region}",
              "headers": {"Authorization": "Bearer {secret:STATUS_KEY}"}},
 "answer": "{region}: {players} people play there.",
 "confirm": false}
```

A call is always written `{"name": "server_status", "arguments": {"region": "eu"}}`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from learning.errors import LessonError
from learning.lesson import Lesson, LessonKind

MOST_PARAMETERS = 16
MOST_NAME = 64
MOST_NAMED = 12
"""Choices that somebody is told who has to name one."""
MOST_SCHEMA_CHARS = 8000
SAFE_METHODS = frozenset({"GET", "HEAD"})
"""What by HTTP's own definition changes nothing (RFC 9110, 9.2.1)."""
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*")
_CALL = re.compile(r"^\s*\{\s*\"name\"\s*:")
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a call goes: an HTTP request, or a tool of an MCP server."""

    method: str
    """`GET`, `POST` and so on, or `MCP`."""
    url: str
    """The address; `{parameter}` stands for an argument, in path or query only."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Values may hold `{secret:NAME}`, which admins store and nobody is shown."""
    body: str = "json"
    """How arguments that the address does not name are sent, where the method has a
    body: `json` or `form`; `none` sends them in the query, as other methods do."""

    @property
    def is_mcp(self) -> bool:
        return self.method == "MCP"

    @property
    def changes_something(self) -> bool:
        """Whether its method says so; of an MCP server's tools, `confirm` alone does."""
        return not self.is_mcp and self.method not in SAFE_METHODS


@dataclass(frozen=True, slots=True)
class Tool:
    """What a community taught Myna to call."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """A JSON Schema of type `object`."""
    endpoint: Endpoint
    answer: str = ""
    """What to say: `{field}` stands for a value of the JSON that came back, dots lead
    inside. Empty shows it as it is."""
    confirm: bool = False
    """Whether the person is asked first, whatever the method is."""

    @property
    def asks_first(self) -> bool:
        """Whether the person who asked has to confirm each call."""
        return self.confirm or self.endpoint.changes_something

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        """The schema of each parameter, in the order they were written."""
        properties: Mapping[str, Mapping[str, Any]] = self.parameters["properties"]
        return properties

    @property
    def required(self) -> Sequence[str]:
        required: Sequence[str] = self.parameters.get("required", ())
        return required

    @property
    def text(self) -> str:
        """The tool as the text of a lesson: JSON, the same for the same tool."""
        endpoint = {"method": self.endpoint.method, "url": self.endpoint.url}
        fields: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
            "endpoint": endpoint
            | (
                {"headers": dict(self.endpoint.headers)}
                if self.endpoint.headers
                else {}
            )
            | ({"body": self.endpoint.body} if self.endpoint.body != "json" else {}),
        }
        fields |= {"answer": self.answer} if self.answer else {}
        if self.confirm or self.endpoint.is_mcp:
            fields["confirm"] = self.confirm
        return json.dumps(fields, ensure_ascii=False)

    def problems(self, arguments: Arguments) -> tuple[str, ...]:
        """Say what is wrong with arguments, a sentence each; nothing where they fit."""
        errors = sorted(_validator(self.parameters).iter_errors(arguments), key=str)
        return tuple(dict.fromkeys(map(_explained, errors)))

    def missing(self, arguments: Arguments) -> tuple[str, ...]:
        """Name the parameters that a call needs and does not give."""
        return tuple(name for name in self.required if name not in arguments)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool's name and what it is called with."""

    name: str
    arguments: Arguments = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The call in the one syntax that the model is trained on."""
        fields = {"name": self.name, "arguments": dict(self.arguments)}
        return json.dumps(fields, ensure_ascii=False)


def looks_like_call(text: str) -> bool:
    """Say whether a model began to write a call rather than an answer."""
    return _CALL.match(text) is not None


def parse_call(text: str) -> Call | None:
    """Read what a model wrote; None where it is no call in the one syntax.

    Whatever follows the closing brace is left out: a small model may ramble on.
    """
    text = text.strip()
    if not looks_like_call(text):
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    name, arguments = found.get("name"), found.get("arguments", {})
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return None
    return Call(name, arguments)


def tool_of(lesson: Lesson) -> Tool:
    """Return the tool that a lesson teaches. Raises LessonError."""
    return parse(lesson.text)


def calls_of(lesson: Lesson) -> tuple[tuple[str, Call], ...]:
    """Return a tool's example requests, each with its call. Raises LessonError."""
    found = []
    for request, written in lesson.examples:
        call = parse_call(written)
        if call is None:
            raise LessonError(f"{written!r} is no call.")
        found.append((request, call))
    return tuple(found)


def missing_question(tool: Tool, name: str) -> str:
    """Ask for a parameter that a request lacks, in its own words."""
    asked = re.sub(r"[_.\-]+", " ", name)
    told = str(tool.properties[name].get("description", "")).strip().rstrip(".")
    allowed = tool.properties[name].get("enum")
    if allowed:
        told = ", ".join(str(each) for each in allowed[:MOST_NAMED])
        told += ", ..." if len(allowed) > MOST_NAMED else ""
    return f"Which {asked}?" + (f" ({told})" if told else "")


def spoken_name(name: str) -> str:
    """Read a tool's name as words: `server_status`, `ServerStatus` -> `server status`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[_.\-\s]+", " ", apart).strip().lower()


def is_tool(lesson: Lesson) -> bool:
    """Say whether a lesson teaches a tool."""
    return lesson.kind is LessonKind.TOOL


def parse(text: str) -> Tool:
    """Read a tool from its JSON. Raises LessonError saying what is off."""
    try:
        fields = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        raise LessonError(
            f"A tool is written as JSON, and this is none: {exc}."
        ) from exc
    return from_fields(fields)


def from_fields(fields: object) -> Tool:
    """Check and build a tool. Raises LessonError saying what is off."""
    if not isinstance(fields, dict):
        raise LessonError("A tool is a JSON object with a name, parameters and so on.")
    unknown = set(fields) - {
        "name",
        "description",
        "parameters",
        "endpoint",
        "answer",
        "confirm",
    }
    if unknown:
        raise LessonError(f"A tool has no {', '.join(sorted(map(str, unknown)))}.")
    name, description = fields.get("name"), fields.get("description")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > MOST_NAME:
        raise LessonError(
            f"A tool's name is one word of at most {MOST_NAME} letters, digits and"
            " underscores, such as server_status."
        )
    if not isinstance(description, str) or not description.strip():
        raise LessonError(f"Say in a sentence what {name} does: its description.")
    answer = fields.get("answer", "")
    if not isinstance(answer, str) or not isinstance(
        fields.get("confirm", False), bool
    ):
        raise LessonError("A tool's answer is a text, and confirm is true or false.")
    endpoint = _endpoint(fields.get("endpoint"))
    return Tool(
        name=name,
        description=" ".join(description.split()),
        parameters=_parameters(fields.get("parameters", {})),
        endpoint=endpoint,
        answer=answer.strip(),
        # An MCP server's tool says nothing by its method: ask where nobody says not to.
        confirm=fields.get("confirm", endpoint.is_mcp),
    )


def _refuse(constant: str) -> None:
    """NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(f"{constant} is no number")


def _parameters(given: object) -> Mapping[str, Any]:
    """Check a JSON Schema; what is not an object's is refused. Raises LessonError."""
    if not isinstance(given, dict):
        raise LessonError("A tool's parameters are a JSON Schema: an object.")
    schema: dict[str, Any] = {"type": "object", "properties": {}} | given
    written = json.dumps(schema)
    if len(written) > MOST_SCHEMA_CHARS:
        raise LessonError(
            f"The parameters' schema has {len(written):,} characters;"
            f" {MOST_SCHEMA_CHARS:,} are the most."
        )
    if '"$ref"' in written or '"$dynamicRef"' in written:
        raise LessonError("Write the parameters' schema out: $ref is not followed.")
    try:
        Draft202012Validator.check_schema(schema)
    except (SchemaError, RecursionError) as exc:
        reason = getattr(exc, "message", "it is nested too deeply")
        raise LessonError(
            f"The parameters are no valid JSON Schema: {reason}."
        ) from exc
    if schema["type"] != "object":
        raise LessonError("The parameters' schema must be of type object.")
    _check_properties(schema["properties"])
    unknown = set(schema.get("required", ())) - set(schema["properties"])
    if unknown:
        raise LessonError(
            f"{', '.join(sorted(unknown))} is required, but no parameter."
        )
    return {"additionalProperties": False} | schema


def _check_properties(properties: Mapping[str, object]) -> None:
    """Raises LessonError naming the parameter that is off."""
    if len(properties) > MOST_PARAMETERS:
        raise LessonError(f"{MOST_PARAMETERS} parameters are the most.")
    for name, each in properties.items():
        if not _NAME.fullmatch(name):
            raise LessonError(f"{name!r} is no name for a parameter; use one word.")
        kind = each.get("type") if isinstance(each, dict) else None
        if not (isinstance(kind, str) and kind in TYPES) and not (
            isinstance(each, dict) and "enum" in each
        ):
            raise LessonError(
                f"Say of which type {name} is: {', '.join(sorted(TYPES))}."
            )


def _endpoint(fields: object) -> Endpoint:
    if not isinstance(fields, dict) or not isinstance(fields.get("url"), str):
        raise LessonError("Say where a call goes: its method and its address.")
    method = str(fields.get("method", "GET")).upper()
    if method not in METHODS | {"MCP"}:
        raise LessonError(f"{method} is no method; use {', '.join(sorted(METHODS))}.")
    headers = fields.get("headers", {})
    if not isinstance(headers, dict) or not all(
        isinstance(part, str) for pair in headers.items() for part in pair
    ):
        raise LessonError("A tool's headers are names with texts.")
    body = fields.get("body", "json")
    if body not in ("json", "form", "none"):
        raise LessonError("A tool's body is json, form or none.")
    return Endpoint(method, fields["url"].strip(), headers, body)


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        schema, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def _explained(error: ValidationError) -> str:
    """Word what a validator found for people; nothing of the schema but the name."""
    where = ".".join(str(each) for each in error.absolute_path)
    if error.validator == "required":
        [name] = re.findall(r"'([^']+)' is a required", error.message) or [""]
        return f"{name} is missing."
    if error.validator == "enum":
        allowed = ", ".join(str(each) for each in error.validator_value)
        return f"{where} must be one of {allowed}."
    if error.validator == "type":
        return f"{where} must be of type {error.validator_value}."
    if error.validator == "additionalProperties":
        return str(error.message)
    return f"{where}: {error.message}."
