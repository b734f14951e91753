"""An OpenAPI document as tools: each operation is one, and nothing is fetched."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from learning import tool_check, tool_examples, tool_json
from learning.errors import LessonError
from learning.openapi_security import headers_of
from learning.tool import MOST_NAME, Tool
from learning.tool_address import GAP
from learning.tool_check import MOST_DESCRIPTION
from learning.tool_examples import Examples
from learning.tool_json import shown
from learning.tool_request import BODY_METHODS
from learning.tool_simplify import Simplifier, described_in, fewest, named

METHODS = ("get", "head", "post", "put", "patch", "delete")
MOST_OPERATIONS = 1000
REQUESTS = "x-requests"
"""The extension that lists what people say, each with the arguments it means."""
_FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:;.*)?|\*/\*", re.IGNORECASE)
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_REPEATED = re.compile("__+")


@dataclass(frozen=True, slots=True)
class OpenApiTools:
    """What a document gave."""

    tools: tuple[tuple[Tool, Examples], ...]
    left_out: tuple[tuple[str, str], ...]
    """Operations that are no tools, each with the reason, a sentence."""


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    fields: Mapping[str, Any]
    shared: Mapping[str, Any]
    """What the path says for all its methods."""

    @property
    def label(self) -> str:
        found = self.fields.get("operationId")
        if isinstance(found, str) and found.strip():
            return shown(found)
        return f"{self.method.upper()} {shown(self.path)}"

    @property
    def name(self) -> str:
        """A tool's name, out of the operation's own or its method and path."""
        found = self.fields.get("operationId")
        words = found if isinstance(found, str) and found.strip() else ""
        words = words or f"{self.method}_{self.path}"
        name = _REPEATED.sub("_", re.sub(r"[^A-Za-z0-9_.\-]", "_", words))
        name = re.sub(r"^[^A-Za-z]+", "", name)[:MOST_NAME].rstrip("_.-")
        return name or self.method


def read(document: object, *, only: Collection[str] = ()) -> OpenApiTools:
    """Read operations as tools; `only` picks them by id or by the tool's name.

    Raises LessonError where the document is malformed or has none that was picked.
    """
    if not isinstance(document, Mapping) or not isinstance(
        document.get("paths"), Mapping
    ):
        raise LessonError(
            "An OpenAPI document is an object that has openapi and paths."
        )
    if not str(document.get("openapi", "")).startswith("3."):
        raise LessonError(
            "Myna reads OpenAPI 3; convert an older description, such as Swagger 2."
        )
    operations = [
        each
        for each in _operations(document)
        if not only or {each.label, each.name} & set(only)
    ]
    if len(operations) > MOST_OPERATIONS:
        raise LessonError(
            f"It has {len(operations):,} operations; {MOST_OPERATIONS:,} are the most."
        )
    known = {each.label for each in operations} | {each.name for each in operations}
    unknown = [shown(each) for each in only if each not in known]
    if unknown:
        raise LessonError(f"It has no operation {', '.join(unknown)}.")
    return _read(document, operations)


def _read(document: Mapping[str, Any], operations: list[_Operation]) -> OpenApiTools:
    tools: dict[str, tuple[Tool, Examples]] = {}
    left_out: list[tuple[str, str]] = []
    for operation in operations:
        try:
            tool = _tool(document, operation)
            examples = _examples(tool, operation)
        except LessonError as exc:
            reason = str(exc).rstrip(".")
            left_out.append((operation.label, f"{reason[:1].upper()}{reason[1:]}."))
            continue
        if tool.name in tools:
            reason = f"Another operation is called {tool.name}, too."
            left_out.append((operation.label, reason))
        else:
            tools[tool.name] = tool, examples
    return OpenApiTools(tuple(tools.values()), tuple(left_out))


def _operations(document: Mapping[str, Any]) -> Iterator[_Operation]:
    for path, item in document["paths"].items():
        if not isinstance(path, str) or not path.startswith("/"):
            if str(path).startswith("x-"):
                continue
            raise LessonError(f"A path begins with a slash: {shown(str(path))}")
        if not isinstance(item, Mapping):
            raise LessonError(f"The path {shown(path)} is malformed.")
        shared = Simplifier(document).resolved(item)
        for method in METHODS:
            if isinstance(shared.get(method), Mapping):
                yield _Operation(method, path, shared[method], shared)


def _tool(document: Mapping[str, Any], operation: _Operation) -> Tool:
    """Build an operation's tool. Raises LessonError saying why it is none."""
    if operation.fields.get("deprecated") is True:
        raise LessonError("it is deprecated")
    simplifier = Simplifier(document)
    properties, required, query = _parameters(simplifier, operation)
    body, content = _body(simplifier, operation)
    double = set(properties) & set(body.get("properties", {}))
    if double:
        raise LessonError(f"{min(double)} is in its address and in its body")
    properties |= body.get("properties", {})
    required += body.get("required", [])
    properties = fewest(properties, required)
    url = _server(document, operation) + operation.path
    if body and query:
        # What its address does not name would be sent in the body.
        url += "?" + "&".join(f"{name}={{{name}}}" for name in query)
    for name in GAP.findall(operation.path):
        if name not in properties:
            raise LessonError(f"nothing says what {{{shown(name)}}} in its path is")
    summary = operation.fields.get("summary")
    description = described_in({"description": summary}, MOST_DESCRIPTION)
    return tool_check.build(
        {
            "name": operation.name,
            "description": description
            or described_in(operation.fields, MOST_DESCRIPTION)
            or operation.label,
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": required,
            },
            "endpoint": {
                "method": operation.method.upper(),
                "url": url,
                "headers": headers_of(document, operation.fields),
                "body": content,
            },
        }
    )


