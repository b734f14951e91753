"""Of what shape a value is: a time, a date, a version, or words like any others.

The examples of a tool show of which shapes a parameter's values are, and a request
shows where values of these shapes are. The names of days and months are English.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from learning.request_words import begins_bare, ends_bare, is_lone, words_of


class Shape(StrEnum):
    """How a value is written."""

    EMAIL = "email"
    URL = "url"
    TIME = "time"
    DATE = "date"
    DAY = "day"
    NUMBER = "number"
    VERSION = "version"
    CODE = "code"
    NAME = "name"
    """A single word of none of these shapes."""
    WORDS = "words"


STRUCTURED = frozenset(Shape) - {Shape.NAME, Shape.WORDS}
"""What a pattern recognises wherever it stands."""

_DAYS_AND_DATES = frozenset({Shape.DAY, Shape.DATE})
_MARKS = " \t\n.,;:!?()[]\"'\u201c\u201d"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_OF_MONTH = "(?:0?[1-9]|[12][0-9]|3[01])"
_WEEKDAY = (
    "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mon|tues?|wed|thur?s?|fri"
    "|(?-i:S(?:at|un)))"  # In lower case they are other words.
)
_YEAR = r"(?:,?\s[12][0-9]{3})?"
_DUE = "|".join(
    [r"(?<=,\s)"]
    + [
        rf"(?<=\b{word}\s)"
        for word in "on by from to until till before after since for".split()
    ]
)
_NO_NOUN = (
    r"(?!\s(?!(?:at|and|or|to|till|until|for|from|in|because|with|if|as|we|i|then"
    r"|instead|please|pls|thanks|thx)\b)\w)"
)
"""What follows the 3rd where it is a day: no floor, no attempt."""
_UNIT = (
    "(?:[kcm]?m|mi|miles?|ft|in|yd|[km]?g|lbs?|oz|m?l|gal|[kmgt]b|m?s|secs?|mins?|hrs?"
    "|[hdxwv]|px|kph|mph|kmh|kw|\u00b0?[cf]|\u00b0|eur|usd|gbp|st|nd|rd|th)"
)
_WRITTEN = {
    Shape.EMAIL: r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    Shape.URL: (
        r"(?:https?://|www\.)\S*[\w/#=]"
        r"|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|gg|edu|gov|info)(?:/\S*[\w/#=])?"
    ),
    Shape.TIME: (
        r"(?:(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9]){1,2}(?:\s?[ap]\.?m\.?)?"
        r"|(?:0?[1-9]|1[0-2])(?:\.[0-5][0-9])?\s?[ap]\.?m\.?"
        r"|(?:0?[1-9]|1[0-2])\so['\u2019]clock"
        r"|(?:[01]?[0-9]|2[0-3])h[0-5][0-9]|noon|midday|midnight)"
        r"(?P<trail>\s(?:utc|gmt|cest|cet|bst|[ecmp][sd]t))?"
    ),
    Shape.DATE: (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
        r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
        rf"|{_OF_MONTH}([./-]){_OF_MONTH}\1[0-9]{{4}}"
        rf"|(?!24/7){_OF_MONTH}/{_OF_MONTH}(?:/[0-9]{{2}})?"
        rf"|{_MONTH}\s{_OF_MONTH}(?:st|nd|rd|th)?{_YEAR}"
        rf"|{_OF_MONTH}(?:st|nd|rd|th|\.)?(?:\sof)?\s{_MONTH}{_YEAR}"
        rf"|(?:(?:end|middle|start|beginning)\sof\s|(?:mid|early|late)[-\s]){_MONTH}"
        rf"|(?:{_DUE})(?P<lead>the\s)?{_OF_MONTH}(?:st|nd|rd|th){_NO_NOUN}"
    ),
    Shape.DAY: (
        r"(?P<lead>this\s|the\s(?=day\s))?"
        rf"(?:(?:(?:next|last|coming|easter|good)\s)?(?:{_WEEKDAY}|weekend)"
        r"|(?:next|last)\s(?:week|month)|(?:day\safter\s)?tomorrow|today|yesterday)"
        r"(?P<trail>\s(?:morning|afternoon|evening|night))?|tonight"
        r"|this\s(?:week|month|morning|afternoon|evening)"
        r"|(?:christmas|new\syear['\u2019]s)\s(?:eve|day)"
    ),
    Shape.NUMBER: (
        r"(?P<lead>[$\u20ac\u00a3\u00a5])?[-+\u2212]?"
        r"(?:[0-9]{1,3}(?:[,'\u2019_][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
        rf"(?:{_UNIT}|(?P<trail>%))?"
    ),
    Shape.VERSION: (
        r"(?:v[0-9]+|[0-9]+\.[0-9]+)(?:\.[0-9]+)*(?:-?(?:alpha|beta|rc)[.-]?[0-9]*)?"
    ),
    # `30-day` and `15k` are none.
    Shape.CODE: (
        r"#[0-9]+|#?(?!(?-i:[0-9]+(?:-[a-z]{3,})+(?!\w))|[0-9]+k(?!\w))"
        r"(?=[\w/-]*[0-9])(?=[\w/-]*[a-z])[a-z0-9]+(?:[-_/][a-z0-9]+)*_*"
    ),
}
_PATTERNS = {
    shape: re.compile(rf"(?<![\w.:/@-])(?:{written})(?![\w@]|[-./:]\w)", re.IGNORECASE)
    for shape, written in _WRITTEN.items()
}


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a text, and where it is."""

    shape: Shape
    start: int
    end: int
    spans: frozenset[tuple[int, int]]
    """The value as a whole, and without what need not belong to it: `this` Friday."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What the example values of a parameter that takes lists have in common."""

    joined: frozenset[str] = frozenset()
    """What separates items as a rule, but stands within one: `rock and roll`."""
    single: bool = False
    """Whether a list has one item."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the example values of one parameter have in common."""

    shapes: frozenset[Shape]
    """Of the values, each as a whole."""
    held: frozenset[Shape] = frozenset()
    """Of what stands somewhere in the values, be it a whole one, or around numbers."""
    begin_bare: bool = True
    """Whether none begins with a function word."""
    end_bare: bool = True
    """Whether none ends with one."""
    lone: bool = False
    """Whether one is a function word and nothing else."""
    quoted: bool = False
    """Whether every value stands in double quotation marks in its request."""
    where_said: bool = False
    """Whether some examples lack it, and all of these have no value left for it."""
    shared: bool = False
    """Whether an example gives one number of its request to another parameter too."""
    lists: Lists | None = None
    """What else is known where the values are the items of lists."""

    @property
    def structured(self) -> bool:
        """Whether every value is of a shape that a pattern recognises."""
        return self.shapes <= STRUCTURED

    @property
    def numeric(self) -> bool:
        """Whether a value is a number."""
        return Shape.NUMBER in self.shapes

    @property
    def wanted(self) -> frozenset[Shape]:
        """The shapes of values that belong to this parameter, wherever they stand.

        Whoever takes a weekday takes a date, and the other way round.
        """
        if self.lists and not self.structured:
            return frozenset()  # A weekday among things to choose from is one of them.
        taken = self.shapes & STRUCTURED
        return taken | _DAYS_AND_DATES if taken & _DAYS_AND_DATES else taken


