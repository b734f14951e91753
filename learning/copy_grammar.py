"""The part of a call's grammar that copies from the request: which of its spans."""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from learning import list_grammar, schema_grammar
from learning.gbnf import Rules, either, literal, literal_in_string
from learning.request_values import RequestValues, Spans
from learning.request_words import (
    begins_bare,
    ends_bare,
    is_lone,
    opens_as_a_sentence,
)
from learning.schema_grammar import Written, is_formed
from learning.tool import Tool
from learning.value_shapes import STRUCTURED, Kind, Shape

_QUOTE = literal('"')


def claimed(name: str, kinds: Mapping[str, Kind]) -> frozenset[Shape]:
    """Return the shapes of values that belong to other parameters than this one.

    What stands in this one's own example values is none.
    """
    others = (kind.wanted for other, kind in kinds.items() if other != name)
    own = kinds[name].held | kinds[name].wanted if name in kinds else frozenset()
    return frozenset().union(*others) - own


class Copies:
    """What of one request may be copied, each expression written once."""

    def __init__(self, rules: Rules, request: str) -> None:
        self._rules = rules
        self._values = RequestValues(request)
        self._words = self._values.words
        opening = {0} if opens_as_a_sentence(self._words.text) else set()
        self._bare_starts = self._those(self._words.starts, begins_bare) - opening
        self._bare_ends = self._those(self._words.ends, ends_bare)
        self._written: dict[object, str] = {}

    def of(
        self,
        schema: Mapping[str, Any],
        name: str,
        kinds: Mapping[str, Kind],
        *,
        needed: bool,
    ) -> Written:
        """Return what may be copied for a parameter; "" where there is nothing.

        It is an expression, or for a number one for each place where it may stand.
        `kinds` are those of all the tool's parameters. One that is not `needed` is
        left out where the request has no value of its shapes.
        """
        values, others = kinds.get(name), claimed(name, kinds)
        if schema["type"] == "string" and schema.get("format") in schema_grammar.FORMS:
            return self._formed(schema, values)
        if schema["type"] == "string":
            return self.text(values, others, needed=needed)
        if schema["type"] == "array":
            titles = sum(
                kind.quoted and not kind.lists
                for other, kind in kinds.items()
                if other != name
            )
            return list_grammar.lists(
                self._rules,
                self._values,
                schema,
                list_grammar.Wanted(
                    kind=values, others=others, titles=titles, needed=needed
                ),
            )
        own = values.held if values else STRUCTURED
        return self.numbers(schema, others=others, own=own)

    def given(self, tool: Tool, kinds: Mapping[str, Kind]) -> Collection[str]:
        """Name the parameters whose values a request plainly holds, and gives.

        `kinds` are those of the parameters that are copied. A value is plainly there
        where the request has as many values of its shapes as there are parameters
        that may take these. It is given where it is required, or where examples say so.
        """
        places = self.places(tool, kinds)
        return [
            name
            for name, kind in kinds.items()
            if (name in tool.required or self._is_said(name, kinds, places))
            and places[name]
            and kind.structured
            and len(places[name])
            >= sum(not places[name].isdisjoint(each) for each in places.values())
        ]

    def _is_said(
        self,
        name: str,
        kinds: Mapping[str, Kind],
        places: Mapping[str, frozenset[int]],
    ) -> bool:
        """Say whether a value that need not be given is, wherever a request has one.

        Numbers stand for many a thing, lists take as many values as there are, and what
        is quoted may belong to the quotation.
        """
        rivals = [n for n in kinds if not places[name].isdisjoint(places[n])]
        quotes = (
            self._values.quotations if any(k.quoted for k in kinds.values()) else ()
        )
        return (
            kinds[name].where_said
            and not kinds[name].numeric
            and not any(kinds[rival].lists for rival in rivals)
            and not any(
                begin <= at < end for at in places[name] for begin, end in quotes
            )
        )

    def places(
        self, tool: Tool, kinds: Mapping[str, Kind]
    ) -> Mapping[str, frozenset[int]]:
        """Return where values stand that each of these parameters may take."""
        return {
            name: self._places(tool.properties[name], name, kinds) for name in kinds
        }

    def _places(
        self, schema: Mapping[str, Any], name: str, kinds: Mapping[str, Kind]
    ) -> frozenset[int]:
        """Return where values stand that a parameter may take, be they its own."""
        kind = kinds[name]
        if schema["type"] in ("integer", "number"):
            return frozenset(
                self._values.plain_numbers(
                    whole=schema["type"] == "integer",
                    others=claimed(name, kinds),
                    own=kind.held,
                )
            )
        return frozenset(
            each.start
            for each in self._values.values
            if each.shape in (kind.shapes if kind.structured else kind.held)
        )

    def _formed(self, schema: Mapping[str, Any], kind: Kind | None) -> str:
        """Return an expression of the dates or times that stand as the schema has them.

        Where there are only others, as the 3rd of March, the model writes one.
        """
        shapes = kind.wanted if kind else STRUCTURED
        spans = self._values.of(shapes)
        formed = [
            (start, end)
            for start, end in spans
            if is_formed(self._words.text[start:end], schema)
        ]
        if formed or not spans:
            return self._texts(formed)
        return schema_grammar.value(self._rules, schema)

    def text(self, kind: Kind | None, others: frozenset[Shape], *, needed: bool) -> str:
        """Return an expression of the spans that a text may be copied from.

        Where all the example values are structured, it is a value of their shapes, if
        the request has one, for weekdays else a date and the other way round; without
        one, what is not `needed` is left out. Where all stand in quotation marks, it
        is what the request quotes, if it does. It is else any words that hold no value
        of another parameter, are no function word alone and, unless examples do so,
        neither begin nor end with one. Where these rules leave nothing, any span will
        do.
        """
        if kind is None:
            return self._spans(frozenset())
        if kind.structured:
            spans = self._values.of(kind.shapes) or self._values.of(kind.wanted)
            written = self._texts(spans)
            if written or not needed:
                return written
        if kind.quoted and self._values.quotations:
            return self._texts(self._values.quotations)
        return self._spans(
            self._values.taken(others),
            bare_start=kind.begin_bare and not kind.structured,
            bare_end=kind.end_bare and not (kind.structured or kind.lone),
            lone=kind.lone,
        ) or self._spans(frozenset())

    def numbers(
        self,
        schema: Mapping[str, Any],
        *,
        others: frozenset[Shape],
        own: frozenset[Shape],
    ) -> Mapping[int, str]:
        """Return an expression of what each number is, by where it stands.

        One after a minus is below zero, where the schema admits that.
        """
        whole = schema["type"] == "integer"
        numbers = self._values.numbers(whole=whole, others=others, own=own)
        signed = -1 if schema_grammar.may_be_negative(schema) else 0
        return {at: literal(each[signed]) for at, each in numbers.items()}

    def _those(
        self, offsets: Collection[int], is_bare: Callable[[str, int], bool]
    ) -> frozenset[int]:
        return frozenset(at for at in offsets if is_bare(self._words.text, at))

    def _texts(self, spans: Iterable[tuple[int, int]]) -> str:
        """Return an expression of the texts of some spans, "" where there are none."""
        text = self._words.text
        texts = either(dict.fromkeys(literal_in_string(text[a:b]) for a, b in spans))
        return self._rules.name(f"{_QUOTE} {texts} {_QUOTE}") if texts else ""

    def _spans(
        self,
        taken: Spans,
        *,
        bare_start: bool = False,
        bare_end: bool = False,
        lone: bool = True,
    ) -> str:
        """Return an expression of every span: each piece of text leads to the next.

        `w0 ::= "Oslo" (w4)?` says that a span may end after Oslo, which is followed by
        the piece at offset 4. A function word has to be followed, where none may be
        there alone.
        """
        key = (taken, bare_start, bare_end, lone)
        if key not in self._written:
            variant = f"-{len(self._written)}" if self._written else ""
            starts = self._bare_starts if bare_start else self._words.starts
            ends = self._bare_ends if bare_end else self._words.ends
            begun = self._chain(variant, taken, ends)
            spans = either(
                begun[at] if lone else self._followed(begun, at)
                for at in sorted(starts)
                if at in begun
            )
            self._written[key] = (
                self._rules.name(f"{_QUOTE} {spans} {_QUOTE}") if spans else ""
            )
        return self._written[key]

    def _followed(self, begun: Mapping[int, str], at: int) -> str:
        """Return the rule of a piece, and that of the next word if this needs one."""
        text = self._words.text
        if not is_lone(text, at):
            return begun[at]
        later = text.find(" ", at) + 1
        if not later or later not in begun:
            return ""
        return f"{literal_in_string(text[at:later])} {begun[later]}"

    def _chain(
        self, variant: str, taken: Spans, ends: Collection[int]
    ) -> Mapping[int, str]:
        """Write the rules of the pieces from which an end can be reached."""
        text = self._words.text
        cuts = sorted({*self._words.starts, *self._words.ends})
        hidden = {
            at
            for begin, end in taken
            for at in cuts[bisect_left(cuts, begin) : bisect_left(cuts, end)]
        }
        rules: dict[int, str] = {}
        for start, end in reversed(list(itertools.pairwise(cuts))):
            if start in hidden or (end not in ends and end not in rules):
                continue
            body = literal_in_string(text[start:end])
            if end in rules:
                body += f" ({rules[end]})?" if end in ends else f" {rules[end]}"
            rules[start] = self._rules.define(f"w{start}{variant}", body)
        return rules
