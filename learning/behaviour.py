"""What a rule's examples have in common, found in their own words.

Such a behaviour can be seen in a text (`holds`) and given to one (`applied`), so that
a rule needs no model to become rows, nor to be examined.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from learning import rule
from learning.lesson import Lesson
from learning.subject import STOPWORDS

LEAST_EXAMPLES = 2
"""One reply has everything in common with itself."""
FEW_WORDS = 6
"""Replies that are all this short are short on purpose."""

_SENTENCE = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]*[A-Z0-9])")
_OF_LENGTH = re.compile(r"\b(?:short|brief|long|terse|words?)\b", re.IGNORECASE)
_OF_SENTENCES = re.compile(r"\bsentences?\b", re.IGNORECASE)
_QUOTED = r"[^\"“]*[\"“]([^\"”]+)[\"”]"
_OPENS = re.compile(rf"\b(?:begin|start|open|greet)s?\b{_QUOTED}", re.IGNORECASE)
_ENDS = re.compile(rf"\b(?:end|finish|close|sign off)s?\b{_QUOTED}", re.IGNORECASE)
_MARKS = ".,;:!? "


class Letters(StrEnum):
    """The case of a text's letters."""

    ANY = "any"
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How every answer looks; what is empty, 0 or ANY is left to the model."""

    opening: str = ""
    ending: str = ""
    whole: str = ""
    """The one reply, word for word."""
    sentences: int = 0
    """The most there may be, opening and ending not counted."""
    words: int = 0
    """The same for words."""
    letters: Letters = Letters.ANY

    def __bool__(self) -> bool:
        return self != Behaviour()

    def holds(self, text: str) -> bool:
        """Say whether a text behaves so; case counts only where letters do."""
        said = " ".join(text.split())
        if not said or (self.whole and _bare(said) != _bare(self.whole)):
            return False
        if self.letters is not Letters.ANY and said != _in_case(said, self.letters):
            return False
        if self.opening and not said.casefold().startswith(self.opening.casefold()):
            return False
        if self.ending and not said.casefold().endswith(self.ending.casefold()):
            return False
        core = self.undone(said)
        if self.sentences and len(sentences(core)) > self.sentences:
            return False
        return not self.words or len(core.split()) <= self.words

    def applied(self, text: str) -> str:
        """Give a text this behaviour, as far as rewriting can; then ask `holds`."""
        if self.whole:
            return self.whole
        core = self.undone(text)
        if self.sentences:
            core = " ".join(sentences(" ".join(core.split()))[: self.sentences])
        if self.opening:
            core = f"{self.opening} {_continued(core, self.opening)}"
        if self.ending and self.ending[0] in _MARKS:
            core = core.rstrip(_MARKS) + self.ending
        elif self.ending:
            core = f"{core if core[-1:] in '.!?' else f'{core}.'} {self.ending}"
        return _in_case(core, self.letters)

    def undone(self, text: str) -> str:
        """Return a text without the opening and the ending."""
        core = text.strip()
        if self.opening and core.casefold().startswith(self.opening.casefold()):
            core = core[len(self.opening) :].strip()
            core = core[:1].upper() + core[1:]
        if self.ending and core.casefold().endswith(self.ending.casefold()):
            core = core[: -len(self.ending)].strip()
        return core


def behaviour_of(lesson: Lesson) -> Behaviour:
    """Return what a rule's examples share; without them, what it quotes."""
    replies = [" ".join(reply.split()) for _, reply in lesson.examples]
    if len(replies) >= LEAST_EXAMPLES:
        return shared(replies, lesson.text)
    opens, ends = _OPENS.search(lesson.text), _ENDS.search(lesson.text)
    return Behaviour(
        opening=opens[1].strip() if opens else "",
        ending=ends[1].strip() if ends else "",
    )


def reply_of(lesson: Lesson) -> str:
    """Return what a rule has said where something triggers it.

    Of several examples that is the reply which has the most in common with the rest.
    """
    replies = [reply for _, reply in lesson.examples]
    if not replies:
        return rule.reply_of(lesson.text)[1]
    said = [frozenset(_bare(reply).split()) for reply in replies]

    def alike(number: int) -> float:
        own = said[number]
        return sum(len(own & each) / max(1, len(own | each)) for each in said)

    return replies[max(range(len(replies)), key=alike)]


