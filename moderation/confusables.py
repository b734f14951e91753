"""Finds words whose letters come from another alphabet and pass for Latin ones."""

import re
import unicodedata

from moderation.text import Span

CYRILLIC = frozenset(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u04ae"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u04cf\u051b\u051d\u043a"
    "\u0442\u043c\u043d\u0432\u0433\u04c0\u050c\u0461\u0475"
)
GREEK = frozenset(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03bf\u03bd\u03c1\u03c5\u03b9\u03ba\u03b1\u03f2\u03f3\u03c4"
)
"""Letters that look like Latin ones; those of formulas (mu, pi, Delta) do not."""
LOOKALIKES = CYRILLIC | GREEK
LIKE_CYRILLIC = frozenset("aAceopxyiABCEHKMOPTXjskmt")
WORD = re.compile(r"[^\W\d_]{3,}")
STYLED = re.compile("[\U0001d400-\U0001d7ff]{3,}")
"""Letters of formulas, strung to words: bold or script without markup."""
SHORTEST_ALONE = 4


def confusable_spans(text: str) -> list[Span]:
    """Find words that mix alphabets to pass for others."""
    # Words of another alphabet's own letters show that it is written on purpose.
    alone = not any(_is_foreign(c) and c not in LOOKALIKES for c in text)
    alone = alone and any(c.isascii() and c.isalpha() for c in text)
    words = [
        match.span()
        for match in WORD.finditer(text)
        if not match.group().isascii() and is_disguised(match.group(), alone=alone)
    ]
    return [*words, *(match.span() for match in STYLED.finditer(text))]


def is_disguised(word: str, *, alone: bool) -> bool:
    """Say whether a word mixes alphabets, or (`alone`) is all of lookalikes."""
    latin = [c for c in word if _script(c) == "LATIN"]
    foreign = [c for c in word if _is_foreign(c)]
    if not foreign:
        return False
    if latin:
        hides_latin = all(c in LIKE_CYRILLIC for c in latin)
        return all(c in LOOKALIKES for c in foreign) or hides_latin
    letters = len(foreign)
    return alone and letters >= SHORTEST_ALONE and all(c in LOOKALIKES for c in foreign)


def _is_foreign(character: str) -> bool:
    return not character.isascii() and _script(character) in {"CYRILLIC", "GREEK"}


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
