"""What one request says that parameters may take: its values, and where they stand."""

from collections.abc import Mapping, Sequence

from learning.request_words import inside_quotes, numbers_at, quoted, words_of
from learning.value_shapes import STRUCTURED, Found, Shape, found

Spans = frozenset[tuple[int, int]]


class RequestValues:
    """A request's words, the structured values among them, quotations and numbers."""

    def __init__(self, request: str) -> None:
        self._request = request
        self._numbers: dict[object, Mapping[int, tuple[str, ...]]] = {}
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
        self, *, whole: bool, others: frozenset[Shape]
    ) -> Mapping[int, tuple[str, ...]]:
        """Return where numbers stand, none of them in another parameter's value.

        Where that leaves nothing, it is every number of the request.
        """
        key = (whole, others)
        if key not in self._numbers:
            self._numbers[key] = self._numbers_beside(others, whole=whole)
        return self._numbers[key]

    def _numbers_beside(
        self, others: frozenset[Shape], *, whole: bool
    ) -> Mapping[int, tuple[str, ...]]:
        rest = self._request
        for value in found(rest):
            if value.shape in others - {Shape.NUMBER}:
                gap = " " * (value.end - value.start)
                rest = rest[: value.start] + gap + rest[value.end :]
        return numbers_at(rest, whole=whole) or numbers_at(self._request, whole=whole)

    def _is_whole(self, value: Found) -> bool:
        return value.start in self.words.starts and value.end in self.words.ends
