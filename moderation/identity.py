"""Finds numbers that stand for one person: payment cards and national ids."""

import re
from collections.abc import Callable, Iterator

from moderation.checksum import passes_dni, passes_luhn, passes_nir, passes_resident
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


def _any(_found: str) -> bool:
    return True


SHAPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "US social security number": (
        r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}",
        _any,
    ),
    "national insurance number": (
        (
            r"(?:(?!BG|GB|NK|KN|TN|NT)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]|ZZ)"
            r" ?\d\d ?\d\d ?\d\d ?[A-DT]"
        ),
        _any,
    ),
    "Italian tax code": (
        r"[A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z]",
        _any,
    ),
    "French social security number": (
        rf"[12] ?\d\d ?{_MONTH} ?\d\d ?\d{{3}} ?\d{{3}} ?\d\d",
        _digits(passes_nir),
    ),
    "Spanish identity number": (r"[XYZ]-?\d{7}-?[A-Z]|\d{8}-?[A-Z]", passes_dni),
    "Brazilian taxpayer number": (r"\d{3}\.\d{3}\.\d{3}-\d\d", _any),
    "Nordic personal number": (
        (
            rf"(?:19|20)?\d\d{_MONTH}{_DAY}[-+]\d{{4}}|{_DAY}{_MONTH}\d\d-\d{{4}}"
            rf"|{_DAY}{_MONTH}\d\d[-+A]\d{{3}}[0-9A-FHJ-NPR-Y]"
        ),
        _any,
    ),
    "Korean resident number": (rf"\d\d{_MONTH}{_DAY}-[1-4]\d{{6}}", _any),
    "Chinese resident number": (
        rf"[1-9]\d{{5}}(?:19|20)\d\d{_MONTH}{_DAY}\d{{3}}[\dX]",
        passes_resident,
    ),
    "Indian tax number": (r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", _any),
}
NATIONAL = {
    kind: (re.compile(rf"(?<![\w.,/+-])(?:{shape})(?![\w]|[.,/-]\d)"), check)
    for kind, (shape, check) in SHAPES.items()
}

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
        if check(match.group()) and not _is_other(text, match.start())
    ]
    return [*_cards(text), *shaped, *_labelled(text)]


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
        yield "personal id", match.span("value")


def _is_other(text: str, start: int) -> bool:
    """Say whether the words before a number name it as something else."""
    return bool(OTHER_NUMBER.search(_before(text, start)))


def _before(text: str, start: int) -> str:
    return text[max(0, start - NEAR) : start]


def _ends(text: str, at: int) -> bool:
    """Say whether a group of digits ends here."""
    return text[at - 1].isdigit() and not text[at : at + 1].isdigit()
