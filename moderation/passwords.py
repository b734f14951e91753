"""Finds passwords told in prose, in settings, and as the answer to a question."""

import re
from collections.abc import Iterator

from moderation.placeholders import has_both, is_told, is_wordlike, kinds
from moderation.text import Span

SPOKEN = (
    r"pass ?(?:word|phrase|code|wd|key)s?|pass(?=[\"']?\s*[:=]|\s+is\s+\S{0,30}\d)|pwd?|psk|kennwort|passwor[dt]|contrase\u00f1a"
    r"|mot de passe|senha|wachtwoord|has\u0142o|l\u00f6senord|\u043f\u0430\u0440\u043e\u043b\u044c"
    r"|\u5bc6\u7801|\u30d1\u30b9\u30ef\u30fc\u30c9"
)
JOINED = (
    r"(?:['\"`\])*]*\s*(?::=|=>|->|\u2192|=|[:\uff1a]|\bis\b:?"
    r"|\b(?:ist|est|es|\u00e9|jest|\u4e3a)\b)|\s+(?:has been |was |got )?"
    r"(?:set|changed|reset|updated|rotated)(?: back)? to\b:?|\s+(?:will|should|must) be\b"
    r"|['\u2019]s\b)(?:\s+(?:now|still|currently|just|simply)\b)?\s*[\"'`*(\u201c]{0,3}"
)
"""What stands between the word for a secret and the secret."""
OF = r"(?:\s+(?:for|of|to|on|at|in|f\u00fcr|de|del|da|do)\s+[^\n:=]{1,40}?)?"

_NAME_FIRST = (
    r"(?:[\s:=>-]+[\w.@-]{1,40}\s*(?:[/|:,;]|\band\b|\bwith\b)(?:\s*(?:the )?"
    rf"(?:{SPOKEN}))?)"
)
_WORD = r"[^\s\"'`<>]{6,64}"

