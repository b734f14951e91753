"""Finds numbers that stand for one person: payment cards and national ids."""

import re
from collections.abc import Callable, Iterator

from moderation.checksum import (
    passes_cpf,
    passes_danish,
    passes_dni,
    passes_finnish,
    passes_italian,
    passes_korean,
    passes_luhn,
    passes_nir,
    passes_norwegian,
    passes_resident,
    passes_swedish,
)
from moderation.phone import is_telephone
from moderation.text import Span

CARD = re.compile(
    r"(?<![\w.,$\u20ac\u00a3#+-])(?:\d[ -]?){11,18}\d(?![\w]|[.,-]\d)",
)
ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})$|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)"
    r"\d{12}$|3[47]\d{13}$|3(?:0[0-5]|[689]\d)\d{11}$|(?:6011|64[4-9]\d|65\d\d)\d{12}(?:\d{3})?$"
    r"|35\d{14}$|(?:2131|1800)\d{11}$|62\d{14}$|(?:220[0-4]|508|60|81)\d{12,14}$"
)
"""The lengths and first digits that payment networks issue."""
MAESTRO = re.compile(r"(?:5[06-8]|6\d|06)\d{10,17}$")
CARD_WORD = re.compile(
    r"\b(?:card|visa|mastercard|maestro|amex|american express|discover|diners|jcb|debit"
    r"|credit|cc\b|pan\b|karte|carte|tarjeta|cvv|cvc)",
    re.IGNORECASE,
)
OTHER_NUMBER = re.compile(
    r"\b(?:order|tracking|invoice|serial|isbn|ean|barcode|upc|gtin|imei|part|ticket|case|message"
    r"|channel|guild|user|server|build|timestamp|epoch)\b[^\n\d]{0,20}$",
    re.IGNORECASE,
)
NEAR = 40

_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"


def _digits(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda found: check(re.sub(r"\D", "", found))


def _none(_found: str) -> bool:
    return False


SHAPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "US social security number": (
        r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}",
        _none,
    ),
    "national insurance number": (
        (
            r"(?:(?!BG|GB|NK|KN|TN|NT)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]|ZZ)"
            r" ?\d\d ?\d\d ?\d\d ?[A-DT]"
        ),
        _none,
    ),
    "Italian tax code": (
        r"[A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z]",
        passes_italian,
    ),
    "French social security number": (
        rf"[12] ?\d\d ?{_MONTH} ?\d\d ?\d{{3}} ?\d{{3}} ?\d\d",
        _digits(passes_nir),
    ),
    "Spanish identity number": (r"[XYZ]-?\d{7}-?[A-Z]|\d{8}-?[A-Z]", passes_dni),
    "Brazilian taxpayer number": (
        r"\d{3}\.\d{3}\.\d{3}-\d\d",
        _digits(passes_cpf),
    ),
    "Swedish personal number": (
        rf"(?:19|20)?\d\d{_MONTH}{_DAY}[-+]\d{{4}}",
        _digits(passes_swedish),
    ),
    "Danish personal number": (
        rf"{_DAY}{_MONTH}\d\d-\d{{4}}",
        _digits(passes_danish),
    ),
    "Finnish personal code": (
        rf"{_DAY}{_MONTH}\d\d[-+A]\d{{3}}[0-9A-FHJ-NPR-Y]",
        passes_finnish,
    ),
    "Norwegian birth number": (
        rf"{_DAY}{_MONTH}\d\d ?\d{{5}}",
        _digits(passes_norwegian),
    ),
    "Korean resident number": (
        rf"\d\d{_MONTH}{_DAY}-[1-4]\d{{6}}",
        _digits(passes_korean),
    ),
    "Chinese resident number": (
        rf"[1-9]\d{{5}}(?:19|20)\d\d{_MONTH}{_DAY}\d{{3}}[\dX]",
        passes_resident,
    ),
    "Indian tax number": (r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", _none),
}
"""Each with its check; one that has none, or fails it, counts beside its name only."""
NATIONAL = {
    kind: (re.compile(rf"(?<![\w.,/+-])(?:{shape})(?![\w]|[.,/-]\d)"), check)
    for kind, (shape, check) in SHAPES.items()
}
NAME = re.compile(
    r"\b(?:(?:ssn|nino|hetu|cpf|rrn|(?-i:PAN))\b|pan (?:card|no|number)|cpr\W{0,3}\d"
    r"|cpr[ -]?n(?:o|r|um\w*)\b|social[ _-]?(?:security|insurance)"
    r"|national[ _-]?(?:insurance|id(?:entity)?)\b|ni (?:no|number)|personal[ _-]?(?:(?:id|identity|identification)\b|number|code)"
    r"|person(?:nummer|nr)|samordningsnummer|f[o\u00f8]dsels(?:nummer|nr)"
    r"|henkil[o\u00f6]tunnus|codice fiscale|resident (?:registration|number|id)"
    r"|permanent account|(?:income|your|my|his|her) tax|tax[ _-]?(?:payer|id|number)"
    r"|identity (?:number|code|card))",
    re.IGNORECASE,
)
"""What a national id is called, before or after it."""
TIME = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d$")
"""Ends a timestamp; one in ten would pass a check digit by chance."""
TELLING = ("US social security number", "national insurance number")
"""Forms that have no check digit, and are still seldom anything else."""

