"""When two calls say the same: case, white space, dates, times and numbers made alike.

A value is made alike as a whole only: "2 pm" is 14:00, "call John at 2 pm" stays words.
"""

import ast
import json
import re
from typing import Any

from learning.tool import Call

Plain = tuple[str, tuple[tuple[str, str], ...]]
"""A call's name, and its arguments by name, as texts that can be compared."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?")
_FORMULA = re.compile(r"[\d\s.+*/()^-]*[+*/^][\d\s.+*/()^-]*")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})-(\d{1,2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_DAY_FIRST = re.compile(
    r"(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?(?:,? (\d{4}))?"
)
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?(?:\.0+)? ?(?:([ap])\.?m\.?)?")
_HALF_DAY = 12
_HOURS = 24
_MINUTES = 60


def same(said: Call, expected: Call) -> bool:
    """Say whether two calls are the same once made alike."""
    return normalised(said) == normalised(expected)


def normalised(call: Call) -> Plain:
    """Return a call in a form in which the same call is always the same."""
    arguments = sorted(call.arguments.items())
    return call.name, tuple((name, plain(value)) for name, value in arguments)


def plain(value: Any) -> str:
    """Return one argument as a text that can be compared."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(str(value))
    if isinstance(value, list | tuple):
        return json.dumps([plain(each) for each in value])
    if isinstance(value, dict):
        return json.dumps({str(k): plain(v) for k, v in sorted(value.items())})
    return str(value)


def _text(text: str) -> str:
    words = " ".join(text.lower().split())
    if words[:1] in ("[", "{"):
        return _written_out(words)
    if _NUMBER.fullmatch(words):
        return _number(words)
    moment = _moment(words)
    if moment:
        return moment
    if _FORMULA.fullmatch(words):
        return words.replace(" ", "")
    return words


def _written_out(text: str) -> str:
    """Read a list or an object that was given as text, in Python's form or JSON's."""
    try:
        return plain(ast.literal_eval(text))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        pass
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _number(text: str) -> str:
    """Write 2, 2.0 and +2 as 2; "1e6" of a float stays as Python writes it."""
    if not _NUMBER.fullmatch(text):
        return text
    sign = "-" if text.startswith("-") else ""
    digits = text.lstrip("+-")
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return short if short == "0" else sign + short


def _moment(text: str) -> str:
    """Return a date, a time or both as ISO writes them; empty where it is none.

    A date alone means its beginning, so that midnight says nothing more.
    """
    text = text.removesuffix("z")
    for pattern in (r"[ t]", r",? at ", r", "):
        for cut in re.finditer(pattern, text):
            day, time = _day(text[: cut.start()]), _time(text[cut.end() :])
            if day and time:
                return day if time == "00:00:00" else f"{day} {time}"
    return _day(text) or _time(text)


def _day(text: str) -> str:
    if found := _ISO.fullmatch(text):
        return _date(*found.groups())
    if found := _DAY_OF_YEAR.fullmatch(text):
        return _date(None, *found.groups())
    if found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found.groups()
        return _date(year, _month(month), day)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        return _date(year, _month(month), day)
    return ""


def _month(word: str) -> str:
    """Return the number of a month, or 0."""
    names = (
        "january february march april may june july august september october november "
        "december"
    ).split()
    if word in names or word in _MONTHS or word == "sept":
        return str(_MONTHS.index(word[:3]) + 1)
    return "0"


def _date(year: str | None, month: str, day: str) -> str:
    is_day = 1 <= int(month) <= len(_MONTHS) and 1 <= int(day) <= 31  # noqa: PLR2004
    if not is_day:
        return ""
    return (f"{year}-" if year else "") + f"{int(month):02}-{int(day):02}"


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found or not (found[2] or found[4]):
        return ""
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= _HALF_DAY:
            return ""
        hour = hour % _HALF_DAY + (_HALF_DAY if found[4] == "p" else 0)
    if hour >= _HOURS or minute >= _MINUTES or second >= _MINUTES:
        return ""
    return f"{hour:02}:{minute:02}:{second:02}"
