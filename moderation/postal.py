"""Finds where somebody lives: a whole postal address, or a street said to be home."""

import re
from collections.abc import Iterator

from moderation.text import Span

_NUMBER = r"\d{1,6}[A-Za-z]?(?:[/-]\d{1,4}[A-Za-z]?)?"
# Possessive: a long word is never tried in parts, which takes minutes for 2,000 letters.
_REST = r"[\w'\u2019.-]*+"
_CAPITAL = rf"[^\W\d_a-z]{_REST}"
_NAME = rf"[^\W\d_]{_REST}"
_ENGLISH = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Close"
    r"|Crescent|Terrace|Way|Square|Place|Pl|Gardens?|Grove|Mews|Parkway|Pkwy|Circle|Trail"
    r"|Highway|Hwy|Row|Hill|View|Walk|Park|Green|Rise|Ridge|Springs?|Fields?|Meadows?|Burgs?"
    r"|Loop|Pass|Path|Point|Creek|Extensions?|Gateway|Heights|Hollow|Island|Junction|Mills?"
    r"|Mountain|Plains?|Rapids|Shores?|Station|Summit|Turnpike|Union|Valley|Ville|Vista"
)
_GERMANIC = (
    r"(?:stra(?:\u00df|ss)e|str\.|weg|allee|gasse|platz|ring|damm|ufer|straat|laan|gracht|plein"
    r"|singel|gatan|v\u00e4gen|gade|vej|veien|katu|tie|torget|stigen|gr\u00e4nd|pad)"
)
_ROMANCE = (
    r"(?:rue|avenue|boulevard|chemin|all\u00e9e|impasse|quai|place|via|viale|vicolo|corso|piazza"
    r"|calle|avenida|plaza|paseo|camino|rua|alameda|travessa|ul\.|ulica|aleja|al\.|plac"
    r"|\u0443\u043b\.|\u043f\u0440\.|\u043f\u0435\u0440\.)"
)
ENGLISH = rf"{_NUMBER},? (?:{_CAPITAL} ){{1,3}}(?:{_ENGLISH})\b\.?"
GERMANIC = rf"(?:{_NAME}[ -]){{0,2}}[\w-]*(?i:{_GERMANIC}) {_NUMBER}"
ROMANCE = (
    rf"{_NUMBER},? {_ROMANCE} {_NAME}(?: {_NAME}){{0,3}}"
    rf"|{_ROMANCE} (?:{_NAME},? ){{1,5}}(?:\u0434\. )?{_NUMBER}"
)
STREET = re.compile(rf"(?<![\w.,:/-])(?:{ENGLISH}|{GERMANIC}|(?i:{ROMANCE}))")
LINE = rf"(?<![\w.,:/-]){_NUMBER},?\s{_CAPITAL}(?: {_CAPITAL}){{0,3}}"
POSTCODE = (
    r"[A-Z]{2},? \d{5}(?:-\d{4})?\b|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
    r"|(?:NSW|VIC|QLD|TAS|ACT|NT|SA|WA),? \d{4}\b"
)
WHOLE = re.compile(rf"{LINE}(?=[\s,])[^|]{{3,80}}?[\s,](?:{POSTCODE})")
"""A house, a street, a town and a postcode of the English-speaking world."""
MILITARY = re.compile(r"\b(?:APO|FPO|DPO),? A[AEP],? \d{5}(?:-\d{4})?\b")
TOWN = re.compile(
    r"[\s,|]{1,4}[^\n]{0,30}?(?:\b\d{2}-\d{3}|\b\d{3} \d{2}|\b\d{4} ?[A-Z]{2}|\b\d{4,6}(?:-\d{3})?)[\s,]+[^\W\d_]"
    r"|[\s,|]{1,4}[^\W\d_][^\n\d]{1,30}[\s,]+\d{5}\b"
)
"""What follows the street elsewhere."""
AT_HOME = re.compile(
    r"\b(?:lives?|living|reside[sd]?|home|house|my|his|her|their|ship(?:ped)?|deliver(?:ed|y)?"
    r"|mail(?:ing)?|send|address|wohn\w+|habite|vive|abita|mieszka|bor|woont)\b",
    re.IGNORECASE,
)
SAID = re.compile(
    r"\b(?:lives? (?:at|in)|living (?:at|in)|reside[sd]? (?:at|in)|home is|address(?: is| was|:|['\"]?:)"
    r"|(?:ship|deliver|send|mail|post)(?:ped|ed)?(?: \w+){0,3} to|wohn\w* in|habite(?: au)?|vive en)"
    r"[\s:'\"]+(?P<address>[^|]{12,100})",
    re.IGNORECASE,
)
"""What is said to be where somebody lives, in whatever form."""
CODE = re.compile(
    rf"(?:{POSTCODE})|\b(?:\d{{5}}-\d{{3}}|\d{{2,3}}[- ]\d{{2,3}}|\d{{4}} ?[A-Z]{{2}}|\d{{4,8}})\b"
)
NO_HOUSE = re.compile(r"\d{5} [^\W\d_a-z]")
"""A town after its code: enough where the house has no number."""
HOUSE = re.compile(r"\b\d{1,5}[a-zA-Z]?\b")
PUBLIC = re.compile(
    r"\b(?:office|venue|hall|museum|library|school|campus|meet(?:ing|up)?|event|headquarters|hq|shop"
    r"|store|clinic|caf\u00e9|cafe|pub|bar|club|centre|center|church|hotel|restaurant|we meet)\b",
    re.IGNORECASE,
)
NEAR = 60


def addresses(text: str) -> list[Span]:
    """Find addresses of people; where an office or a venue is named, it is public."""
    return [span for span in _found(text) if not _is_public(text, span[0])]


def _found(text: str) -> Iterator[Span]:
    for match in WHOLE.finditer(text):
        yield match.span()
    for match in MILITARY.finditer(text):
        yield match.span()
    for match in SAID.finditer(text):
        code = next(CODE.finditer(text, *match.span("address")), None)
        start = match.start("address")
        house = HOUSE.search(text, start, match.end()) if code else None
        if not code:
            continue
        is_whole = house is not None and house.start() < code.start()
        if is_whole or NO_HOUSE.match(text, code.start()):
            yield start, code.end()
    for match in STREET.finditer(text):
        town = TOWN.match(text, match.end())
        if town:
            yield match.start(), town.end()
        elif AT_HOME.search(_before(text, match.start())):
            yield match.span()


def _is_public(text: str, start: int) -> bool:
    before = _before(text, start)
    return bool(PUBLIC.search(before)) and not re.search(
        r"\b(?:my|his|her|lives?|home)\b", before, re.IGNORECASE
    )


def _before(text: str, start: int) -> str:
    return text[max(0, start - NEAR) : start]
