"""What of a request may be copied into a call: spans of its words, and its numbers."""

import itertools
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from learning import control_tokens
from learning.gbnf import spellable

MOST_DIGITS = 15
"""More are no number that JSON's readers agree on."""

FUNCTION_WORDS = frozenset(
    """a an the my your our his her their its this that these those some any for on at
    in of to from with by about into onto as and or but so if than is are was were be
    i me please pls plz""".split()
)
"""No name or title begins or ends with one, as a rule."""
LONE_WORDS = FUNCTION_WORDS | frozenset(
    """over around after before during until till under above below between behind near
    through across along against since while because do does did can could should would
    will shall may might must has have had""".split()
)
"""None is a value by itself, though a title may begin with one."""
_PARTICLES = frozenset({"in", "on"})

_CONTROL = control_tokens.pattern(())
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_POSSESSIVE = re.compile(r"['\u2019]s$", re.IGNORECASE)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f]"
)
"""Thai, Lao, Burmese, Khmer, kana and Han are written without spaces, and Korean hangs
its particles on words: each of their letters may begin or end a span."""
_NUMBER = re.compile(
    "(?P<minus>(?<![^\\s(])[-\u2212])?"
    "(?>(?P<whole>\\d{1,3}(?:[,'\u2019_\u00a0\u202f]\\d{3})+(?!\\d)|\\d+)(?P<rest>\\.\\d+)?)"
    "(?![kK](?!\\w))"  # 1.5k is 1500.
)
_QUOTES = ('"', "\u201c", "\u201d", "\u00ab", "\u00bb")
_QUOTED = re.compile('"[^"]+"|\u201c[^\u201d]+\u201d|\u00ab[^\u00bb]+\u00bb')
_OPENING = " '(" + "".join(_QUOTES)
_CLOSING = " ,;"
"""What stands before a closing quotation mark and belongs to the sentence around."""
_MARKS = (*",:;.!?-@", "\N{EN DASH}", "\N{EM DASH}", "->")
_MOST_CHARS = 24
"""Of a function word with its marks: what is longer is not looked through."""


LONG = 5
"""Words from which on a request is a sentence rather than a value or two."""


@dataclass(frozen=True, slots=True)
class RequestWords:
    """A request's words with single spaces, and where a span of them may be cut."""

    text: str
    starts: Collection[int]
    """Offsets of words, with the marks before them and without."""
    ends: Collection[int]
    """Offsets after words: with the marks after them, without, and without an 's."""
    lines: str
    """The text with its line breaks, at the same offsets."""

    def has(self, span: str) -> bool:
        """Say whether a text is one of the spans, in whatever case."""
        return self.end_of(span) is not None

    def end_of(self, span: str, after: int = 0) -> int | None:
        """Return where the first such span from an offset on ends; None without one."""
        sought = re.compile(re.escape(" ".join(span.split())), re.IGNORECASE)
        starts = sorted(start for start in self.starts if start >= after)
        found = (sought.match(self.text, start) for start in starts)
        return next(
            (each.end() for each in found if each and each.end() in self.ends), None
        )


def words_of(request: str) -> RequestWords:
    """Find the spans of whole words in a request.

    Control characters and control tokens separate words; they are in no span.
    """
    readable = _readable(request)
    text = " ".join(control_tokens.strip(readable, _CONTROL).split())
    lines = _lined(request, text)
    starts, ends = set(), set()
    for word in re.finditer(r"\S+", text):
        begun, ended = _edges(word[0])
        starts |= {word.start() + each for each in begun}
        ends |= {word.start() + each for each in ended}
    return RequestWords(text, frozenset(starts), frozenset(ends), lines)


def begins_bare(text: str, at: int) -> bool:
    """Say whether what begins in a text at an offset begins with no function word.

    One with a capital inside a sentence, or after a quotation mark, belongs to a name.
    """
    begin, word = _word_around(text, at)
    if not _is_function(word) or word.startswith(_QUOTES):
        return True
    before = text[:begin].rstrip(_OPENING)
    return _is_name(word, text) and bool(before) and before[-1] not in ".!?"


def ends_bare(text: str, at: int) -> bool:
    """Say whether what ends in a text at an offset ends with no function word.

    The `in` of `sign in` is one only where its sentence goes on.
    """
    begin, word = _word_around(text, at - 1)
    if not _is_function(word) or _is_name(word, text) or word.endswith(_QUOTES):
        return True
    closes = begin + len(word) == len(text) or not word[-1].isalnum()
    return closes and _bare(word) in _PARTICLES


