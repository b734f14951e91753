"""Finds telephone numbers of people; a hotline's or a help desk's is public."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

from moderation.text import Span

_EXTENSION = r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?"
_START, _END = r"(?<![\w.,:/#=@$\u20ac\u00a3-])", r"(?![\w%\u20ac$\u00a3]|[.,:/-]\d)"
INTERNATIONAL = re.compile(
    rf"(?<![\w.,:/#=@$-])\(?(?:\+\s?|(?<!\d[ -])00(?=[1-9][\d -]{{8}}))\d(?:[\s().\-/]{{0,3}}\d){{6,14}}{_EXTENSION}{_END}"
)
NORTH_AMERICAN = re.compile(
    rf"{_START}(?:\+?1[\s.-]?|001[\s.-]?)?"
    rf"(?:\(\d{{3}}\)\s?\d{{3}}[\s.-]?\d{{4}}|\d{{3}}(?P<sign>[.-])\d{{3}}(?P=sign)\d{{4}})"
    rf"{_EXTENSION}{_END}"
)
TRUNK = re.compile(
    rf"{_START}(?<!\d[ -])(?:\(0\d{{1,5}}\)|0\d{{1,5}})[\s/-]{{1,3}}\d{{2,}}(?:[\s-]\d{{2,}}){{0,4}}{_END}"
    rf"|{_START}0\d(?P<between>[ .])\d\d(?:(?P=between)\d\d){{3}}{_END}"
)
"""Written as at home in most countries: a zero, an area, a number."""
WORD = re.compile(
    r"(?:\b(?:call|phone|tel|telephone|telefon\w*|t\u00e9l\w*|tel\u00e9fono|telefone|cell(?:phone|ular\w*)?"
    r"|mobile?|handy\w*|m\u00f3vil|portable|text|sms|whatsapp|signal|fax|ring|dial|reach|contact|kontakt"
    r"|(?:my|his|her|their)(?: \w+){0,2} (?:number|digits))\b|\u7535\u8bdd|\u624b\u673a|\u96fb\u8a71|\uc804\ud654)"
    rf"[^\n\d+]{{0,30}}?(?P<number>\(?\+?\d(?:[\s().\-/]{{0,2}}\d){{6,14}}{_EXTENSION}){_END}",
    re.IGNORECASE,
)
"""Any number of 7 to 15 digits after a word for a telephone."""
REGIONS = (
    "GB",
    "DE",
    "FR",
    "IT",
    "NL",
    "SE",
    "AU",
    "JP",
    "KR",
    "IN",
    "TR",
    "BE",
    "CH",
    "ZA",
)
"""Where a number that begins with a zero may be at home."""
DATE = re.compile(
    r"\(?(?:\d{3}-\d\d-\d{4}|\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})(?!\d)"
)
"""Dates, and numbers in the form of an American social security number."""
FREE = PhoneNumberType.TOLL_FREE
PUBLIC_LINE = re.compile(
    r"\b(?:hot ?line|help ?(?:desk|line)|support|switchboard|front desk|reception|office"
    r"|emergency|toll[- ]?free|customer (?:service|care)|box office|main line|service desk"
    r"|info(?:rmation)? line|on-call|conference|dial-in|bridge|clinic|venue|shop|store"
    r"|restaurant|security desk|company|press)\b",
    re.IGNORECASE,
)
PERSONAL = re.compile(
    r"\b(?:my|me|his|her|hers|him|their|mobile|cell|private|personal|home)\b",
    re.IGNORECASE,
)
OTHER_NUMBER = re.compile(
    r"\b(?:order|tracking|invoice|serial|isbn|ean|upc|barcode|part|ticket|case|version|build|ref(?:erence)?"
    r"|model|sku|account|id|article|port|issue)\b[^\n\d]{0,15}$",
    re.IGNORECASE,
)
NEAR = 50


def phones(text: str) -> list[Span]:
    """Find telephone numbers, but for those that are made to be published."""
    return [span for span in _found(text) if not _is_public(text, span)]


def is_telephone(number: str) -> bool:
    """Say whether a number begins as a telephone's, a hotline's as well."""
    begins = any(start == 0 for start, _ in _found(number))
    return begins or _is_free_to_call(number)


def _found(text: str) -> Iterator[Span]:
    for match in INTERNATIONAL.finditer(text):
        number = re.sub(r"^\(?00", "+", match.group())
        is_other = number != match.group() and _is_other(text, match.start())
        if not is_other and _is_possible(number.replace("(0)", "")):
            yield match.span()
    for match in NORTH_AMERICAN.finditer(text):
        if not _is_other(text, match.start()):
            yield match.span()
    for match in TRUNK.finditer(text):
        is_date = DATE.match(match.group())
        if (
            not is_date
            and not _is_other(text, match.start())
            and _at_home(match.group())
        ):
            yield match.span()
    for match in WORD.finditer(text):
        start = match.start("number")
        if not DATE.match(match["number"]) and not _is_other(text, start):
            yield match.span("number")


def _parsed(number: str, region: str | None = None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def _is_possible(number: str) -> bool:
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.is_possible_number(parsed)


def _at_home(number: str) -> bool:
    parsed = (_parsed(number, region) for region in REGIONS)
    return any(each and phonenumbers.is_valid_number(each) for each in parsed)


def _is_public(text: str, span: Span) -> bool:
    before = text[max(0, span[0] - NEAR) : span[0]]
    if PERSONAL.search(before):
        return False
    return bool(PUBLIC_LINE.search(before)) or _is_free_to_call(text[slice(*span)])


def _is_free_to_call(number: str) -> bool:
    """Say whether calling costs nothing: no person has such a number."""
    parsed = (_parsed(number, region) for region in ("US", "GB", "DE"))
    return any(each and phonenumbers.number_type(each) == FREE for each in parsed)


def _is_other(text: str, start: int) -> bool:
    return bool(OTHER_NUMBER.search(text[max(0, start - NEAR) : start]))
