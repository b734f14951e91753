"""The grammar of a call: what a model may write once it is to call one of some tools.

135 million parameters name a tool rightly sooner than they spell its arguments. Under
this grammar a call is always well formed, and an argument that people say word for
word is copied from the request, never made up: a time where the parameter takes times,
and no time where another takes it.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from learning import schema_grammar
from learning.copy_grammar import Copies
from learning.gbnf import Rules, either, literal, literal_json
from learning.list_pieces import separators
from learning.request_words import (
    RequestWords,
    inside_quotes,
    numbers_at,
    numbers_of,
    words_of,
)
from learning.schema_grammar import Written
from learning.tool import Call, Tool
from learning.value_shapes import Kind, Lists, Shape, found, kind_of

MOST_STATES = 100
"""Of numbers already taken that a grammar tells apart."""

_BEGIN = literal('{"name": ')
_ARGUMENTS = literal(', "arguments": {')
_END = literal("}}")


def grammar(
    tools: Sequence[Tool],
    request: str,
    *,
    copied: Mapping[str, Collection[str]] | None = None,
    kinds: Mapping[str, Mapping[str, Kind]] | None = None,
    said: Mapping[str, Collection[str]] | None = None,
    omissible: bool = True,
) -> str:
    """Write the GBNF of one call of one of the tools, spelled as `Call.text` does.

    `copied` names, by tool, the parameters whose values are taken from the request: a
    text is a span of its whole words as they were typed, a number is one of its
    numbers, and a list has such items in the request's order. Without such a span or
    number the parameter is left out. A span may be as long as the request; the grammar
    grows with the number of words, not of spans. Two parameters take no number of one
    place, unless it is the only one.

    `kinds` says, by tool and parameter, of what kind the example values are: see
    `Copies.text` and `list_grammar.lists`. Without it any span will do.

    `said` names, by tool, the parameters that the request surely gives.

    With `omissible` a required parameter may be left out too, for a request may lack
    it, unless it plainly has it. So may one that is not required, unless examples give
    it wherever a request has it: see `Copies.given`.

    Raises ValueError where there are no tools.
    """
    if not tools:
        raise ValueError("A call needs a tool.")
    rules = Rules()
    copies = Copies(rules, request)
    calls = []
    for tool in tools:
        verbatim = [
            name
            for name in (copied.get(tool.name, ()) if copied else ())
            if name in tool.properties and _may_be_copied(tool.properties[name])
        ]
        known = kinds.get(tool.name, {}) if kinds else {}
        given = {
            *(said.get(tool.name, ()) if said else ()),
            *copies.given(tool, {n: known[n] for n in verbatim if n in known}),
        }
        pairs = [
            (
                name,
                copies.of(schema, name, known, needed=name in tool.required)
                if name in verbatim
                else schema_grammar.value(rules, schema),
                name in given or (name in tool.required and not omissible),
            )
            for name, schema in tool.properties.items()
        ]
        shared = {name for name, kind in known.items() if kind.shared}
        inside = schema_grammar.members(rules, _apart(rules, pairs, shared))
        name = literal_json(tool.name)
        calls.append(rules.name(f"{name} {_ARGUMENTS} {inside}"))
    return rules.text(f"{_BEGIN} {either(calls)} {_END}")


def copied(tool: Tool, examples: Iterable[tuple[str, Call]]) -> frozenset[str]:
    """Name the parameters that every example which gives them copies from its request.

    The case of letters does not count. A list is copied where all its items are, in
    their order, none twice. What no example gives is not among them.
    """
    given: dict[str, bool] = {}
    for request, call in examples:
        if call.name != tool.name:
            continue
        words = words_of(request)
        for name, schema in tool.properties.items():
            if name in call.arguments and _may_be_copied(schema):
                stands = _stands(words, request, call.arguments[name], schema)
                given[name] = given.get(name, True) and stands
    return frozenset(name for name, always in given.items() if always)


def kinds(tool: Tool, examples: Iterable[tuple[str, Call]]) -> Mapping[str, Kind]:
    """Say of what kind each parameter's example values are, choices left out.

    Of a list it is the kind of its items.
    """
    own = [(request, call) for request, call in examples if call.name == tool.name]
    shared = {name for each in own for name in _sharing(*each)}
    known = {}
    for name, schema in tool.properties.items():
        given = [(r, call.arguments[name]) for r, call in own if name in call.arguments]
        kind = _kind(schema, [value for _, value in given])
        if kind and "enum" not in schema and "const" not in schema:
            known[name] = replace(
                kind,
                held=kind.held | _around_numbers(given),
                quoted=all(_is_quoted(request, value) for request, value in given),
                shared=name in shared,
            )
    lacking = [(r, known.keys() - call.arguments.keys(), call) for r, call in own]
    left = {name for each in lacking for name in _left_out(tool, known, *each)}
    lacked = frozenset[str]().union(*(names for _, names, _ in lacking))
    return {
        name: replace(kind, where_said=name in lacked - left)
        for name, kind in known.items()
    }


def _left_out(
    tool: Tool,
    known: Mapping[str, Kind],
    request: str,
    lacks: Collection[str],
    call: Call,
) -> Iterable[str]:
    """Name what a call lacks though its request has a value left over for it."""
    if not lacks:
        return
    places = Copies(Rules(), request).places(tool, known)
    for name in lacks:
        rivals = [
            n for n in call.arguments if not places[name].isdisjoint(places.get(n, ()))
        ]
        if len(places[name]) > len(rivals):
            yield name


def shapes(
    tool: Tool, examples: Sequence[tuple[str, Call]]
) -> Mapping[str, frozenset[Shape]]:
    """Say of which shapes the values of each copied text are in the examples."""
    of_all = kinds(tool, examples)
    return {
        name: of_all[name].shapes
        for name in copied(tool, examples)
        if tool.properties[name]["type"] == "string"
    }


def _apart(
    rules: Rules, pairs: Sequence[tuple[str, Written, bool]], shared: Collection[str]
) -> Sequence[tuple[str, Written, bool]]:
    """Let no two numbers stand at one place, be there another, unless examples do so.

    What would take too many rules is left to the model.
    """
    apart = {
        name: written
        for name, written, _ in pairs
        if not isinstance(written, str) and name not in shared
    }
    places = len({place for written in apart.values() for place in written})
    states = sum(math.comb(places, taken) for taken in range(len(apart)))
    if places < 2 or states > MOST_STATES:  # noqa: PLR2004
        apart = {}
    return [
        (
            name,
            written
            if isinstance(written, str) or name in apart
            else rules.name(either(dict.fromkeys(written.values()))),
            needed,
        )
        for name, written, needed in pairs
    ]


def _kind(schema: Mapping[str, Any], values: Sequence[Any]) -> Kind | None:
    """Return the kind of a parameter's values, or of their items where it has lists."""
    if schema.get("type") != "array":
        return kind_of(values)
    lists = [each for each in values if isinstance(each, list)]
    items = [item for each in lists for item in each]
    kind = kind_of(items)
    texts = [item for item in items if isinstance(item, str)]
    joined = frozenset[str]().union(*map(separators, texts))
    single = any(len(each) == 1 for each in lists)
    return kind and replace(kind, lists=Lists(joined, single))