def shape(text: str) -> Shape:
    """Say of which shape a value is as a whole."""
    text = text.strip()
    for each, pattern in _PATTERNS.items():
        if pattern.fullmatch(text) or pattern.fullmatch(text.strip(_MARKS)):
            return each
    return Shape.NAME if len(text.split()) == 1 else Shape.WORDS


def found(text: str) -> tuple[Found, ...]:
    """Find the structured values in a text, in order.

    Each is as long as can be: `6:30 pm` and not `6:30`, no number within a date. One
    text may be of two shapes: 2.0 is a number and a version.
    """
    order = list(_PATTERNS)
    every = sorted(
        _every(text), key=lambda each: (each.start, -each.end, order.index(each.shape))
    )
    kept: list[Found] = []
    for each in every:
        if kept and each.end <= kept[-1].end:
            same = (each.start, each.end) == (kept[-1].start, kept[-1].end)
            if not same or each.shape is Shape.CODE:
                continue
        kept.append(each)
    return tuple(kept)


def kind_of(values: Iterable[object]) -> Kind | None:
    """Say what values have in common; None where there are none, or not only texts
    and numbers.
    """
    given = list(values)
    if not given or any(isinstance(each, bool) for each in given):
        return None
    if all(isinstance(each, int | float) for each in given):
        return Kind(frozenset({Shape.NUMBER}), frozenset({Shape.NUMBER}))
    texts = [each for each in given if isinstance(each, str) and each.strip()]
    if len(texts) < len(given):
        return None
    words = [words_of(each).text for each in texts]
    return Kind(
        frozenset(map(shape, texts)),
        frozenset(each.shape for text in words for each in found(text)),
        all(begins_bare(text, 0) for text in words),
        all(ends_bare(text, len(text)) for text in words),
        lone=any(" " not in text and is_lone(text, 0) for text in words),
    )


def _every(text: str) -> Iterator[Found]:
    for each, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            parts = match.groupdict()
            starts = {match.start(), match.start() + len(parts.get("lead") or "")}
            ends = {match.end(), match.end() - len(parts.get("trail") or "")}
            spans = frozenset((start, end) for start in starts for end in ends)
            yield Found(each, match.start(), match.end(), spans)