def opens_as_a_sentence(text: str) -> bool:
    """Say whether a request's first word is hardly the beginning of a value.

    A longer request that begins in small letters, and goes on without a mark, begins
    with a verb or the like: of 1,462 such requests to the first 210 tools of
    `tool_requests.jsonl` 33 began with a value (docs/LOG.md).
    """
    words = text.split()
    first = words[: LONG - 1]
    return (
        len(words) >= LONG
        and first[0].isalpha()
        and first[0].islower()
        and not any(word.endswith(_MARKS) for word in first)
    )


def is_lone(text: str, at: int) -> bool:
    """Say whether what begins in a text at an offset is a word that says nothing alone.

    In quotation marks, or with a capital inside a sentence, it may be a name.
    """
    begin, word = _word_around(text, at)
    if len(word) > _MOST_CHARS or _bare(word).lower() not in LONE_WORDS:
        return False
    before = text[:begin].rstrip(_OPENING)
    is_name = _is_name(word, text) and bool(before) and before[-1] not in ".!?"
    return not (is_name or word.startswith(_QUOTES) or word.endswith(_QUOTES))


def inside_quotes(text: str) -> tuple[tuple[int, int], ...]:
    """Return where in a text something is quoted, without the quotation marks.

    Its own question mark belongs to it; a comma before the closing mark does not.
    """
    spans = []
    for begin, end in quoted(text):
        inside = text[begin + 1 : end - 1]
        start = begin + 1 + len(inside) - len(inside.lstrip())
        if kept := inside.strip().rstrip(_CLOSING):
            spans.append((start, start + len(kept)))
    return tuple(spans)


def quoted(text: str) -> tuple[tuple[int, int], ...]:
    """Return where in a text something stands in double quotation marks."""
    return tuple(match.span() for match in _QUOTED.finditer(text))


def numbers_of(request: str, *, whole: bool) -> tuple[str, ...]:
    """Return a request's numbers as JSON writes them, each once.

    Marks between thousands are left out: 1,200 is 1200. What may be a minus may also
    be a dash, so both are there. With `whole`, those with a fraction are left out.
    """
    places = numbers_at(request, whole=whole).values()
    return tuple(dict.fromkeys(itertools.chain.from_iterable(places)))


def numbers_at(request: str, *, whole: bool) -> Mapping[int, tuple[str, ...]]:
    """Return the numbers of `numbers_of` by the offset where each stands."""
    places: dict[int, tuple[str, ...]] = {}
    for match in _NUMBER.finditer(request):
        digits = re.sub(r"\D", "", match["whole"])
        if len(digits) > MOST_DIGITS or (whole and match["rest"]):
            continue
        number = float(digits + match["rest"]) if match["rest"] else int(digits)
        signed = (number, -number) if match["minus"] else (number,)
        places[match.start("whole")] = tuple(map(json.dumps, signed))
    return places


def _readable(request: str) -> str:
    return _UNREADABLE.sub(" ", spellable(request))


def _lined(request: str, text: str) -> str:
    """Put a request's line breaks back where its words have single spaces."""
    lines = (
        control_tokens.strip(_readable(line), _CONTROL).split()
        for line in request.splitlines()
    )
    lined = "\n".join(" ".join(words) for words in lines if words)
    # A token that a line break split may be whole again: then there are no lines.
    return lined if lined.replace("\n", " ") == text else text


def _edges(word: str) -> tuple[set[int], set[int]]:
    """Return where in a word a span may start, and where it may end."""
    lettered = [at for at, char in enumerate(word) if not _is_mark(char)]
    if not lettered:
        return {0}, {len(word)}
    first, last = lettered[0], lettered[-1] + 1
    starts, ends = set(range(first + 1)), set(range(last, len(word) + 1))
    if (possessive := _POSSESSIVE.search(word[:last])) and possessive.start() > first:
        ends.add(possessive.start())
    for at, (before, char) in enumerate(itertools.pairwise(word), start=1):
        combines = unicodedata.category(char).startswith("M")
        if not combines and (_UNSPACED.match(before) or _UNSPACED.match(char)):
            starts.add(at)
            ends.add(at)
    return starts, ends


def _is_function(word: str) -> bool:
    return len(word) <= _MOST_CHARS and _bare(word).lower() in FUNCTION_WORDS


def _is_name(word: str, text: str) -> bool:
    bare = _bare(word)
    return bare[:1].isupper() and bare != "I" and text != text.upper()


def _bare(word: str) -> str:
    return re.sub(r"\A\W+|\W+\Z", "", word)


def _word_around(text: str, at: int) -> tuple[int, str]:
    """Return the word with its marks that has this offset, and where it begins."""
    begin, end = text.rfind(" ", 0, at + 1) + 1, text.find(" ", at)
    return begin, text[begin : end if end >= 0 else len(text)]


def _is_mark(char: str) -> bool:
    return not char.isalnum() and not unicodedata.category(char).startswith("M")
