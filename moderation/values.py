"""What a sentence commits itself to: numbers, days, names, yes or no."""

import re
from dataclasses import dataclass

WORD = re.compile(
    r"(?P<number>\d+(?:[.,:]\d+)*)(?:\s?(?P<half>[ap])\.?m\b\.?)?|[^\W\d_][\w'-]*",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|nothing|none|cannot|without|neither|nor)\b|n't\b",
    re.IGNORECASE,
)
NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen twenty"
).split()
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow weekday "
    "weekend january february march april may june july august september october "
    "november december noon midnight morning afternoon evening night".split()
)
STOPWORDS = frozenset(
    "a about after all an and any are as at be been before being by can cannot could "
    "did do does don't doing for from had has have he her here him his how i if in "
    "into is isn't it its may me might must my never no not of on or our out over shall "
    "she should so than that the their them then there these they this those to too "
    "up us was we were what when where which while who whom whose why will with would "
    "you your nobody nothing none am pm".split()
)


@dataclass(frozen=True, slots=True)
class Values:
    """What a statement commits itself to."""

    numbers: frozenset[str]
    days: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]
    """Content words other than the above."""
    first: str
    """The first content word or name: what it is about, as a rule."""
    opener: str
    """The word it begins with, where that may be a name."""
    negated: bool


def read(text: str) -> Values:
    """Read the values out of a statement, with number words and times as digits."""
    text = text.replace("\u2019", "'")
    numbers, days, names, words = set(), set(), set(), set()
    first = opener = ""
    for match in WORD.finditer(text):
        word = match.group().lower().removesuffix("'s")
        if match["number"]:
            numbers.add(written_number(match))
        elif word in NUMBER_WORDS:
            numbers.add(str(NUMBER_WORDS.index(word)))
        elif word.removesuffix("s") in DAYS and match.group() != "may":
            days.add(word.removesuffix("s"))
        elif word in STOPWORDS:
            continue
        elif match.group()[0].isupper() and not _opens_a_sentence(text, match.start()):
            names.add(word)
            first = first or stem(word)
        else:
            words.add(stem(word))
            first = first or stem(word)
            if match.start() == 0 and match.group()[0].isupper():
                opener = stem(word)
    return Values(
        numbers=frozenset(numbers),
        days=frozenset(days),
        names=frozenset(names),
        words=frozenset(words),
        first=first,
        opener=opener,
        negated=len(NEGATION.findall(text)) % 2 == 1,
    )


def _opens_a_sentence(text: str, start: int) -> bool:
    return start == 0 or text[:start].rstrip(" \"'(")[-1:] in ("", ".", "!", "?", "\n")


def written_number(match: re.Match[str]) -> str:
    """Write a number one way, and a time of day by the 24-hour clock."""
    digits, half = match["number"].replace(",", ""), (match["half"] or "").lower()
    if not half:
        return digits.removesuffix(":00") if ":" in digits else digits
    hour, _, minute = digits.partition(":")
    if not hour.isdecimal():
        return digits + half
    by_the_day = int(hour) % 12 + (12 if half.startswith("p") else 0)
    return f"{by_the_day}:{minute}" if minute.strip("0") else str(by_the_day)


def stem(word: str) -> str:
    """Cut an ending off, so that most forms of a word are equal."""
    for suffix in ("ing", "ed", "es", "er", "s"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:  # noqa: PLR2004
            return word.removesuffix(suffix)
    return word
