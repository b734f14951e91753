"""How an OpenAPI operation proves who calls: as headers that name secrets."""

import re
from collections.abc import Mapping
from typing import Any

from learning.errors import LessonError
from learning.tool_json import shown

_MOST_NAME = 64


def headers_of(
    document: Mapping[str, Any], operation: Mapping[str, Any]
) -> dict[str, str]:
    """Return the headers of the first way to prove oneself that a tool can go.

    Raises LessonError where there is none.
    """
    ways = operation.get("security", document.get("security", []))
    if not isinstance(ways, list | tuple):
        raise LessonError("its security is malformed")
    if not ways:
        return {}
    failed: LessonError | None = None
    for way in ways:
        if not isinstance(way, Mapping):
            raise LessonError("its security is malformed")
        try:
            return dict(_header(document, str(scheme)) for scheme in way)
        except LessonError as exc:
            failed = exc
    raise failed or LessonError("its security is malformed")


def _header(document: Mapping[str, Any], scheme: str) -> tuple[str, str]:
    """Return a scheme's header, whose secret is named after the API and the scheme."""
    components = document.get("components")
    schemes = (
        components.get("securitySchemes") if isinstance(components, Mapping) else {}
    )
    found = schemes.get(scheme) if isinstance(schemes, Mapping) else None
    if not isinstance(found, Mapping):
        raise LessonError(f"nothing says what its security {shown(scheme)} is")
    secret = f"{{secret:{_secret_name(document, scheme)}}}"
    match found.get("type"), found.get("in"), str(found.get("scheme")).lower():
        case "apiKey", "header", _ if isinstance(found.get("name"), str):
            return found["name"], secret
        case "http", _, "basic":
            return "Authorization", f"Basic {secret}"
        case ("http", _, "bearer") | ("oauth2" | "openIdConnect", _, _):
            return "Authorization", f"Bearer {secret}"
    raise LessonError(f"its security {shown(scheme)} is not sent in a header")


def _secret_name(document: Mapping[str, Any], scheme: str) -> str:
    """Name a secret so that no other API's has its name."""
    info = document.get("info")
    title = info.get("title") if isinstance(info, Mapping) else ""
    words = re.findall(r"[A-Z0-9]+", f"{title or 'API'} {scheme}".upper())
    name = re.sub(r"^[^A-Z]+", "", "_".join(words))[:_MOST_NAME].rstrip("_")
    return name or "API_KEY"
