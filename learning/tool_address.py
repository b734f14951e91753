"""A tool's address: what of it is fixed, and the gaps that arguments fill."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from yarl import URL

from learning.errors import FetchError, LessonError, ToolError
from learning.web_address import MAX_ADDRESS_CHARS, WEB_PORTS, web_address

GAP = re.compile(r"\{([A-Za-z][A-Za-z0-9_.\-]*)\}")
_ADDRESS = re.compile(
    r"(https?)://([^/?#]*)(?:/([^?#]*))?(?:\?([^#]*))?", re.IGNORECASE
)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_SLASH = re.compile(r"[/\\]")
# Of RFC 3986, what a path's segment and a query's value hold as it is; quote() knows
# letters, digits and -._~ by itself. The percent sign begins what is encoded already.
_PATH_SIGNS = "%:@!$&'()*+,;="
_QUERY_SIGNS = "%:@!$'()*+,;=/?"


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart; `segments` and the values of `pairs` may have gaps.

    What is fixed of it is percent-encoded already.
    """

    scheme: str
    name: str
    """The host without its port, lower-case and in ASCII."""
    host: str
    """The same as hosts are compared: with a port that is not the web's."""
    origin: str
    """Scheme, host and port, as they begin an address."""
    segments: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]

    @property
    def path_gaps(self) -> tuple[str, ...]:
        return tuple(name for each in self.segments for name in GAP.findall(each))

    @property
    def query_gaps(self) -> tuple[str, ...]:
        return tuple(name for _, each in self.pairs for name in GAP.findall(each))

    @property
    def fixed_keys(self) -> frozenset[str]:
        """The names that the query has by itself, decoded."""
        return frozenset(unquote(key.replace("+", " ")) for key, _ in self.pairs)


def address_of(text: str) -> Address:
    """Read a tool's address. Raises LessonError saying what is off.

    Scheme, name, host and port are always literal: no argument changes where a call
    goes.
    """
    if len(text) > MAX_ADDRESS_CHARS:
        raise LessonError(
            f"The address has {len(text):,} characters; {MAX_ADDRESS_CHARS:,} are the"
            " most."
        )
    if "\\" in text or any(c.isspace() or not c.isprintable() for c in text):
        raise LessonError("The address has spaces, backslashes or hidden characters.")
    if "#" in text:
        raise LessonError("Leave out what follows # in the address: it is never sent.")
    if "{secret:" in text:
        raise LessonError("A secret stands in a header, never in the address.")
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise LessonError("A tool's address starts with https:// or http://.")
    scheme, authority, path, query = match.groups()
    url = _literal(scheme.lower(), authority)
    return Address(
        scheme=url.scheme,
        name=str(url.raw_host),
        host=host_in(url),
        origin=str(url.origin()),
        segments=tuple(_segment(each) for each in (path or "").split("/")),
        pairs=tuple(_pair(each) for each in (query or "").split("&") if each),
    )


def host_named(text: str) -> str:
    """Return a host, with or without port, in the form that hosts are compared in.

    Raises ValueError where it is none; `[::1]:8000` is how IPv6 is written.
    """
    if any(sign in text for sign in "/@?#\\"):
        raise ValueError("a host has no scheme and no path")
    try:
        return host_in(web_address(f"http://{text}/"))
    except FetchError as exc:
        raise ValueError("it is no host") from exc


def hosts_named(text: str) -> frozenset[str]:
    """Read hosts with commas between. Raises ValueError where one is none."""
    return frozenset(
        host_named(each.strip()) for each in text.split(",") if each.strip()
    )


def host_in(url: URL) -> str:
    """Name the host of an address as hosts are compared, `[::1]:8000` among them."""
    name = str(url.raw_host)
    name = f"[{name}]" if ":" in name else name
    return name if url.port in WEB_PORTS else f"{name}:{url.port}"


def filled_path(address: Address, texts: Mapping[str, str]) -> str:
    """Fill the path's gaps; each argument stays inside its own segment.

    Raises ToolError where one is missing or a server might read it as another path.
    """
    filled = []
    for segment in address.segments:
        names = GAP.findall(segment)
        for name in names:
            if not texts.get(name):
                raise ToolError(f"It cannot be called without {name}.")
            if _ESCAPE.search(texts[name]):
                # Decoded twice, as some servers do, it would be another sign.
                raise ToolError(f"{name} may not have a percent sign and two digits.")
        if not names:
            filled.append(segment)
            continue
        made = filled_text(segment, texts)
        if _leads_elsewhere(made):
            raise ToolError(f"{' and '.join(names)} may not lead to another path.")
        filled.append(made)
    return "/" + "/".join(filled)


def filled_text(template: str, texts: Mapping[str, str]) -> str:
    """Put arguments in the place of gaps, percent-encoded with nothing left out."""
    return GAP.sub(lambda gap: quote(texts[gap[1]], safe=""), template)


def _literal(scheme: str, authority: str) -> URL:
    """Read what no argument may change. Raises LessonError."""
    if "{" in authority or "}" in authority:
        raise LessonError(
            "The host is always the same: arguments stand in path and query only."
        )
    if "@" in authority:
        raise LessonError("The address has a name or password: use a secret header.")
    try:
        url = web_address(f"{scheme}://{authority}/")
    except FetchError as exc:
        raise LessonError("The address has no host that can be called.") from exc
    if not url.port:
        raise LessonError("The address has no port that can be called.")
    return url


def _segment(text: str) -> str:
    segment = _encoded(text, _PATH_SIGNS)
    if unquote(segment) in {".", ".."}:
        raise LessonError("Write the address without . and .. in its path.")
    return segment


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    if not key or "{" in key or "}" in key:
        raise LessonError(
            "Every part of the query has a name of its own: ?name={parameter}."
        )
    return _encoded(key, _QUERY_SIGNS), _encoded(value, _QUERY_SIGNS)


def _encoded(text: str, signs: str) -> str:
    """Encode what is literal of a text with gaps. Raises LessonError."""
    parts = GAP.split(text)
    literals = parts[::2]
    if any("{" in each or "}" in each for each in literals):
        raise LessonError("A gap in the address is a parameter's name: {name}.")
    # A half escape would make one with the argument that follows it.
    if any(_BAD_ESCAPE.search(each) for each in literals):
        raise LessonError("Write a percent sign in the address as %25.")
    parts[::2] = [quote(each, safe=signs) for each in literals]
    return "".join(
        part if number % 2 == 0 else f"{{{part}}}" for number, part in enumerate(parts)
    )


def _leads_elsewhere(segment: str) -> bool:
    """Say whether a server that decodes before it splits sees `..` or nothing there.

    Some cut off what follows a semicolon before they look at the dots.
    """
    return any(
        part.partition(";")[0] in {"", ".", ".."}
        for part in _SLASH.split(unquote(segment))
    )
