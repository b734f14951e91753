"""Finds passwords, keys and tokens that somebody pasted."""

import pkgutil
import re
from functools import cache
from importlib import import_module
from itertools import chain

from detect_secrets import plugins
from detect_secrets.plugins.base import RegexBasedDetector

from moderation.text import Span

# Left out of the library's detectors: on prose, entropy and keywords flag commit
# hashes and say nothing of "the password is hunter2"; the others go by the word beside
# a key and not by its form.
UNUSED = frozenset(
    """base cloudant high_entropy_strings ibm_cloud_iam ibm_cos_hmac keyword private_key
    softlayer""".split()
)

# What the library lacks, or finds only where the whole key follows.
OTHERS = {
    "private key": re.compile(
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    ),
    "GitHub token": re.compile(r"\bgithub_pat_[A-Za-z0-9_]{40,}"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "app token": re.compile(r"\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+", re.IGNORECASE),
    "bot token": re.compile(r"\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"),
    "Google key": re.compile(r"\bAIza[\w-]{35}"),
    "model provider's key": re.compile(
        r"\bsk-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}"
    ),
}

PASSWORD = re.compile(
    r"\b(?:password|passphrase|passcode|api[ _-]?key|secret[ _-]?key|access[ _-]?token)"
    r"(?:\s+(?:for|of|to)\s+[^\n:=]{1,40}?)?\s*(?:\bis\b|[:=])\s*[\"'`]?"
    r"(?P<value>(?=\S*[\d$%&*+=@^_~#])[^\s\"'`]{5,})",
    re.IGNORECASE,
)
"""A password in prose: a word with a digit or a sign after "the password is"."""


def secrets(text: str) -> list[tuple[str, Span]]:
    """Find keys and tokens by their form: each with its kind and place.

    Only the patterns of detect-secrets are used; its verification would send what
    it found over the network.
    """
    library = (
        (detector.secret_type, _span(text, value))
        for detector in _detectors()
        for value in detector.analyze_string(text)
    )
    own = (
        (kind, match.span())
        for kind, pattern in OTHERS.items()
        for match in pattern.finditer(text)
    )
    return list(chain(library, own))


def passwords(text: str) -> list[Span]:
    """Find what reads like a password told in prose."""
    return [match.span("value") for match in PASSWORD.finditer(text)]


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
