"""Does a text put another value in the place of one that a fact asserts?

A fact names no question. What it asserts are its numbers, dates and names: a text that
has the rest of it, lacks one of these and has another of the same kind, asserts
something else. Facts whose values are common words ("The gate is blue") are left to
`moderation.conflict`.
"""

import re

from moderation.answers import places, stands_by
from moderation.disputes import ABOUT, ALIKE, COVERED, covered, windows
from moderation.tokens import MONTHS, Token, tokens

MOST_VALUES = 6
"""Of longer facts nobody can say which value matters."""
LEAST_KEPT, FEW_WORDS = 0.5, 5
"""The share of a fact's other words that a text about the same thing has; all, where
they are fewer: "The raid starts at 8" and "The raid ends at 11" are both true."""


def disputes(text: str, fact: str, likeness: float) -> bool:
    """Say whether a text about a known fact asserts another number or name."""
    if ALIKE * likeness + COVERED < ABOUT:
        return False
    values = _values(fact)
    if len(values) > MOST_VALUES:
        return False
    return any(_displaces(window, fact, values, likeness) for window in windows(text))


def _displaces(text: str, fact: str, values: list[str], likeness: float) -> bool:
    lacked = [value for value in values if not stands_by(value, text)]
    if len(lacked) != 1:
        # A fact of many details is told again without some of them.
        return False
    rest = fact
    for value in lacked:
        rest = rest.replace(value, " ")
    kept = covered(rest, text)
    least = LEAST_KEPT if len(tokens(rest)) >= FEW_WORDS else 1.0
    if kept < least or COVERED * kept + ALIKE * likeness < ABOUT:
        return False
    taken_back = any(places(value, text) for value in lacked)
    known = {token.form for token in tokens(fact)}
    others = [token for token in tokens(text) if token.form not in known]
    return taken_back or any(
        any(_is_of_kind(value, other) for other in others) for value in lacked
    )


def _values(fact: str) -> list[str]:
    """Return the names and numbers that a fact asserts, as it writes them."""
    found: list[list[Token]] = []
    for token in tokens(fact):
        if not (token.is_name or token.is_number or _opens_as_name(fact, token)):
            continue
        last = found[-1][-1] if found else None
        between = fact[last.end : token.start] if last else ""
        alike = last and (last.is_number == token.is_number or last.form in MONTHS)
        if last and alike and re.fullmatch(r"\.?,?[ -]", between):
            found[-1].append(token)
        else:
            found.append([token])
    return [fact[run[0].start : run[-1].end] for run in found]


def _opens_as_name(fact: str, token: Token) -> bool:
    after = fact[token.end :].lstrip()[:1]
    return fact[token.start].isupper() and after.isupper()


def _is_of_kind(value: str, other: Token) -> bool:
    if any(token.is_number for token in tokens(value)):
        return other.is_number
    return other.is_name and other.form not in MONTHS
