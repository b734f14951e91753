"""Finds personal data: how to reach somebody, where they live, what they pay from.

Names alone are none of it: who maintains a server is what communities teach.
"""

import ipaddress
import re
from collections.abc import Iterator

from moderation.checksum import passes_iban
from moderation.identity import likenesses
from moderation.phone import phones
from moderation.postal import addresses
from moderation.text import Span

EMAIL = re.compile(
    r"(?<![\w@.+/-])(?P<local>[\w.+%'-]{1,64})(?:@|\s?[\[({]\s?at\s?[\])}]\s?|\sat\s(?=\S+\s?(?:[\[({]\s?)?dot\b))"
    r"(?P<host>[\w-]{1,63}(?:(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?|\sdot\s)[\w-]{1,63}){0,4}"
    r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?|\sdot\s)(?P<top>[^\W\d_]{2,24}|xn--[\w-]{2,40}))(?![\w@-]|:[\w/~])",
    re.IGNORECASE,
)
ROLES = frozenset(
    """abuse accounts admin administrator admissions alerts apply billing board bookings
    bot bugs careers ci club coc community compliance conduct contact contributors council
    customer deploy desk dev devs dpo editor enquiries events facilities feedback finance
    frontdesk fundraising git hello help helpdesk hostmaster hr info inquiries it jobs legal
    library list mail mailer marketing media meetup membership mod moderation moderators mods
    newsletter no noc noreply notifications office ops orders owner partners payments
    postmaster press privacy reception registrar report reports reservations returns root
    sales secretary security service shop staff studio support sysadmin team tech tickets
    treasurer unsubscribe volunteer volunteers webmaster welcome""".split()
)
"""Mailboxes of a role and not of a person (RFC 2142 and common use)."""
NOBODY = frozenset(
    "you your name user username someone somebody foo bar test example email me".split()
)
"""What manuals write before the sign."""
FILES = frozenset("css gif html jpeg jpg js json png svg webp".split())

IBAN = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?|[a-z]{2}\d\d[a-z0-9]{11,30})(?!\w)"
)
SHORTEST_IBAN = 15
ACCOUNT = re.compile(
    r"\b(?:(?:bank )?account|routing|sort code|acct)(?: (?:number|no\.?|nr\.?))?\s*(?:is|[:=#])?\s*"
    r"(?P<value>\d[\d -]{5,17}\d)(?!\w)",
    re.IGNORECASE,
)
BORN = re.compile(
    r"\b(?:dob|d\.o\.b\.|date[ _]of[ _]birth|birth ?dat[eo]|birthday|geburtsdatum|geboren am|n\u00e9e? le"
    r"|fecha de nacimiento|born on(?=[^\n]{0,15}(?:19[2-9]|20)\d))\b[^\n\d]{0,15}?(?P<value>\d{1,4}[-/. ]\w{1,9}[-/. ]{1,2}\d{2,4}|[^\W\d_]{3,9}\.? \d{1,2},? \d{4})",
    re.IGNORECASE,
)
FOUR = re.compile(r"(?<![\w.-])(?P<ip>(?:\d{1,3}\.){3}\d{1,3})(?![\w-]|\.\d)")
SIX = re.compile(
    r"(?<![\w:.])(?P<ip>(?:[\da-f]{0,4}:){2,7}[\da-f]{1,4})(?![\w:]|\.\d)",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"\b(?:server|host|dns|resolver|gateway|router|proxy|node|cluster|mirror|ntp|version|v|release|build"
    r"|listens?|bind|nameserver|load balancer|endpoint|section|chapter)\b[^\n]{0,25}$",
    re.IGNORECASE,
)
SOMEBODY = re.compile(
    r"\b(?:ip|my|his|her|their|user|member|player|visitor|client|logged in|banned?)\b",
    re.IGNORECASE,
)
HIGHEST_IN_VERSIONS = 40
RESOLVERS = frozenset("1.1.1.1 1.0.0.1 8.8.8.8 8.8.4.4 9.9.9.9 149.112.112.112".split())
NEAR = 40


def personal(text: str) -> list[tuple[str, Span]]:
    """Find personal data: each with its kind and place."""
    found = [("an e-mail address", span) for span in _emails(text)]
    found += [("a bank account", span) for span in _accounts(text)]
    found += [("a telephone number", span) for span in phones(text)]
    found += [("a postal address", span) for span in addresses(text)]
    found += [("what looks like a national id", span) for span in likenesses(text)]
    found += [("a date of birth", m.span("value")) for m in BORN.finditer(text)]
    return found + [("an IP address", span) for span in _ips(text)]


def _emails(text: str) -> Iterator[Span]:
    for match in EMAIL.finditer(text):
        local = match["local"].lower()
        parts = {part.rstrip("0123456789") for part in re.split(r"[._+-]", local)}
        if match["top"].lower() in FILES or local in NOBODY or parts & ROLES:
            continue
        if not re.search(
            r"\b(?:ssh|scp|rsync|sftp)\b[^\n]{0,40}$", text[: match.start()]
        ):
            yield match.span()


def _accounts(text: str) -> Iterator[Span]:
    for match in IBAN.finditer(text):
        words = match.group().split(" ")
        for count in range(len(words), 0, -1):
            account = "".join(words[:count])
            if len(account) >= SHORTEST_IBAN and passes_iban(account):
                yield match.start(), match.start() + len(" ".join(words[:count]))
                break
    for match in ACCOUNT.finditer(text):
        yield match.span("value")


def _ips(text: str) -> Iterator[Span]:
    """Find addresses of the open net; a machine's is nobody's, unless said so."""
    for pattern in (FOUR, SIX):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match["ip"])
            except ValueError:
                continue
            before = text[max(0, match.start() - NEAR) : match.start()]
            is_somebodys = bool(SOMEBODY.search(before))
            is_machine = MACHINE.search(before) or _is_version(str(address))
            if address.is_global and (is_somebodys or not is_machine):
                yield match.span()


def _is_version(address: str) -> bool:
    """Say whether an address may as well be a version, or serves everybody's names."""
    if address in RESOLVERS:
        return True
    parts = address.split(".")
    return len(parts) == 4 and all(int(part) <= HIGHEST_IN_VERSIONS for part in parts)  # noqa: PLR2004