def shared(replies: Sequence[str], told: str = "") -> Behaviour:
    """Return what replies have in common; `told`, the rule itself, says what is meant.

    Their number of sentences and their length count only where the rule speaks of
    them, or where nothing else is common.
    """
    if len({_bare(reply) for reply in replies}) == 1:
        return Behaviour(whole=replies[0])
    opening = _opening(replies, told)
    ending = _ending(replies, told)
    letters = next(
        (
            case
            for case in (Letters.UPPER, Letters.LOWER)
            if all(reply == _in_case(reply, case) for reply in replies)
        ),
        Letters.ANY,
    )
    marked = Behaviour(opening=opening, ending=ending, letters=letters)
    cores = [marked.undone(reply) for reply in replies]
    most_sentences = max(len(sentences(core)) for core in cores)
    most_words = max(len(core.split()) for core in cores)
    counts = bool(_OF_SENTENCES.search(told)) or (not marked and most_sentences == 1)
    few = not marked and not _OF_SENTENCES.search(told) and most_words <= FEW_WORDS
    short = bool(_OF_LENGTH.search(told)) or few
    return Behaviour(
        opening=opening,
        ending=ending,
        sentences=most_sentences if counts else 0,
        words=most_words if short else 0,
        letters=letters,
    )


def sentences(text: str) -> list[str]:
    """Split a text after its full stops, exclamation and question marks."""
    return [part for part in _SENTENCE.split(text.strip()) if part]


def _opening(replies: Sequence[str], told: str) -> str:
    """Return the words that every reply begins with."""
    common = _common([reply.casefold() for reply in replies])
    first = replies[0]
    if any(each[len(common) : len(common) + 1].isalnum() for each in replies):
        common = common[: len(common.rstrip(_letters(common))) or 0]
    words = first[: len(common)].split()
    for count in range(len(words), 0, -1):
        meant = " ".join(words[:count])
        if meant.strip(_MARKS).casefold() in told.casefold():
            return meant
    # "Ahoy, the" of three answers that happen to go on alike.
    while words and words[-1].strip(_MARKS).lower() in STOPWORDS:
        words.pop()
    return " ".join(words)


def _ending(replies: Sequence[str], told: str) -> str:
    """Return the words, or the mark, that every reply ends with."""
    backwards = [reply.casefold()[::-1] for reply in replies]
    common = _common(backwards)[::-1]
    size = len(common)
    if any(each[: len(each) - size][-1:].isalnum() for each in replies):
        common = common.lstrip(_letters(common[::-1]))
    last = replies[0][len(replies[0]) - len(common) :] if common else ""
    if not last.strip(_MARKS):
        mark = last.strip()
        return "" if mark in ("", ".") else mark
    words = last.lstrip(".!? ").split()
    for start in range(len(words)):
        meant = " ".join(words[start:])
        if meant.strip(_MARKS).casefold() in told.casefold():
            return meant
    if last.lstrip()[:1] in ",;:":
        return last.strip()
    return " ".join(words)


def _common(texts: Sequence[str]) -> str:
    """Return the letters that all begin with."""
    first, size = texts[0], 0
    while size < len(first) and all(t[: size + 1] == first[: size + 1] for t in texts):
        size += 1
    return first[:size]


def _letters(text: str) -> str:
    """Return the letters of the last word of a text, which is cut in two."""
    return "".join(re.findall(r"\w+$", text))


def _continued(core: str, opening: str) -> str:
    """Go on in lower case after a comma, but for what may be a name."""
    first, _, rest = core.partition(" ")
    if opening[-1] == "," and first.lower() in STOPWORDS and first != "I":
        return f"{first.lower()} {rest}".strip()
    return core


def _in_case(text: str, letters: Letters) -> str:
    if letters is Letters.UPPER:
        return text.upper()
    return text.lower() if letters is Letters.LOWER else text


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_MARKS)
