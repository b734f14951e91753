"""Tells a real key or password from what manuals and programs write in its place."""

import re

PLACEHOLDER = re.compile(
    r"^<[^<>]+>|^<?your(?:[\W_]|$|[a-z]{0,10}(?:key|password|secret|token))|^\[[^\]]+\]?$|\$\{|^\$\(\w|(?-i:^\$[A-Z][A-Z0-9_]{2,}\W*$)|\{\{|^\{\w+\}"
    r"|^%(?:\w+%|\(\w+\)s|s)$|\*{3,}|\.{3}|\u2026|\u2022{2}|x{5,}|0{10}|#{4}|_{5}"
    r"|(?<![a-z])(?:your?|my|the|some)[_-]|placeholder|change[_-]?(?:me|this)"
    r"|replace[_-]?(?:me|this|with)|insert[_-]|redacted|dummy|todo\b|foobar|[_-]here\b|[a-z][_-]example|^example(?:[\W_]|$)"
    r"|process\.env|os\.environ|getenv|secrets?\.\w|config\.\w|vault[_.]"
    r"|(?-i:^(?:[a-z][a-z_.]{3,}|[a-z]+(?:[A-Z][a-z]+)+)\()",
    re.IGNORECASE,
)
STAND_INS = frozenset(
    """abc123 changeme false hidden mypassword mysecret none null optional pass
    passwd password password1 password123 pw pwd required secret string token true
    username user:password""".split()
)
"""Whole words that stand where a password goes."""
DESCRIPTION = re.compile(
    r"\d+[-+ ]?(?:char|digit|letter|word|bit|byte|day|hour|min|sec)|sha-?\d|md5|base64"
    r"|utf-?8|aes-?\d|rsa-?\d|[a-z]+:/|\d{4}-\d\d-\d\d|\d+(?:st|nd|rd|th)\b|https?:"
    r"|[\w.-]+\.(?:ya?ml|json|toml|env|conf|cfg|ini|txt|md|py|js|ts|kdbx|pem)\b",
    re.IGNORECASE,
)
"""What is said about a password rather than being one."""
UUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$", re.IGNORECASE)
HEXADECIMAL = re.compile(r"[\da-f]{32,}$", re.IGNORECASE)
CHANGES = re.compile(r"(?<=[A-Za-z])\d|(?<=\d)[A-Za-z]|(?<=[a-z])[A-Z]")
WORD = re.compile(
    r"(?=.*[aeiouy]).{3,}$|(?:css|cve|ftp|html?|https?|jpg|pdf|png|rfc|sql|ssh|ssl|tls|xml)$",
    re.IGNORECASE,
)
KINDS = tuple(re.compile(kind) for kind in ("[a-z]", "[A-Z]", r"\d", r"[^\w]"))


def is_placeholder(value: str) -> bool:
    """Say whether a value only shows where a secret goes."""
    return value.lower().strip(".,;:!?") in STAND_INS or bool(PLACEHOLDER.search(value))


def is_told(value: str) -> bool:
    """Say whether a word may be a password itself."""
    return not is_placeholder(value) and not DESCRIPTION.match(value)


def kinds(value: str) -> int:
    """Count the kinds of characters, of four: small, capital, digit, sign."""
    body = value.strip(".,;:!?")
    return sum(bool(kind.search(body)) for kind in KINDS)


def has_both(value: str) -> bool:
    """Say whether there are digits and letters."""
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value))


def is_wordlike(value: str) -> bool:
    """Say whether most letters stand in words, as in "KeePass2" or "SHA-256"."""
    pieces = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", value)
    words = [piece for piece in pieces if WORD.match(piece)]
    return sum(map(len, words)) * 10 >= sum(map(len, pieces)) * 7


def is_dense(value: str) -> bool:
    """Say whether letters and digits are mixed as nobody would write words."""
    if UUID.match(value) or HEXADECIMAL.match(value):
        return True
    return len(CHANGES.findall(value)) * 8 >= len(value)


def is_shuffled(value: str) -> bool:
    """Say whether letters alone change case as in no name: "CamelCaseName" does not."""
    turns = len(re.findall(r"[a-z][A-Z]", value))
    in_runs = bool(re.search(r"[A-Z]{2}[a-z]", value))
    return turns * 4 >= len(value) or (turns * 8 >= len(value) and in_runs)
