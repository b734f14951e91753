"""Finds passwords, keys and tokens that somebody pasted."""

import pkgutil
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain

from detect_secrets import plugins
from detect_secrets.plugins.base import RegexBasedDetector

from moderation import passwords as prose
from moderation.key_formats import FORMATS
from moderation.passwords import JOINED, OF, SPOKEN
from moderation.placeholders import (
    DESCRIPTION,
    has_both,
    is_dense,
    is_placeholder,
    is_shuffled,
)
from moderation.text import Span

# Left out of the library's detectors: on prose, entropy and keywords flag commit
# hashes and say nothing of "the password is hunter2"; GitHub's names a key's first
# letters only, Azure's flags checksums; that for addresses takes a program's own
# default on the reader's machine for a password (IN_URL); the others go by the word
# beside a key.
UNUSED = frozenset(
    """azure_storage_key base basic_auth cloudant github_token high_entropy_strings ibm_cloud_iam
    ibm_cos_hmac keyword private_key softlayer""".split()
)

NAMED = (
    r"(?:api|app|access|account|auth|bot|client|consumer|deploy|encryption|hmac|license"
    r"|master|private|recovery|refresh|secret|security|session|service|shared|signing"
    r"|storage|webhook)[ _.-]?(?:key|token|secret|password|credential)s?"
    r"|secrets?|tokens?|credentials?|creds|bearer|apikey|oauth|(?:my|our|the) keys?"
)

LABELLED = re.compile(
    rf"(?<![A-Za-z])(?:[\w.-]{{0,40}}[_.-]|(?-i:[A-Z]{{1,20}}))?"
    rf"(?:{SPOKEN}|{NAMED}|(?-i:[A-Z_]{{1,40}}_KEY))(?:[_.-]\w{{1,20}})?"
    rf"(?:[\"'],?\s*[\"']?value[\"']?\s*[:=]\s*[\"']|{OF}(?:{JOINED}|\s+to\s+|[ :,=-]{{1,3}}[\"'`]?)|[^\n?]{{0,60}}\?\s*(?:A(?:nswer)?:\s*)?"
    r"(?:(?:it|that)(?:['\u2019]s| is)\s+|use\s+)?[\"'`]?)"
    r"(?P<value>[^\s\"'`<>,;)]{12,})",
    re.IGNORECASE,
)
"""A key after its name: in code, in settings, in prose, or asked for."""
BLOB = re.compile(
    r"(?<![\w/.@%&?#+-])(?P<value>[A-Za-z0-9+/_-]{32,200}={0,2})(?![\w/.:@-])"
)
IN_URL = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]{1,20})://(?P<user>[^\s/:@\"'<>]{0,64})"
    r":(?P<value>[^\s/\"'<>]{1,128})@(?P<host>[\w.-]+|\[)",
    re.IGNORECASE,
)
LOCAL = re.compile(r"(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0)\.?$", re.IGNORECASE)
BASIC = re.compile(r"\bBasic\s+(?P<value>[A-Za-z0-9+/]{8,}={0,2})", re.IGNORECASE)
LINKED = re.compile(r"(?:://|sha\d{1,3}[:-])\S{0,300}$", re.IGNORECASE)
PUBLIC = re.compile(r"AAAA[A-Z]3Nza|(?:sha\d{3}|md5)-", re.IGNORECASE)
"""Public keys and checksums of files."""
SHORTEST_KEY = 16
FEWEST = 3
"""Capitals, small letters and digits in a long word taken for a key."""


def secrets(text: str) -> list[tuple[str, Span]]:
    """Find keys and tokens by their form, or by a name before them.

    Only the patterns of detect-secrets are used; its verification would send what
    it found over the network. Placeholders of manuals are left out.
    """
    library = (
        (detector.secret_type, _span(text, value))
        for detector in _detectors()
        for value in detector.analyze_string(text)
    )
    own = (
        (kind, match.span())
        for kind, pattern in FORMATS.items()
        for match in pattern.finditer(text)
    )
    in_urls = (
        ("password in an address", m.span("value"))
        for m in IN_URL.finditer(text)
        if not _is_default(m)
    )
    basic = (
        ("sign-in header", m.span("value"))
        for m in BASIC.finditer(text)
        if _is_basic(m["value"])
    )
    found = [
        (kind, span)
        for kind, span in chain(library, own, in_urls, basic)
        if not is_placeholder(text[slice(*span)])
    ]
    return found or [("key after its name", span) for span in _labelled(text)]


def passwords(text: str) -> list[tuple[str, Span]]:
    """Find what reads like a password told in prose, or a key without a name."""
    blobs = [
        ("key", match.span("value"))
        for match in BLOB.finditer(text)
        if _is_random(match["value"]) and not LINKED.search(text, 0, match.start())
    ]
    return [*(("password", span) for span in prose.told(text)), *blobs]


def _is_default(address: re.Match[str]) -> bool:
    """Say whether a program's own default opens it, on the reader's own machine."""
    scheme = address["scheme"].partition("+")[0]
    return bool(LOCAL.match(address["host"])) and address["value"] in {
        scheme,
        address["user"],
    }


def _is_basic(value: str) -> bool:
    """Say whether a name and a password are encoded here (RFC 7617)."""
    try:
        decoded = b64decode(value + "=" * (-len(value) % 4)).decode()
    except ValueError:
        return False
    return ":" in decoded and decoded.isprintable()


def _labelled(text: str) -> Iterator[Span]:
    for match in LABELLED.finditer(text):
        value = match["value"].rstrip(".:!?")
        if is_placeholder(value) or DESCRIPTION.match(value):
            continue
        is_key = (has_both(value) and is_dense(value)) or is_shuffled(value)
        if len(value) >= SHORTEST_KEY and is_key:
            start = match.start("value")
            yield start, start + len(value)


def _is_random(value: str) -> bool:
    """Say whether a long word without a name looks like a key, no name, no path."""
    if PUBLIC.match(value) or is_placeholder(value) or not is_dense(value):
        return False
    counts = (len(re.findall(kind, value)) for kind in ("[a-z]", "[A-Z]", r"\d"))
    return all(count >= FEWEST for count in counts)


@cache
def _detectors() -> tuple[RegexBasedDetector, ...]:
    found = []
    for module in pkgutil.iter_modules(plugins.__path__):
        if module.name in UNUSED:
            continue
        members = vars(import_module(f"{plugins.__name__}.{module.name}")).values()
        found += [
            member()
            for member in members
            if isinstance(member, type)
            and issubclass(member, RegexBasedDetector)
            and member.__module__.endswith(f".{module.name}")
        ]
    return tuple(found)


def _span(text: str, value: str) -> Span:
    start = text.find(value)
    return start, start + len(value)
