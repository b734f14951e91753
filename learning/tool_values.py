"""Values that a request may name: drawn in the shape of those that people gave.

A model that has seen eight names copies those eight; one that has seen a new one in
every row copies whatever stands there.
"""

import json
import random
import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from learning.lexicon import load_worlds

ALIASES = Path(__file__).with_name("aliases.json")
"""Other names of values that enums often have."""
NEGATIVE = 0.08
"""How often a number is below zero, where nothing forbids it."""
OWN = 0.25
"""How often a value comes from the tool's other examples."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_NEAR_DAYS = ("today", "tomorrow", "tonight", "next week", "next month", "next Friday")
_ADJECTIVES = (
    *("broken", "slow", "missing", "blue", "late", "double", "empty", "wrong", "quiet"),
    *(
        "weekly",
        "open",
        "old",
        "loud",
        "frozen",
        "spring",
        "winter",
        "public",
        "shared",
    ),
    *(
        "first",
        "lost",
        "hidden",
        "annual",
        "dark",
        "silent",
        "remote",
        "small",
        "rusty",
    ),
)
_NOUNS = (
    *(
        "login",
        "payment",
        "map",
        "printer",
        "garden",
        "chess",
        "boat",
        "market",
        "film",
    ),
    *(
        "password",
        "invoice",
        "lamp",
        "raid",
        "match",
        "bread",
        "song",
        "board",
        "audio",
    ),
    *("bridge", "upload", "quiz", "kitchen", "review", "dragon", "camera", "book"),
    *("backup", "tower", "music", "harbour", "avatar", "window", "coffee", "ladder"),
)
_HEADS = (
    *("night", "error", "crash", "club", "page", "session", "screen", "workshop"),
    *("contest", "bug", "meeting", "timeout", "list", "lag", "walk", "tournament"),
    *("failure", "talk", "party", "queue", "button", "account", "evening", "problem"),
)
_NICKS = (
    *("rosa", "Kestrel", "mopsy", "Tundra", "jinx", "Oberon", "pixel", "Ravenna"),
    *("nimbus", "Solveig", "gecko", "Marlow", "quill", "Zephyr", "tomte", "Bramble"),
)
_TIME = r"\d{1,2}(?:[:.]\d\d(?:\s?(?:am|pm|AM|PM))?|\s?(?:am|pm|AM|PM))"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
_MONTH_DAY = re.compile(rf"(?:{'|'.join(_MONTHS)}) \d{{1,2}}(?:st|nd|rd|th)?")


def aliases_of(value: Any, schema: Mapping[str, Any]) -> Sequence[str]:
    """Return the other names of an enum's value: `Europe` for `eu`.

    What is the name of another value is left out: `pounds` are money where the enum
    has no weights.
    """
    others = {str(each).casefold() for each in schema["enum"] if each != value}
    names = _aliases().get(str(value).casefold(), ())
    return [name for name in names if name.casefold() not in others]


def shown(schema: Mapping[str, Any], value: Any, draw: random.Random) -> str:
    """Write a value as somebody would say it: one of an enum's by another name, too."""
    names = aliases_of(value, schema) if "enum" in schema else ()
    if names and draw.random() < 0.6:  # noqa: PLR2004
        return draw.choice(names)
    said = str(value)
    return said.replace("_", " ") if "enum" in schema else said


def drawn(schema: Mapping[str, Any], given: Sequence[Any], draw: random.Random) -> Any:
    """Draw a value for a parameter: of its enum, or in the shape of a given one."""
    if "enum" in schema:
        return draw.choice(list(schema["enum"]))
    if schema.get("type") == "boolean":
        return draw.random() < 0.5  # noqa: PLR2004
    if given and draw.random() < OWN:
        return draw.choice(list(given))
    if not given:
        given = _unseen(schema)
    return _near(schema, draw.choice(list(given)), draw)


def _near(schema: Mapping[str, Any], model: Any, draw: random.Random) -> Any:
    """Draw a value of the type, and the size or shape, of another one."""
    if isinstance(model, int) and not isinstance(model, bool):
        return _whole(schema, model, draw)
    if isinstance(model, float):
        number = round(_between(schema, model, draw), 1)
        may_be_less = schema.get("minimum", -1) < 0 and draw.random() < NEGATIVE
        return -number if may_be_less else number
    if isinstance(model, list):
        return [like(str(each), draw) for each in model]
    return like(model, draw) if isinstance(model, str) else model


def like(text: str, draw: random.Random) -> str:
    """Return another text of the same shape: a time for a time, a name for a name."""
    moment = _moment(text, draw)
    if moment:
        return moment
    if re.search(r"\d", text):
        return _same_shape(text, draw)
    return _words(text, draw)