def _parameters(
    simplifier: Simplifier, operation: _Operation
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return schemas by name, what a call needs, and what stands in the query.

    Raises LessonError where something is needed that a tool cannot give.
    """
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for fields in (operation.shared, operation.fields):
        listed = fields.get("parameters", [])
        if not isinstance(listed, list | tuple):
            raise LessonError("its parameters are malformed")
        for each in map(simplifier.resolved, listed):
            found[str(each.get("in")), str(each.get("name"))] = each
    properties: dict[str, Any] = {}
    required: list[str] = []
    query: list[str] = []
    for (place, name), fields in found.items():
        is_needed = place == "path" or fields.get("required") is True
        try:
            properties[name] = _parameter(simplifier, place, name, fields, properties)
        except LessonError:
            if is_needed:
                raise
            continue
        required += [name] if is_needed else []
        query += [name] if place == "query" else []
    return properties, required, query


def _parameter(
    simplifier: Simplifier,
    place: str,
    name: str,
    fields: Mapping[str, Any],
    known: Collection[str],
) -> dict[str, Any]:
    if place not in ("path", "query"):
        raise LessonError(f"it needs {shown(name)} in a {shown(place)}")
    if named(name) in known:
        raise LessonError(f"{name} is in its path and in its query")
    schema = simplifier.schema(fields.get("schema", {}))
    if schema["type"] == "object":
        raise LessonError(f"{name} is an object in its address")
    described = described_in(fields)
    return schema | ({"description": described} if described else {})


def _body(simplifier: Simplifier, operation: _Operation) -> tuple[dict[str, Any], str]:
    """Return the schema of what is sent, and how. Raises LessonError."""
    found = simplifier.resolved(operation.fields.get("requestBody", {}))
    if operation.method.upper() not in BODY_METHODS:
        if found.get("required") is True:
            raise LessonError("it sends a body where Myna sends none")
        return {}, "none"
    if not found:
        return {}, "none"
    content = found.get("content", {})
    if not isinstance(content, Mapping):
        raise LessonError("its body is malformed")
    for kind, media in content.items():
        is_form = str(kind).lower().startswith(_FORM)
        if not is_form and not _JSON.fullmatch(str(kind)):
            continue
        schema = simplifier.schema(simplifier.resolved(media).get("schema", {}))
        if schema["type"] != "object":
            raise LessonError("its body is no object")
        return schema, "form" if is_form else "json"
    if found.get("required") is True or not content:
        raise LessonError("its body is neither JSON nor a form")
    return {}, "none"


def _server(document: Mapping[str, Any], operation: _Operation) -> str:
    """Return the address that paths are added to. Raises LessonError."""
    for fields in (operation.fields, operation.shared, document):
        servers = fields.get("servers")
        if not isinstance(servers, list | tuple) or not servers:
            continue
        first = servers[0]
        if not isinstance(first, Mapping) or not isinstance(first.get("url"), str):
            raise LessonError("its server is malformed")
        url, variables = first["url"], first.get("variables", {})
        for name in _VARIABLE.findall(url):
            known = variables.get(name) if isinstance(variables, Mapping) else None
            default = known.get("default") if isinstance(known, Mapping) else None
            if not isinstance(default, str):
                raise LessonError(f"its server has no default for {shown(name)}")
            url = url.replace(f"{{{name}}}", default)
        if "://" not in url:
            raise LessonError("its server has no whole address, with https://")
        return str(url.rstrip("/"))
    raise LessonError("it names no server")


def _examples(tool: Tool, operation: _Operation) -> Examples:
    listed = tool_json.plain(operation.fields.get(REQUESTS, []))
    if not isinstance(listed, list):
        raise LessonError(f"its {REQUESTS} are no list")
    return tool_examples.unique(
        [tool_examples.read_fields(tool, each) for each in listed]
    )
