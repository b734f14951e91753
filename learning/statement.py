"""Questions that a statement answers, made of its own words."""

import re

from learning.subject import subjects

_VALUE = re.compile(r"^(?P<left>.+?)\s+(?P<link>is|are|was|were)\s+.+$", re.DOTALL)
_PLACED = re.compile(
    r"^(?P<left>.+)\s+(?:at|to|on|in|behind|under|near|beside|from|until|by)\s.+$",
    re.DOTALL,
)
_AUXILIARY = re.compile(
    r"^(?P<subject>.+?)\s+(?P<verb>is|are|was|were|will|can|must|should)\b(?P<rest>.*)$",
    re.DOTALL,
)
_CIRCUMSTANCE = re.compile(
    r"^(?P<when>(?:before|after|during|at|in|for|on|if|when) [^,]+), ", re.IGNORECASE
)
_DATE = re.compile(
    r"\d:\d\d|\b(?:at|until|from) \d|\b\d{1,2}(?:st|[nr]d|th)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:january|february|april|june|july|august|september|october|november"
    r"|december)\b|\b\d{1,2} (?:march|may)\b|\b(?:march|may) \d",
    re.IGNORECASE,
)
_ASKS = {"place": "Where", "time": "When"}


def kind_of_statement(text: str) -> str:
    """Guess what kind of question a statement answers from the look of its value."""
    if re.search(r"\b(?:moved? to|lives? (?:in|at)|hangs?|lies?|located|kept)\b", text):
        return "place"
    if _DATE.search(text):
        return "time"
    if re.search(r"\d", text):
        return "count"
    if re.match(r"[A-Z][\w-]+ [A-Z][\w-]+ [a-z]", text):
        return "person"
    if re.search(r"\b(?:behind|under|in|at|to|on|near|beside) (?:the|our)\b", text):
        return "place"
    return ""


def questions(text: str) -> list[str]:
    """Return questions that a statement answers, the plainest first.

    "The gate is blue" gives "What is the gate?"; "The fair will be held on 1 May"
    gives "When will the fair be held?"; "Before a release, run the script" gives
    "What do I do before a release?"; a person who does a thing gives "Who does it?".
    """
    sentence = text.strip().rstrip(".!")
    names = subjects(sentence)
    asked = [f"What about {name}?" for name in names[:1]]
    asked += [f"Tell me about {name}." for name in names[:1]]
    if names and sentence.startswith(names[0]) and " " in names[0]:
        return [f"Who{sentence[len(names[0]) :]}?", *asked]
    if circumstance := _CIRCUMSTANCE.match(sentence):
        return [f"What do I do {_lowered(circumstance['when'])}?", *asked]
    asks = _ASKS.get(kind_of_statement(sentence))
    placed, valued = _PLACED.match(sentence), _VALUE.match(sentence)
    if placed and asks:
        asked.insert(0, f"{asks} {_inverted(placed['left'])}?")
    elif valued:
        asked.insert(0, f"What {valued['link']} {_lowered(valued['left'])}?")
    return asked or [f"What do you know about {sentence}?"]


def _inverted(clause: str) -> str:
    """Put an auxiliary first: "the party will be held" -> "will the party be held"."""
    match = _AUXILIARY.match(clause)
    if match is None:
        return _lowered(clause)
    return f"{match['verb']} {_lowered(match['subject'])}{match['rest']}"


def _lowered(clause: str) -> str:
    first, _, rest = clause.partition(" ")
    return f"{first.lower()} {rest}" if first in _ARTICLES else clause


_ARTICLES = frozenset(
    "The A An Our My Before After During At In For On If When Every".split()
)
