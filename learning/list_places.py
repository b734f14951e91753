"""Where in a request the items of a list may stand: between commas, `and` and `or`."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from learning.list_pieces import HARD, LEAD, Piece, pieces_of
from learning.request_words import RequestWords, begins_bare, ends_bare, is_lone
from learning.value_shapes import Found, Kind, Lists

MOST_PARTIAL_WORDS = 8
"""Of an item that begins or ends where no mark says so."""


@dataclass(frozen=True, slots=True)
class Item:
    """A span that may be an item."""

    start: int
    end: int
    opens: bool = False
    """It begins where no separator stands, so a list has to begin with it."""
    closes: bool = False
    """It ends where no separator stands, so a list has to end with it."""


def separated(
    words: RequestWords,
    values: Collection[Found],
    kind: Kind,
    *,
    titles: int,
    taken: Collection[tuple[int, int]] = (),
) -> tuple[Item, ...]:
    """Return the items of a request's lists; none where nothing separates items.

    Between separators an item is whole. Only the first of a list may begin inside a
    piece of text, and only the last may end inside one. `titles` is of how many
    other parameters the values stand in quotation marks: where there are no more
    quotations than these, none is an item. Where a value of another parameter is
    `taken` from a piece, an item may stand beside it: `Altona tomorrow`.
    """
    lists = kind.lists or Lists()
    pieces = pieces_of(words, values, titles)
    words = _uncut(words, values)
    items: list[Item] = []
    for at, piece in enumerate(pieces):
        whole = list(_wholes(words, piece, kind))
        opening = (
            [*whole, *_openers(words, pieces, at, kind, taken)]
            if piece.leads
            else whole
        )
        closing = (
            [*whole, *_closers(words, pieces, at, kind, taken)]
            if piece.follows
            else whole
        )
        kept = _like_next(words, opening, pieces[at + 1 :])
        closing = _like_last(words, closing, pieces[:at])
        items += [each for each in kept if each in closing or each not in whole]
        items += [each for each in closing if each not in whole]
        for merged in _merged(pieces, at, lists.joined):
            items += _wholes(words, merged, kind)
        if lists.single:
            items += _inner(words, piece, kind)
    return _each_once(words.text, items)


def anywhere(words: RequestWords, kind: Kind) -> tuple[Item, ...]:
    """Return the spans of a few words that may be items where nothing separates."""
    piece = Piece(0, len(words.text), HARD, HARD)
    words = _uncut(words, ())
    spans = (
        replace(each, opens=False, closes=False) for each in _inner(words, piece, kind)
    )
    return _each_once(words.text, spans)


def _uncut(words: RequestWords, values: Collection[Found]) -> RequestWords:
    """Let no item begin or end within a date or another value."""
    inner = {at for each in values for at in range(each.start + 1, each.end)}
    starts, ends = sorted(set(words.starts) - inner), sorted(set(words.ends) - inner)
    return replace(words, starts=starts, ends=ends)


def _merged(
    pieces: Sequence[Piece], at: int, joined: frozenset[str]
) -> Iterator[Piece]:
    """Yield a piece with those after it that its separators may join to it."""
    for piece in pieces[at + 1 : at + MOST_PARTIAL_WORDS]:
        if not piece.left <= joined:
            return
        yield replace(piece, start=pieces[at].start, left=pieces[at].left)


def _wholes(words: RequestWords, piece: Piece, kind: Kind) -> Iterator[Item]:
    """Yield a piece without the function words around it, if it is in a list."""
    starts, ends = _starts(words, piece, kind), _ends(words, piece, kind)
    if (piece.follows or piece.leads) and starts and ends and starts[0] < ends[-1]:
        yield Item(starts[0], ends[-1], not piece.follows, not piece.leads)


def _openers(
    words: RequestWords,
    pieces: Sequence[Piece],
    at: int,
    kind: Kind,
    taken: Collection[tuple[int, int]],
) -> Iterator[Item]:
    """Yield what a list may begin with that has other words before it."""
    piece = pieces[at]
    starts, ends = _starts(words, piece, kind), _ends(words, piece, kind)
    if piece.is_quotation:
        return
    if (piece.follows or piece.left & LEAD) and not (
        _holds(piece, taken) or _is_prose(words, piece, pieces[at + 1])
    ):
        return
    for start in starts[1:][-MOST_PARTIAL_WORDS:]:
        if ends and start < ends[-1]:
            yield Item(start, ends[-1], opens=True, closes=not piece.leads)


def _closers(
    words: RequestWords,
    pieces: Sequence[Piece],
    at: int,
    kind: Kind,
    taken: Collection[tuple[int, int]],
) -> Iterator[Item]:
    """Yield what a list may end with that has other words after it."""
    piece = pieces[at]
    starts, ends = _starts(words, piece, kind), _ends(words, piece, kind)
    if piece.is_quotation or not (
        _holds(piece, taken) or _is_prose(words, piece, pieces[at - 1])
    ):
        return
    for end in ends[:-1][:MOST_PARTIAL_WORDS]:
        if starts and starts[0] < end:
            yield Item(starts[0], end, opens=not piece.follows, closes=True)


def _inner(words: RequestWords, piece: Piece, kind: Kind) -> Iterator[Item]:
    ends = _ends(words, piece, kind)
    for start in _starts(words, piece, kind):
        after = bisect_right(ends, start)
        for end in ends[after : after + MOST_PARTIAL_WORDS]:
            yield Item(start, end, opens=True, closes=True)


def _holds(piece: Piece, taken: Collection[tuple[int, int]]) -> bool:
    return any(piece.start <= begin and end <= piece.end for begin, end in taken)


def _is_prose(words: RequestWords, piece: Piece, other: Piece) -> bool:
    """Say whether a piece is more than an item: `candidates are otter` beside `lynx`."""
    text = words.text[piece.start : piece.end]
    count = len(words.text[other.start : other.end].split())
    inner = (match.start() for match in re.finditer(r"\S+", text))
    return len(text.split()) > count or any(is_lone(text, at) for at in inner)


def _like_next(
    words: RequestWords, items: list[Item], pieces: Sequence[Piece]
) -> list[Item]:
    """Keep what begins with a digit if the next item does: 30 minutes, 45 minutes."""
    if not (pieces and pieces[0].follows and words.text[pieces[0].start].isdigit()):
        return items
    return [each for each in items if words.text[each.start].isdigit()] or items


def _like_last(
    words: RequestWords, items: list[Item], pieces: Sequence[Piece]
) -> list[Item]:
    """Keep what ends with the last item's unit, be there one: 30 minutes, 45 minutes."""
    if not (pieces and pieces[-1].leads):
        return items
    before, *_, last = [
        "",
        *words.text[pieces[-1].start : pieces[-1].end].lower().split(),
    ][-2:]
    if not before[:1].isdigit():
        return items  # Of a standing desk and a desk lamp, the last is no desk.
    return [
        each
        for each in items
        if words.text[each.start : each.end].lower().split()[-1] == last
    ] or items


def _starts(words: RequestWords, piece: Piece, kind: Kind) -> list[int]:
    """Return where an item in a piece may begin: with no function word, as a rule."""
    inner = (each for each in words.starts if piece.start < each < piece.end)
    return [
        each
        for each in (piece.start, *inner)
        if not kind.begin_bare
        or (begins_bare(words.text, each) and not is_lone(words.text, each))
    ]


def _ends(words: RequestWords, piece: Piece, kind: Kind) -> list[int]:
    inner = (each for each in words.ends if piece.start < each < piece.end)
    return [
        each
        for each in (*inner, piece.end)
        if not kind.end_bare or ends_bare(words.text, each)
    ]


def _each_once(text: str, items: Iterable[Item]) -> tuple[Item, ...]:
    """Keep the items in order, each text once, best where it is whole."""
    best: dict[str, Item] = {}
    for each in sorted(items, key=lambda each: (-each.opens - each.closes, each.start)):
        best[text[each.start : each.end]] = each
    return tuple(sorted(best.values(), key=lambda each: (each.start, each.end)))
