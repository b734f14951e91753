"""The content words and numbers of a text, each in one form for all its spellings."""

import re
from dataclasses import dataclass

from moderation.values import NUMBER_WORDS, STOPWORDS, stem, written_number

TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,:]\d+)*)(?:st|nd|rd|th|\s?(?P<half>[ap])\.?m\.?)?(?!\w)|(?:[^\W\d_]\.){2,}"
    r"|[^\W\d_]+(?:'[^\W\d_]+)?|\d+",
    re.IGNORECASE,
)
BEFORE_A_WORD = " \t\"'(\u201c"
INITIAL = re.compile(r"\b\w\.")
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
    "twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth"
).split()
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
MONTHS = (
    "january february march april may june july august september october november "
    "december"
).split()
ALIASES = {
    "saint": "st",
    "usa": "america",
    "uk": "britain",
    "telly": "tv",
    "television": "tv",
    "doctor": "dr",
    "mister": "mr",
}
"""Short and long forms of what people name most; both are read as the second."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of a text, in one form for all its spellings."""

    form: str
    start: int
    end: int
    is_name: bool
    """Written with a capital, and not for being first in its sentence."""

    @property
    def is_number(self) -> bool:
        return self.form[0].isdecimal()


def tokens(text: str) -> list[Token]:
    """Return the content words and numbers of a text in their common forms."""
    text = text.replace("\u2019", "'").replace("\u200b", " ")
    found: list[Token] = []
    for match in TOKEN.finditer(text):
        word = match.group().replace(".", "").lower()
        number = written_number(match) if match["number"] else _number(word)
        joined = bool(found) and text[found[-1].end : match.start()] in {" ", "-"}
        if number is not None:
            last = found[-1] if found and joined and found[-1].is_number else None
            if last and (value := _joined(last.form, word, number)) is not None:
                found[-1] = Token(str(value), last.start, match.end(), is_name=False)
            else:
                found.append(Token(number, match.start(), match.end(), is_name=False))
            continue
        word = word.removesuffix("'s")
        if word in STOPWORDS and not (word == "may" and match.group()[0] == "M"):
            continue
        word = ALIASES.get(word, word)
        capital = match.group()[0].isupper()
        form = word if word in MONTHS else stem(word)
        name = capital and not _opens_a_sentence(text, match.start())
        found.append(Token(form, match.start(), match.end(), is_name=name))
    return found


def _opens_a_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(BEFORE_A_WORD)
    if before.endswith("."):
        return INITIAL.fullmatch(before[-3:].strip()) is None
    return not before or before[-1] in "!?:\n"


def _number(word: str) -> str | None:
    if word[0].isdecimal():
        return word
    for words in (NUMBER_WORDS, ORDINALS):
        if word in words:
            return str(words.index(word))
    if word in TENS:
        return str(10 * TENS.index(word) + 20)
    if word in SCALES:
        return str(SCALES[word])
    return None


def _joined(last: str, word: str, number: str) -> int | None:
    """Read "twenty" and "three" as 23, "two" and "hundred" as 200."""
    if not (last.isdecimal() and number.isdecimal()) or word[0].isdecimal():
        return None
    if word in SCALES:
        return int(last) * int(number)
    is_of_tens = last in {str(10 * tens) for tens in range(2, 10)}
    return int(last) + int(number) if is_of_tens and len(number) == 1 else None
