"""The grammar of a list copied from a request: its items in order, none twice."""

import itertools
import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learning import list_places
from learning.gbnf import EMPTY, Rules, either, literal, literal_in_string
from learning.list_places import Item
from learning.request_values import RequestValues, Spans
from learning.value_shapes import Kind, Shape

_QUOTE = literal('"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a parameter takes as the items of its lists."""

    kind: Kind | None
    """That of the examples' items."""
    others: frozenset[Shape]
    """The shapes of values that belong to other parameters."""
    titles: int
    """How many other parameters take what is in quotation marks."""
    needed: bool
    """Whether other items will do where the request has none of their shapes."""


def lists(
    rules: Rules, values: RequestValues, schema: Mapping[str, Any], wanted: Wanted
) -> str:
    """Return an expression of the lists of a request's texts or numbers.

    Their items stand in its order and none is there twice: values of the shapes of
    the examples' items, quotations where those were quoted, or else what stands
    between separators, and where there are none, any few words. It is "" where the
    request has too few of them.
    """
    least, most = int(schema.get("minItems", 0)), schema.get("maxItems", math.inf)
    kind = schema["items"]["type"]
    found = (
        _texts(values, wanted)
        if kind == "string"
        else [_numbers(values, wanted, whole=kind == "integer")]
    )
    each = (written(rules, items, least=least, most=most) for items in found)
    return next(filter(None, each), "")


@dataclass(frozen=True, slots=True)
class Items:
    """Spans that may be items, and how what they hold is spelled."""

    spans: Collection[Item]
    spelled: Callable[[int, int], str]
    """Returns an expression of what stands from one offset to another."""
    mark: str = ""
    """An expression of what stands before and after an item."""


def written(rules: Rules, items: Items, *, least: int, most: float) -> str:
    """Return an expression of the lists of some items, or "" where none is possible.

    One item follows another that ends before it starts. The rules grow with the
    number of items, for each leads to whatever may follow from the next place on.
    They count what is there up to `least`, or up to `most` where there are more
    places than these.
    """
    places = sorted({item.start for item in items.spans})
    bound = int(most) if most < len(places) else None
    if bound == 0:
        return ""
    grown = _Grown(rules, items, places, least=max(least, 1), most=bound)
    by_start = itertools.groupby(
        sorted(items.spans, key=lambda each: (-each.start, each.end)),
        key=lambda each: each.start,
    )
    for _, here in by_start:
        grown.put(list(here))
    return rules.name(f'"[" {grown.begun} "]"') if grown.begun else ""


def _numbers(values: RequestValues, wanted: Wanted, *, whole: bool) -> Items:
    numbers = values.numbers(whole=whole, others=wanted.others)
    first: dict[tuple[str, ...], int] = {}
    for at, each in numbers.items():
        first.setdefault(each, at)
    return Items(
        [Item(at, at + 1) for at in first.values()],
        lambda start, _: either(map(literal, numbers[start])),
    )


def _texts(values: RequestValues, wanted: Wanted) -> Iterator[Items]:
    """Yield what the items may be, the best first."""
    text = values.words.text

    def spelled(start: int, end: int) -> str:
        return literal_in_string(text[start:end])

    def quoted(spans: Iterable[Item]) -> Items:
        once = {text[each.start : each.end]: each for each in spans}
        return Items(once.values(), spelled, _QUOTE)

    kind = wanted.kind or Kind(frozenset({Shape.WORDS}))
    if kind.structured:
        spans = values.of(kind.shapes) or values.of(kind.wanted)
        yield quoted(itertools.starmap(Item, spans))
        if not (spans or wanted.needed):
            return
    if kind.quoted:
        yield quoted(itertools.starmap(Item, values.quotations))
    separated = list_places.separated(
        values.words, values.values, kind, titles=wanted.titles
    )
    taken = values.taken(wanted.others)
    yield quoted(each for each in separated if not _overlaps(each, taken))
    yield quoted(separated)
    yield quoted(list_places.anywhere(values.words, kind))


def _overlaps(item: Item, spans: Spans) -> bool:
    return any(begin < item.end and item.start < end for begin, end in spans)


class _Grown:
    """A list's rules, from its last place to its first."""

    def __init__(
        self,
        rules: Rules,
        items: Items,
        places: Sequence[int],
        *,
        least: int,
        most: int | None,
    ) -> None:
        self._rules = rules
        self._items = items
        self._places = places
        self._least = least
        self._most = most
        self._counts = range(1, (most or least) + 1)
        self._next = dict.fromkeys(self._counts, "")
        self._rests = {len(places): [self._rest(count) for count in self._counts]}
        self.begun = ""
        """What a list may begin with, from the first place that was put."""

    def put(self, items: Sequence[Item]) -> None:
        """Put the items of the place before those that were put, the shortest first."""
        inner = [each for each in items if not each.opens]
        self.begun = self._either(items, 1, self.begun)
        for count in self._counts:
            self._next[count] = self._either(inner, count + 1, self._next[count])
        at = len(self._places) - len(self._rests)
        self._rests[at] = [self._rest(count) for count in self._counts]

    def _rest(self, count: int) -> str:
        """Return what may follow once there are so many; "" where nothing can."""
        further = "" if count == self._most else self._next[count]
        if count < self._least:
            return f'", " {further}' if further else ""
        return f'(", " {further})?' if further else EMPTY

    def _either(self, items: Sequence[Item], count: int, others: str) -> str:
        """Return items that start together, or others; the longer go on from shorter.

        The engine follows as many ways at once as there are alternatives.
        """
        longer = ""
        for before, item in reversed(list(itertools.pairwise([None, *items]))):
            if item is None:
                continue
            start = before.end if before else item.start
            ways = either([self._ended(item, count), longer])
            spelled = self._items.spelled(start, item.end)
            longer = f"{spelled} {ways}" if ways else ""
        begun = f"{self._items.mark} {longer}".lstrip() if longer else ""
        return self._rules.name(either([begun, others]))

    def _ended(self, item: Item, count: int) -> str:
        """Return what follows an item, being the one with this number."""
        counted = min(count, self._counts[-1])
        rest = self._rests[bisect_left(self._places, item.end)][counted - 1]
        if item.closes:
            rest = EMPTY if count >= self._least else ""
        return f"{self._items.mark} {rest}".lstrip() if rest else ""
