"""What a JSON Schema admits, as grammar: the values that a model may write.

llama.cpp has a converter of its own, but the build that Myna uses makes it write for
another parser (llguidance), which answers without any constraint where it finds a
fault. What a schema says beyond types, choices, lengths and simple forms is left to
the validator.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from learning.gbnf import EMPTY, Rules, either, literal, literal_json

MOST_CHARS = 200
MOST_ITEMS = 8
MOST_REPEATS = 32
"""Of what a pattern lets repeat without end."""
MOST_CHOICES = 100
"""So many whole numbers between two bounds are written out."""
MOST_DEPTH = 4
"""Below it any JSON will do."""

Written = str | Mapping[int, str]
"""An expression, or one for each place where a value stands."""

_NEXT = '", "'
_CHAR = (
    r'([^"\\<\x00-\x1f\x7f] | "\\" ["\\bfnrt] | "<" [^"\\<|\x00-\x1f\x7f])'
    # No `<|`, which begins the tokens that mark a turn; no \u, which can write halves
    # of a character.
)
_DATE = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])'
_TIME = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] (":" [0-5] [0-9])?'
_ZONE = '("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])?'
FORMS = {
    "date": _DATE,
    "time": f"{_TIME} {_ZONE}",
    "date-time": f'{_DATE} "T" {_TIME} {_ZONE}',
}
_WHOLE = '("0" | [1-9] [0-9]{0,14})'
_FRACTION = '("." [0-9]{1,6})?'

_COMPACT = re.compile(r"\s+")

_PIECE = re.compile(
    r"(?:(?P<set>\\[dw])|\[(?P<among>(?:\\[dw]|[\w .,:/+-])+)\]"
    r"|\\(?P<escaped>[.$*+?()\[\]{}|/-])|(?P<plain>[\w ,:;/@#%&=!~-]))"
    r"(?P<repeat>[*+?]|\{\d{1,2}(?:,\d{0,2})?\})?"
)
_SETS = {"\\d": "0-9", "\\w": "A-Za-z0-9_"}
_REPEATS = {"*": f"{{0,{MOST_REPEATS}}}", "+": f"{{1,{MOST_REPEATS}}}"}


def value(rules: Rules, schema: object, depth: int = 0) -> str:
    """Return an expression of the values that a schema admits.

    It is "" where no value can be written: an enum of nothing that tokens can spell.
    """
    if not isinstance(schema, Mapping) or depth > MOST_DEPTH:
        return _anything(rules)
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return rules.name(either(dict.fromkeys(map(literal_json, choices))))
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return rules.name(
            either(value(rules, {**schema, "type": kind}, depth) for kind in kinds)
        )
    makers = {
        "array": _array,
        "boolean": _boolean,
        "integer": _integer,
        "null": _null,
        "number": _number,
        "object": _object,
        "string": _string,
    }
    if kinds not in makers:
        return _anything(rules)
    return rules.name(makers[kinds](rules, schema, depth))


def is_formed(text: str, schema: Mapping[str, Any]) -> bool:
    """Say whether a text is of the format that a schema asks for."""
    form = _COMPACT.sub("", FORMS[schema["format"]]).replace('"', "")
    return re.fullmatch(form, text) is not None


def members(rules: Rules, pairs: Sequence[tuple[str, Written, bool]]) -> str:
    """Return an expression of an object's inside: some of its members, in this order.

    Each is a name, the expression of its value and whether it has to be there. One
    whose expression is "" is never there. Where it is a mapping, the values stand at
    places, and no two members take the same place.
    """
    kept = [
        (f'{literal_json(name)} ": "', written, needed)
        for name, written, needed in pairs
        if literal_json(name) and written
    ]
    placed = [at for at, each in enumerate(kept) if not isinstance(each[1], str)]
    last = placed[-1] if placed else -1

    @cache
    def inside(at: int, used: frozenset[int], begun: str) -> str:
        if at == len(kept):
            return EMPTY
        key, written, needed = kept[at]
        if isinstance(written, str):
            pair, later = rules.name(f"{key} {written}"), inside(at + 1, used, _NEXT)
            if begun:
                return rules.name(
                    f"{begun} {pair} {later}"
                    if needed
                    else f"({begun} {pair})? {later}"
                )
            first = f"{pair} {later}"
            return rules.name(
                first if needed else f"{first} | {inside(at + 1, used, begun)}"
            )
        after: dict[frozenset[int], dict[str, None]] = {}
        for value, place in _free(written, used).items():
            taken = used | {place} if at < last else frozenset[int]()
            after.setdefault(taken, {})[value] = None
        ways = [
            f"{begun} {key} {either(values)} {inside(at + 1, taken, _NEXT)}".lstrip()
            for taken, values in after.items()
        ]
        if not needed or not ways:
            left = used if at < last else frozenset[int]()
            ways.append(inside(at + 1, left, begun))
        return rules.name(" | ".join(ways))

    return inside(0, frozenset(), "")


def _free(places: Mapping[int, str], used: frozenset[int]) -> Mapping[str, int]:
    """Return what stands at places that are left, each value at the first of its own."""
    left = sorted(set(places) - used, reverse=True)
    return {places[place]: place for place in left}


def _boolean(_rules: Rules, _schema: Mapping[str, Any], _depth: int) -> str:
    return '"true" | "false"'


def _null(_rules: Rules, _schema: Mapping[str, Any], _depth: int) -> str:
    return '"null"'


def _integer(_rules: Rules, schema: Mapping[str, Any], _depth: int) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int) and isinstance(most, int) and _are_few(least, most):
        return either(literal(str(each)) for each in range(least, most + 1))
    return f"{_sign(schema)}{_WHOLE}"


def _are_few(least: int, most: int) -> bool:
    return 0 <= most - least < MOST_CHOICES


def _number(_rules: Rules, schema: Mapping[str, Any], _depth: int) -> str:
    return f"{_sign(schema)}{_WHOLE} {_FRACTION}"


def may_be_negative(schema: Mapping[str, Any]) -> bool:
    """Say whether a number of this schema may be below zero."""
    bounds = (schema.get("minimum"), schema.get("exclusiveMinimum"))
    return not any(isinstance(each, int | float) and each >= 0 for each in bounds)


def _sign(schema: Mapping[str, Any]) -> str:
    return '"-"? ' if may_be_negative(schema) else ""


def _string(rules: Rules, schema: Mapping[str, Any], _depth: int) -> str:
    form = FORMS.get(str(schema.get("format"))) or _pattern(schema.get("pattern"))
    if form:
        return rf'"\"" {form} "\""'
    most = min(schema.get("maxLength", MOST_CHARS), MOST_CHARS)
    least = min(schema.get("minLength", 1), most)  # left out rather than empty
    if not most:
        return r'"\"\""'
    return rf'"\"" {rules.name(_CHAR)}{{{least:.0f},{most:.0f}}} "\""'


def _pattern(pattern: object) -> str:
    """Translate a pattern of plain pieces, each perhaps repeated; "" for any other."""
    if not isinstance(pattern, str) or not re.fullmatch(r"\^.+\$", pattern):
        return ""
    pieces, at, end = [], 1, len(pattern) - 1
    while at < end:
        piece = _PIECE.match(pattern, at, end)
        if piece is None or not pattern.isascii():
            return ""
        among = _SETS.get(piece["set"] or "", piece["among"])
        for shorthand, meant in _SETS.items():
            among = among and among.replace(shorthand, meant)
        one = f"[{among}]" if among else literal(piece["escaped"] or piece["plain"])
        repeat = piece["repeat"] or ""
        if repeat.endswith(",}"):
            repeat = f"{repeat[:-1]}{max(MOST_REPEATS, int(repeat[1:-2]))}}}"
        pieces.append(one + _REPEATS.get(repeat, repeat))
        at = piece.end()
    return " ".join(pieces)


def _array(rules: Rules, schema: Mapping[str, Any], depth: int) -> str:
    item = value(rules, schema.get("items"), depth + 1)
    most = int(min(schema.get("maxItems", MOST_ITEMS), MOST_ITEMS))
    least = int(min(schema.get("minItems", 0), most))
    if not item or not most:
        return '"[]"'
    further = f'(", " {item}){{{max(least - 1, 0)},{most - 1}}}' if most > 1 else EMPTY
    inside = f"{item} {further}"
    return f'"[" {inside} "]"' if least else f'"[" ({inside})? "]"'


def _object(rules: Rules, schema: Mapping[str, Any], depth: int) -> str:
    properties = schema.get("properties")
    if not properties:
        _anything(rules)
        return "any-object"
    required = schema.get("required", ())
    pairs = [
        (name, value(rules, each, depth + 1), name in required)
        for name, each in properties.items()
    ]
    return f'"{{" {members(rules, pairs)} "}}"'


def _anything(rules: Rules) -> str:
    """Return the rule of any JSON, with so many members on each level."""
    text = rules.name(_string(rules, {}, 0))
    further = f"{{0,{MOST_ITEMS - 1}}}"
    pair = f'{text} ": " any'
    rules.define("any-object", f'"{{" ({pair} (", " {pair}){further})? "}}"')
    rules.define("any-array", f'"[" (any (", " any){further})? "]"')
    number = f'"-"? {_WHOLE} {_FRACTION}'
    return rules.define(
        "any",
        f'any-object | any-array | {text} | {number} | "true" | "false" | "null"',
    )
