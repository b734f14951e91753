"""A text cut into sentences, by its punctuation alone."""

import re

_ENDS = re.compile(
    "(?<=[.!?\u2026])[\"'\u2019\u201d)\\]]*\\s+(?=[\"'\u2018\u201c(\\[]*[^\\sa-z])"
    "|(?<=[\u3002\uff01\uff1f])|\\n+"
)
_ABBREVIATION = re.compile(
    r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|approx|Inc|Ltd|Jr|Sr)\.$"
)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, without the space around them.

    An initial or a title that ends with a stop ("Dr. Rao") ends no sentence.
    """
    found: list[str] = []
    joined = ""
    for piece in _ENDS.split(text):
        joined = f"{joined} {' '.join(piece.split())}".strip()
        if joined and not _ABBREVIATION.search(joined):
            found.append(joined)
            joined = ""
    return [*found, joined] if joined else found
