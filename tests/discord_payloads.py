"""Holds what a bot sends against Discord's own OpenAPI description.

The description is large and not ours to ship: it is looked for in the folder of
development data (MYNA_DATA), and DISCORD_OPENAPI names another file; without it the
tests that need it are skipped.
"""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from simcord import HttpLogEntry

from bot.settings import development_data

DESCRIPTION = Path(
    os.environ.get("DISCORD_OPENAPI")
    or development_data() / "specs" / "discord_openapi.json"
).absolute()
needs_description = pytest.mark.skipif(
    not DESCRIPTION.is_file(),
    reason="neither MYNA_DATA nor DISCORD_OPENAPI leads to Discord's OpenAPI"
    " description",
)

_NUMBER = re.compile(r"\d+")
_BODIES = ("POST", "PUT", "PATCH")


class InvalidPayloadError(AssertionError):
    """Discord would answer this payload with 400."""


@dataclass(frozen=True)
class Request:
    """What a bot asked of Discord; of an upload, `body` is its payload_json."""

    method: str
    path: str  # as sent, without the query
    body: Any

    @property
    def route(self) -> str:
        """The path with its variable parts named, for finding requests by."""
        return route_of(self.path)

    @classmethod
    def of(cls, entry: HttpLogEntry) -> "Request":
        return cls(method=entry.method, path=entry.path, body=entry.json)


def route_of(path: str) -> str:
    """Name the variable parts: /channels/12/messages -> /channels/{id}/messages."""
    parts = path.strip("/").split("/")
    for index, part in enumerate(parts):
        before = parts[index - 2] if index > 1 else ""
        if before in ("webhooks", "interactions"):
            parts[index] = "{token}"
        elif index and parts[index - 1] == "reactions":
            parts[index] = "{emoji}"
        elif _NUMBER.fullmatch(part):
            parts[index] = "{id}"
    return "/" + "/".join(parts)


def check_payload(method: str, path: str, body: Any) -> None:
    """Raise InvalidPayloadError, saying where, unless Discord describes the body."""
    validator = _validator(method, route_of(path))
    if validator is None:
        if body is not None:
            raise InvalidPayloadError(f"Discord describes no body for {method} {path}")
        return
    problems = [
        f"{'/'.join(map(str, error.absolute_path)) or 'the body'}: "
        f"{error.message[-160:]}"
        for found in validator.iter_errors(body)
        for error in _innermost(found)
    ]
    if problems:
        raise InvalidPayloadError("\n  ".join([f"{method} {path}", *problems]))


def check_payloads(requests: Iterable[Request]) -> None:
    """Check every request that carries a body; nothing without a description."""
    if not DESCRIPTION.is_file():
        return
    for request in requests:
        if request.body is not None and request.method in _BODIES:
            check_payload(request.method, request.path, request.body)


@cache
def _validator(method: str, route: str) -> Draft202012Validator | None:
    template = next(
        (known for known in _description()["paths"] if _matches(known, route)), None
    )
    if template is None:
        raise InvalidPayloadError(f"Discord describes no route {method} {route}")
    operation = _description()["paths"][template].get(method.lower())
    if operation is None:
        raise InvalidPayloadError(f"Discord describes no {method} {template}")
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    schema = content["application/json"]["schema"]
    return Draft202012Validator(_rooted(schema), registry=_registry())


def _matches(template: str, route: str) -> bool:
    known, asked = template.strip("/").split("/"), route.strip("/").split("/")
    return len(known) == len(asked) and all(
        one == other or (one.startswith("{") and other.startswith("{"))
        for one, other in zip(known, asked, strict=True)
    )


@cache
def _description() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    # Discord reads ids written as numbers too, and discord.py writes some so
    # (attachment indexes, message references, allowed mentions).
    snowflake = description["components"]["schemas"]["SnowflakeType"]
    snowflake["type"] = ["string", "integer"]
    return description


@cache
def _registry() -> Registry[Any]:
    resource = DRAFT202012.create_resource(_description())
    return Registry().with_resource("urn:discord", resource)


def _rooted(schema: Any) -> Any:
    """Point the references of a schema cut out of the description back into it."""
    if isinstance(schema, dict):
        return {
            key: f"urn:discord{value}" if key == "$ref" else _rooted(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_rooted(part) for part in schema]
    return schema


def _innermost(error: ValidationError) -> list[ValidationError]:
    """Of a failed union, the errors of the members that the `type` field chose."""
    if not error.context:
        return [error]
    members: dict[Any, list[ValidationError]] = {}
    for part in error.context:
        members.setdefault(part.schema_path[0], []).append(part)
    chosen = [found for found in members.values() if not any(map(_mistyped, found))]
    if not chosen:
        return [error]
    closest = min(chosen, key=len)
    return [inner for part in closest for inner in _innermost(part)]


def _mistyped(error: ValidationError) -> bool:
    path = list(error.relative_path)
    return path == ["type"] or (not path and error.validator == "type")