def _sharing(request: str, call: Call) -> Iterable[str]:
    """Name the parameters that take more of the same numbers than a request has."""
    values = {
        name: abs(value)
        for name, value in call.arguments.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    numbers = numbers_at(request, whole=False).values()
    there = Counter(abs(float(written[0])) for written in numbers)
    wanted = Counter(values.values())
    if len(numbers) < 2:  # noqa: PLR2004
        return ()
    return [name for name, value in values.items() if wanted[value] > there[value] > 0]


def _around_numbers(given: Iterable[tuple[str, object]]) -> frozenset[Shape]:
    """Return the shapes of values that hold a parameter's numbers: 5 pm may mean 5."""
    shapes = set[Shape]()
    for request, value in given:
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        places = [
            at
            for at, written in numbers_at(request, whole=False).items()
            if value in map(float, written)
        ]
        around = [
            {each.shape for each in found(request) if each.start <= at < each.end}
            for at in places
        ]
        if around and not any(not each or Shape.NUMBER in each for each in around):
            shapes |= around[0]
    return frozenset(shapes)


def _is_quoted(request: str, value: object) -> bool:
    text = words_of(request).text
    quotations = {text[begin:end].lower() for begin, end in inside_quotes(text)}
    values = value if isinstance(value, list) else [value]
    return all(" ".join(str(each).split()).lower() in quotations for each in values)


def _may_be_copied(schema: Mapping[str, Any]) -> bool:
    if "enum" in schema or "const" in schema:
        return False
    kind, items = schema.get("type"), schema.get("items")
    if kind == "array" and isinstance(items, Mapping):
        is_plain = items.get("type") != "array" and "format" not in items
        return is_plain and _may_be_copied(items)
    return kind in ("string", "integer", "number")


def _stands(
    words: RequestWords, request: str, value: object, schema: Mapping[str, Any]
) -> bool:
    if schema["type"] == "array":
        return isinstance(value, list) and _stand(
            words, request, value, schema["items"]
        )
    if schema["type"] == "string":
        return isinstance(value, str) and words.has(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    numbers = numbers_of(request, whole=schema["type"] == "integer")
    return any(float(each) == value for each in numbers)


def _stand(
    words: RequestWords,
    request: str,
    items: Sequence[object],
    schema: Mapping[str, Any],
) -> bool:
    """Say whether a list's items stand in a request in their order, none twice."""
    if not all(_stands(words, request, each, schema) for each in items):
        return False
    if schema["type"] != "string":
        numbers = numbers_at(request, whole=schema["type"] == "integer").values()
        order = iter([set(map(float, written)) for written in numbers])
        in_order = all(any(item in written for written in order) for item in items)
        return bool(items) and in_order and len(set(items)) == len(items)
    at: int | None = 0
    for each in items:
        at = words.end_of(str(each), at) if at is not None else None
    texts = {str(each).lower() for each in items}
    return bool(items) and at is not None and len(texts) == len(items)
