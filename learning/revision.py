"""What changed between two readings of a document: which passage became which."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence

ALIKE = 0.4
"""The share of common words from which a passage is another one's new wording."""
FEW_WORDS = 6
"""Shorter texts, and scripts without spaces, are compared by their characters."""


def fingerprint(heading: str, text: str) -> str:
    """Name a passage by its innermost heading and its words, case and spacing aside."""
    innermost = re.split("[\u203a>]", heading)[-1]
    return " ".join(f"{innermost}\n{text}".casefold().split())


def successors(new: Sequence[str], old: Mapping[int, str]) -> dict[int, int]:
    """Say which of `new`, by index, are new wordings of which of `old`, by key.

    The pairs that are most alike go first; nothing is in two pairs.
    """
    now = [_units(text) for text in new]
    before = {key: _units(text) for key, text in old.items()}
    counted = {key: Counter(units) for key, units in before.items()}
    pairs = []
    for index, units in enumerate(now):
        count = Counter(units)
        for key, other in before.items():
            # Common words in any order bound the ratio, and are cheap to count.
            common = (count & counted[key]).total()
            if 2 * common < ALIKE * (len(units) + len(other)):
                continue
            ratio = difflib.SequenceMatcher(None, units, other, autojunk=False).ratio()
            if ratio >= ALIKE:
                pairs.append((-ratio, index, key))
    found: dict[int, int] = {}
    for _, index, key in sorted(pairs):
        if index not in found and key not in found.values():
            found[index] = key
    return found


def _units(text: str) -> Sequence[str]:
    words = re.findall(r"\w+", text.casefold())
    return words if len(words) >= FEW_WORDS else list("".join(words))