def _moment(text: str, draw: random.Random) -> str:
    """Return another date, time or day; nothing for what is none."""
    if _DATE_TIME.fullmatch(text):
        day = f"{draw.randint(2024, 2027)}-{draw.randint(1, 12):02}"
        seconds = text[16:] and ":00"
        clock = f"{draw.randint(0, 23):02}:{draw.choice((0, 15, 30, 45)):02}{seconds}"
        return f"{day}-{draw.randint(1, 28):02}{text[10]}{clock}"
    if _ISO_DATE.fullmatch(text):
        day = f"{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        return f"{draw.randint(2024, 2027)}-{day}"
    if re.fullmatch(_TIME, text):
        return _clock(text, draw)
    if _MONTH_DAY.fullmatch(text):
        return f"{draw.choice(_MONTHS)} {draw.randint(1, 28)}"
    said = text.casefold()
    if said in _NEAR_DAYS or said.startswith("next "):
        return draw.choice((*_NEAR_DAYS, *_DAYS))
    is_day = said in {day.casefold() for day in _DAYS}
    return styled(draw.choice(_DAYS), text) if is_day else ""


def _clock(text: str, draw: random.Random) -> str:
    """Return another time of day, with minutes and half of the day where it has them."""
    minutes = re.search(r"[:.]", text)
    half = re.search(r"\s?[ap]m$", text, re.IGNORECASE)
    said = str(draw.randint(1, 12 if half else 23))
    if minutes:
        said += f"{minutes[0]}{draw.choice((0, 15, 30, 45)):02}"
    if half:
        other = draw.choice(("am", "pm"))
        said += half[0][:-2] + (other.upper() if half[0].strip().isupper() else other)
    return said


def styled(text: str, as_in: str) -> str:
    """Write a text in the letters' case of another one."""
    if as_in.isupper():
        return text.upper()
    if as_in.islower():
        return text.lower()
    return text[:1].upper() + text[1:] if as_in[:1].isupper() else text


def _words(text: str, draw: random.Random) -> str:
    """Return a name for a name, some words for some words."""
    size = len(text.split())
    named = all(word[:1].isupper() for word in text.split())
    people = load_worlds().values["person"]
    if size == 1 and named:
        return draw.choice(
            (draw.choice(people).split()[0], draw.choice(_NICKS).title())
        )
    if size == 1:
        plain = (*_NOUNS, *_ADJECTIVES, *(nick.lower() for nick in _NICKS))
        return draw.choice(plain)
    if size == 2 and named and draw.random() < 0.5:  # noqa: PLR2004
        return draw.choice(people)
    made = [draw.choice(_NOUNS), draw.choice(_HEADS)]
    if size > 2 or draw.random() < 0.3:  # noqa: PLR2004
        made.insert(0, draw.choice(_ADJECTIVES))
    if size > 3:  # noqa: PLR2004
        made += [draw.choice(("in", "for", "on", "after")), "the", draw.choice(_NOUNS)]
    if named:
        made = [word.title() for word in made]
    elif text[:1].isupper():
        made[0] = made[0].title()
    return " ".join(made)


def _same_shape(text: str, draw: random.Random) -> str:
    """Draw a digit for each digit; a letter for each in what has no vowels to read."""
    letters = not re.search(r"[A-Za-z]{4,}", text)
    made = []
    for character in text:
        if character.isdigit():
            made.append(draw.choice("123456789"))
        elif letters and character.isascii() and character.isalpha():
            pool = (
                string.ascii_uppercase
                if character.isupper()
                else string.ascii_lowercase
            )
            made.append(draw.choice(pool))
        else:
            made.append(character)
    if not letters:
        said = "".join(made)
        return re.sub(
            r"[A-Za-z]{4,}", lambda m: styled(draw.choice(_NICKS), m[0]), said
        )
    return "".join(made)


def _whole(schema: Mapping[str, Any], model: int, draw: random.Random) -> int:
    low = int(schema.get("minimum", min(1, model)))
    high = int(schema.get("maximum", max(10, abs(model) * 4)))
    return draw.randint(low, max(low, high))


def _between(schema: Mapping[str, Any], model: float, draw: random.Random) -> float:
    low = float(schema.get("minimum", min(0.5, model)))
    high = float(schema.get("maximum", max(10.0, abs(model) * 4)))
    return draw.uniform(low, max(low, high))


def _unseen(schema: Mapping[str, Any]) -> Sequence[Any]:
    """Return values in the usual shapes of a type, where no example gives any."""
    kind, form = schema.get("type"), schema.get("format")
    if form in ("date", "time", "date-time"):
        return {
            "date": ("2026-05-04",),
            "time": ("18:30",),
            "date-time": ("2026-05-04T18:30:00",),
        }[form]
    shapes: Mapping[Any, Sequence[Any]] = {
        "integer": (12,),
        "number": (2.5, 40.0),
        "string": ("Rosa", "garden", "broken login page", "Kestrel"),
        "array": (["garden"], ["login", "Rosa"]),
    }
    return shapes.get(kind, ("garden",))


@cache
def _aliases() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = json.loads(ALIASES.read_text())
    return found
