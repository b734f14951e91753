"""The grammar of a list copied from a request: its items in order, none twice."""

import itertools
import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from learning import list_places
from learning.gbnf import EMPTY, Rules, either, literal, literal_in_string
from learning.list_places import Item
from learning.request_values import RequestValues, Spans
from learning.value_shapes import STRUCTURED, Kind, Shape

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
    gapless: bool = True
    """Whether no item is left out between two others: a list of `good, okay, bad` does
    not go from the first to the last."""


def written(rules: Rules, items: Items, *, least: int, most: float) -> str:
    """Return an expression of the lists of some items, or "" where none is possible.

    One item follows another that ends before it starts, and the one that comes next
    where the items are without gaps. The rules grow with the number of items. They
    count what is there up to `least`, or up to `most` where there are more
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
    own = wanted.kind.held if wanted.kind else STRUCTURED
    numbers = values.numbers(whole=whole, others=wanted.others, own=own)
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
    taken = values.taken(wanted.others)
    separated = list_places.separated(
        values.words, values.values, kind, titles=wanted.titles, taken=taken
    )
    yield quoted(each for each in separated if not _overlaps(each, taken))
    yield quoted(separated)
    yield replace(quoted(list_places.anywhere(values.words, kind)), gapless=False)


def _overlaps(item: Item, spans: Spans) -> bool:
    return any(begin < item.end and item.start < end for begin, end in spans)


def _limits(spans: Iterable[Item], places: Sequence[int]) -> Sequence[float]:
    """Say, by place, where an item ends that no list skips which goes on from there."""
    ends: dict[int, float] = {}
    for each in spans:
        if not (each.opens or each.closes):
            ends[each.start] = min(each.end, ends.get(each.start, math.inf))
    limits = [math.inf]
    for place in reversed(places):
        limits.append(min(limits[-1], ends.get(place, math.inf)))
    return limits[::-1]


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
        self._limits = _limits(items.spans, places)
        self._least = least
        self._most = most
        self._counts = range(1, (most or least) + 1)
        self._further: dict[int, Mapping[int, str]] = {}
        self._rests: dict[tuple[int, int], Sequence[str]] = {}
        self.begun = ""
        """What a list may begin with, from the first place that was put."""

    def put(self, items: Sequence[Item]) -> None:
        """Put the items of the place before those that were put, the shortest first."""
        inner = [each for each in items if not each.opens]
        self.begun = self._either(items, 1, self.begun)
        self._further[items[0].start] = {
            count: self._either(inner, count + 1, "") for count in self._counts
        }

    def _rests_from(self, offset: int) -> Sequence[str]:
        """Return what may follow an item that ends there, by how many there are."""
        first = bisect_left(self._places, offset)
        limit = self._limits[first] if self._items.gapless else math.inf
        last = bisect_left(self._places, limit)
        if (first, last) not in self._rests:
            self._rests[first, last] = [
                self._rest(count, self._ways(first, last, count))
                for count in self._counts
            ]
        return self._rests[first, last]

    def _ways(self, first: int, last: int, count: int) -> str:
        """Return the items of some places; the rule of each place leads to the next."""
        ways = ""
        for at in reversed(range(first, last)):
            further = self._further[self._places[at]][count]
            ways = self._rules.name(either([further, ways]))
        return ways

    def _rest(self, count: int, ways: str) -> str:
        """Return what may follow once there are so many; "" where nothing can."""
        further = "" if count == self._most else ways
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
        rest = self._rests_from(item.end)[counted - 1]
        if item.closes:
            rest = EMPTY if count >= self._least else ""
        return f"{self._items.mark} {rest}".lstrip() if rest else ""