TOLD = re.compile(
    rf"(?<![A-Za-z])(?:[\w.-]{{0,40}}[_.-]|(?-i:[A-Z]{{1,20}}))?(?:{SPOKEN}|api[ _-]?key"
    rf"|secret[ _-]?key|access[ _-]?token)(?:[_-]\w{{1,20}})?{OF}{JOINED}"
    r"(?P<value>(?=[^\s\"'`]*(?:[\d$%&*+=@^_~#]|(?-i:[a-z][A-Z])|!\w))[^\s\"'`]{5,})",
    re.IGNORECASE,
)
"""A word with a digit or a sign after "the password is"."""
CHANGED = re.compile(
    rf"\b(?:set|chang|reset|updat|rotat)\w*\b[^\n.]{{0,40}}?\b(?:{SPOKEN})\b"
    r"[^\n.:=]{0,20}?\s(?:to|from|into)\s[\"'`]?"
    r"(?P<value>(?=[^\s\"'`]*\d)[^\s\"'`]{6,})",
    re.IGNORECASE,
)
QUOTED = re.compile(
    rf"(?:{SPOKEN})[\"']?\s*(?:[:=]|=>)\s*(?P<quote>[\"'])(?P<value>[^\s\"'<>]{{6,}})"
    r"(?P=quote)",
    re.IGNORECASE,
)
"""The same in code and settings, where it may be a plain word."""
LINE = re.compile(
    r"^[ \t]*(?:export )?[A-Z0-9_]{0,40}PASS(?:WORD|WD)?=(?P<value>[^\s\"'<>]{6,})[ \t]*$",
    re.MULTILINE,
)
TAGGED = re.compile(rf"<(?:{SPOKEN})>\s*(?P<value>[^\s<>]{{5,}})\s*</", re.IGNORECASE)
PIN = re.compile(r"\bPIN(?: code| number)?(?:\s+is|\s*[:=])\s*(?P<value>\d{4,8})\b")
OPTION = re.compile(
    r"\b(?:sshpass|docker login|mysql\w*|mariadb)\b[^\n]{0,60}?\s-p(?P<value>[^\s\"']{5,})"
    r"|\b(?:sshpass|docker login)\b[^\n]{0,60}?\s-p\s?[\"']?(?P<own>[^\s\"']{5,})"
)
TRAILING = re.compile(
    r"\b(?:password|passcode|passphrase|pwd?)\s+(?P<value>[A-Za-z][a-z]{2,}\d{2,}[!?#$]?)"
    r"(?=\s*(?:$|[.,;)\n]))",
    re.IGNORECASE,
)
"""Without a verb, at a sentence's end: "wifi password hotel2024"."""
BARE = re.compile(
    rf"(?<![A-Za-z/-])(?:--)?(?:{SPOKEN}|creds|credentials)\b"
    rf"(?:{_NAME_FIRST}[\s:=>\"'`(]{{0,4}}|[\s:=>\"'`(]{{1,4}})(?P<value>{_WORD})",
    re.IGNORECASE,
)
"""Without a verb: only what looks like nothing but a password counts."""
BESIDE = re.compile(
    rf"(?<![A-Za-z/-])(?:log ?in(?: with| as| using)?|account(?: use)?|user(?:name)?)"
    rf"[\s:=>-]+[\w.@-]{{1,40}}(?:\s*[/|:]|[\s,;]+(?:and|with|the|\s)*(?:{SPOKEN}))"
    rf"[\s:=>\"'`(]{{0,4}}(?P<value>{_WORD})|(?<!://)\b(?:root|admin):(?P<own>{_WORD})",
    re.IGNORECASE,
)
"""After the name of an account."""
NEARBY = re.compile(
    rf"(?<![A-Za-z])(?:{SPOKEN})(?![a-z])(?=(?P<after>[^\n]{{0,90}}))", re.IGNORECASE
)
BEFORE_CHARS = 40
STRETCH = re.compile(r"(?<![^\s\"'`(:=])[^\s\"'`/\\]{8,64}(?![^\s\"'`),;.!?])")
"""A word that may be a password: no path and no address."""
ASKED = re.compile(
    rf"\b(?:{SPOKEN})\b[^\n?]{{0,60}}\?\s*(?:A(?:nswer)?:\s*)?"
    r"(?:(?:it|that)(?:['\u2019]s| is)\s+|use\s+)?[\"'`]?"
    r"(?P<value>[^\s\"'`]{6,64})[\"'`]?[.!]?\s*(?:\n|$)",
    re.IGNORECASE,
)
"""A question for one, and nothing else as the answer."""
MIXED = 3
"""Kinds of characters in what is taken for a password by its looks."""


def told(text: str) -> list[Span]:
    """Find what reads like a password."""
    sure = [
        match.span(match.lastgroup or 0)
        for pattern in (TOLD, CHANGED, QUOTED, LINE, TAGGED, PIN, OPTION, TRAILING)
        for match in pattern.finditer(text)
        if is_told(match[match.lastgroup or 0])
    ]
    likely = [
        match.span(match.lastgroup or 0)
        for pattern in (BARE, BESIDE)
        for match in pattern.finditer(text)
        if is_told(word := match[match.lastgroup or 0]) and kinds(word) >= MIXED
    ]
    answered = [
        match.span("value")
        for match in ASKED.finditer(text)
        if is_told(match["value"]) and _answers(match["value"])
    ]
    return [*sure, *likely, *answered, *_nearby(text)]


def _nearby(text: str) -> Iterator[Span]:
    """Find words that only a generator would make, in the same line as a password."""
    for match in NEARBY.finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        start = max(line, match.start() - BEFORE_CHARS)
        for word in STRETCH.finditer(text, start, match.end("after")):
            if _is_generated(word.group()):
                yield word.span()


def _is_generated(word: str) -> bool:
    body = word.rstrip(".,;:!?)")
    if not re.search(r"\d", body) or kinds(body) < MIXED or is_wordlike(body):
        return False
    return is_told(body) and not re.search(
        r"\w\(|\d[.:,]\d|\w=|^[@#]\w|@\w+[.-]\w", body
    )


def _answers(value: str) -> bool:
    """Say whether a lone word is a password; "#it-help2" is where to ask for one."""
    if value[0] in "#@/":
        return kinds(value) > MIXED
    return kinds(value) >= MIXED or has_both(value)
