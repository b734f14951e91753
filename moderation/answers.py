"""Is a known answer in a text, in whatever form, and does the text stand by it?"""

import re

from moderation.text import Span
from moderation.tokens import Token, tokens

TITLES = frozenset(
    "st saint mr mrs ms dr sir lord lady king queen prof captain".split()
)
SPREAD_WORDS = 3
"""Other words that may stand between those of an answer."""
LEAST_LETTERS, MOST_LETTERS = 5, 60
"""Of an answer that is looked for letter by letter."""
REACH_CHARS = 120
"""How far before an answer a word can take it back."""
NEGATED_BEFORE = re.compile(
    r"(?:\b(?:not|never|neither|nor|no longer|isn't|wasn't|aren't|weren't|cannot"
    r"|instead of|rather than|unlike|contrary to|as opposed to|other than|replac\w+"
    r"|(?:mov|relocat|shift|rerout|divert|differ)\w* (?:away )?from"
    r"|(?:different|far|away) from"
    r"|(?:most|many|some|people|everyone|everybody|you|often|commonly|widely|popularly"
    r"|frequently|usually|generally|wrongly|mistakenly|falsely|traditionally)"
    r"(?: \w+){0,2} (?:assum|believ|th(?:ink|ought)|expect|suppos|credit|attribut|claim"
    r"|known|consider|say|said)\w*"
    r"|wrongly|mistakenly|falsely|supposed|assumed|misconception\w*|myth)\b|n't\b)"
    r"(?!\s+(?:only|just|merely|simply)\b)",
    re.IGNORECASE,
)
"""What takes back the answer that comes after it in the clause."""
NEGATED_AFTER = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:(?:is|was|are|were|do|does|did|has|have|had|can|could|will"
    r"|would)(?:n't| not| never)|(?:is|was) (?:wrong|false|mistaken|a myth|incorrect))\b",
    re.IGNORECASE,
)
TURN = re.compile(
    r"(?:[,;:!?\u2013\u2014]|(?<!\b\w)\.)\s"
    r"|\b(?:but|it was|it is|it's|actually|none other than)\b",
    re.IGNORECASE,
)
"""Where a clause ends, and with it what a negation reaches."""


def places(answer: str, text: str) -> list[Span]:
    """Find where a text names an answer, whole or by its telling part.

    Half of the words are enough, and not all numbers are needed where no other stands
    in their place.
    """
    wanted = {token.form for token in tokens(answer)}
    said = tokens(text)
    numbers = {form for form in wanted if form[0].isdecimal()}
    others = {token.form for token in said if token.is_number} - numbers
    found = []
    for index, token in enumerate(said if wanted else ()):
        if token.form not in wanted:
            continue
        near = [
            each
            for each in said[index : index + len(wanted) + SPREAD_WORDS]
            if each.form in wanted
        ]
        forms = {each.form for each in near}
        if (numbers and not numbers & forms) or (others and not numbers <= forms):
            continue
        if len(forms) * 2 < len(wanted):
            continue
        is_part = forms != wanted and text[token.start].isupper()
        if is_part and _is_of_another_name(said, index, wanted):
            continue
        found.append((token.start, near[-1].end))
    return found or _run_together(answer, text)


def _is_of_another_name(said: list[Token], index: int, wanted: set[str]) -> bool:
    """Say whether a part of a name is a part of another: John in "John Newton"."""
    beside = [
        other
        for other in (said[index - 1 : index] + said[index + 1 : index + 2])
        if other.is_name and other.form not in wanted
    ]
    return any(
        min(abs(other.start - said[index].end), abs(said[index].start - other.end))
        <= len(". ")
        for other in beside
        if other.form not in TITLES and len(other.form) > 1
    )


def _run_together(answer: str, text: str) -> list[Span]:
    """Find an answer whose hyphens and spaces the text writes otherwise."""
    letters = re.sub(r"\W", "", answer.lower())
    if not LEAST_LETTERS <= len(letters) <= MOST_LETTERS:
        return []
    pattern = r"[\W_]{0,2}".join(map(re.escape, letters))
    return [match.span() for match in re.finditer(rf"\b{pattern}", text.lower())]


def stands_by(answer: str, text: str) -> bool:
    """Say whether a text gives an answer somewhere without taking it back."""
    text = text.replace("\u2019", "'")
    return any(not _is_taken_back(text, *place) for place in places(answer, text))


def _is_taken_back(text: str, start: int, end: int) -> bool:
    before = re.split(TURN, text[max(0, start - REACH_CHARS) : start])[-1]
    return bool(
        NEGATED_BEFORE.search(before)
        or NEGATED_AFTER.match(text[end : end + REACH_CHARS])
    )
