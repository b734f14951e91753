"""What one request says that parameters may take: its values, and where they stand."""

import re
from collections.abc import Mapping, Sequence

from learning.request_words import inside_quotes, numbers_at, quoted, words_of
from learning.value_shapes import STRUCTURED, Found, Shape, found, shape

Spans = frozenset[tuple[int, int]]

_COUNTED = re.compile(r"#?\d+(?:/?[a-z]+)?|\d{1,2}/\d{1,2}", re.IGNORECASE)


class RequestValues:
    """A request's words, the structured values among them, quotations and numbers."""

    def __init__(self, request: str) -> None:
        self._request = request
        self._numbers: dict[object, Mapping[int, tuple[str, ...]]] = {}
        self._all = found(request)
        self.words = words_of(request)
        self.values = tuple(filter(self._is_whole, found(self.words.text)))
        self.quotations = inside_quotes(self.words.text)

    def of(self, shapes: frozenset[Shape]) -> Sequence[tuple[int, int]]:
        """Return where values of some shapes stand, in order."""
        starts, ends = self.words.starts, self.words.ends
        return sorted(
            (start, end)
            for value in self.values
            if value.shape in shapes
            for start, end in value.spans
            if start in starts and end in ends
        )

    def taken(self, shapes: frozenset[Shape]) -> Spans:
        """Return where values stand that belong to other parameters.

        One in quotation marks with other words belongs to what is quoted.
        """
        titles = quoted(self.words.text)
        return frozenset(
            (value.start, value.end)
            for value in self.values
            if value.shape in shapes & STRUCTURED
            and not any(
                begin < value.start
                and value.end < end
                and end - begin > value.end - value.start + 2
                for begin, end in titles
            )
        )

    def numbers(
        self, *, whole: bool, others: frozenset[Shape], own: frozenset[Shape]
    ) -> Mapping[int, tuple[str, ...]]:
        """Return where numbers stand: the plain ones, or those of counts and fractions.

        Of 820 numbers of 210 tools (`tool_requests.jsonl`) only eight stand within a
        value, each the only number there: 903 of #903, 60 of 60/wk, 9 of 9/10.
        """
        if plain := self.plain_numbers(whole=whole, others=others, own=own):
            return plain
        values = [each for each in self._all if not self._is_counted(each)]
        return self._beside(
            [each for each in values if each.shape not in own], whole=whole
        )

    def plain_numbers(
        self, *, whole: bool, others: frozenset[Shape], own: frozenset[Shape]
    ) -> Mapping[int, tuple[str, ...]]:
        """Return where numbers stand, none of them in another parameter's value.

        Nor is one part of a date, a time or another value, unless these are the
        parameter's `own`, as 5 of 5 pm.
        """
        key = (whole, others, own)
        if key not in self._numbers:
            values = [
                each
                for each in self._all
                if each.shape in others - {Shape.NUMBER}
                or not (each.shape in own or self._is_number(each))
            ]
            self._numbers[key] = self._beside(values, whole=whole)
        return self._numbers[key]

    def _beside(
        self, values: Sequence[Found], *, whole: bool
    ) -> Mapping[int, tuple[str, ...]]:
        """Return where numbers stand outside some values."""
        rest = self._request
        for value in values:
            gap = " " * (value.end - value.start)
            rest = rest[: value.start] + gap + rest[value.end :]
        return numbers_at(rest, whole=whole)

    def _is_number(self, value: Found) -> bool:
        """Say whether a value is a number too, as 3.49 is, which may be a version."""
        return shape(self._request[value.start : value.end]) is Shape.NUMBER

    def _is_counted(self, value: Found) -> bool:
        """Say whether a value is a number with a mark or a unit, or a fraction."""
        written = self._request[value.start : value.end]
        return self._is_number(value) or _COUNTED.fullmatch(written) is not None

    def _is_whole(self, value: Found) -> bool:
        return value.start in self.words.starts and value.end in self.words.ends