LABELLED = re.compile(
    r"\b(?:(?i:ssn|social[ _-]?(?:security|insurance)|national[ _-]?(?:insurance|id(?:entity)?)"
    r"|nino|tax(?:payer)?[ _-]?id(?:entification)?|itin|passport|driv(?:er'?s?|ing)[ _-]?licen[cs]e"
    r"|identity card|id card|personal(?:ausweis)?[ _-]?(?:id|identity|identification|code|number)"
    r"|personalausweis|reisepass|steuer-?id\w*|sozialversicherungs\w+|pesel|bsn"
    r"|burgerservicenummer|cpf|num[e\u00e9]ro de s[e\u00e9]curit[e\u00e9] sociale|codice fiscale"
    r"|personnummer|aadhaar|hetu|curp|nhs|medicare|tc kimlik|rodn[e\u00e9] [c\u010d][i\u00ed]slo"
    r"|\u8eab\u4efd\u8bc1)|SIN|TFN|TIN|DNI|NIE|NIF|NIR|CPR|PAN|RRN|AHV|NI)"
    r"(?:[\s\"'`:=#(,_-]+(?i:number|no|nr|num|code|card|id|is|was|on file|my|his|her|their"
    r"|(?:of|for)(?:\s+[\w.'-]+){1,3}?)\b\.?){0,5}[\s\"'`:=#(,-]{1,5}"
    r"(?P<value>[A-Z]{0,3}[ -]?\d(?:[ .-]?[0-9A-Z]){5,20})(?![\w])"
)
DATE = re.compile(r"\d{4}[-/.]\d\d?[-/.]\d\d?$|\d\d?[-/.]\d\d?[-/.]\d{4}$")
FEWEST_DIGITS = 6


def identities(text: str) -> list[tuple[str, Span]]:
    """Find payment cards and national ids: each with its kind and place."""
    shaped = [
        (kind, match.span())
        for kind, (pattern, check) in NATIONAL.items()
        for match in pattern.finditer(text)
        if not _is_other(text, match.start())
        and (_is_named(text, match.span()) or _is_right(match.group(), check))
    ]
    return [*_cards(text), *shaped, *_labelled(text)]


def likenesses(text: str) -> list[Span]:
    """Find what has the form of a national id and may be another number."""
    return [
        match.span()
        for kind in TELLING
        for match in NATIONAL[kind][0].finditer(text)
        if not _is_other(text, match.start())
    ]


def _cards(text: str) -> Iterator[tuple[str, Span]]:
    for match in CARD.finditer(text):
        is_named = bool(CARD_WORD.search(_before(text, match.start())))
        if not is_named and _is_other(text, match.start()):
            continue
        # An expiry date may follow: the longest part that is a card's number counts.
        ends = [at for at in range(match.end(), match.start(), -1) if _ends(text, at)]
        for end in ends:
            digits = re.sub(r"\D", "", text[match.start() : end])
            issued = ISSUED.match(digits) or (is_named and MAESTRO.match(digits))
            if issued and passes_luhn(digits):
                yield "payment card", (match.start(), end)
                break


def _labelled(text: str) -> Iterator[tuple[str, Span]]:
    for match in LABELLED.finditer(text):
        value = match["value"]
        if DATE.match(value) or sum(map(str.isdigit, value)) < FEWEST_DIGITS:
            continue
        if is_telephone(value):
            continue
        yield "personal id", match.span("value")


def _is_named(text: str, span: Span) -> bool:
    """Say whether the name of a national id stands near."""
    start, end = span
    return bool(NAME.search(text, max(0, start - NEAR), end + NEAR))


def _is_right(number: str, check: Callable[[str], bool]) -> bool:
    is_timestamp = number[-5] == "-" and TIME.search(number)
    return not is_timestamp and check(number)


def _is_other(text: str, start: int) -> bool:
    """Say whether the words before a number name it as something else."""
    return bool(OTHER_NUMBER.search(_before(text, start)))


def _before(text: str, start: int) -> str:
    return text[max(0, start - NEAR) : start]


def _ends(text: str, at: int) -> bool:
    """Say whether a group of digits ends here."""
    return text[at - 1].isdigit() and not text[at : at + 1].isdigit()
