"""A grammar in llama.cpp's notation (GBNF), collected rule by rule.

https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

import json
import re
from collections.abc import Iterable
from typing import Any

EMPTY = '""'

_UNSPELLABLE = re.compile("[\ud800-\udfff\U00040000-\U000bffff]")
"""Surrogates, and the unassigned planes whose first bytes, F1 and F2, are no tokens of
the bundled vocabulary: a grammar that asks for what no token spells kills the child."""


class Rules:
    """The rules of one grammar; the same words are written once."""

    def __init__(self) -> None:
        self._bodies: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def name(self, body: str) -> str:
        """Return the name of a rule, added where there is none with this body.

        No body is no rule: "" gives "".
        """
        if not body:
            return ""
        name = self._names.setdefault(body, f"r{len(self._names)}")
        self._bodies[name] = body
        return name

    def define(self, name: str, body: str) -> str:
        """Add a rule under a name of its own, as a rule that leads back to itself."""
        self._bodies[name] = body
        return name

    def text(self, root: str) -> str:
        """Write the grammar whose answers are those of `root`."""
        lines = (f"{name} ::= {body}" for name, body in self._bodies.items())
        return "\n".join([f"root ::= {root}", *lines])


def literal(text: str) -> str:
    """Quote a text that stands as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def literal_json(value: Any) -> str:
    """Quote a value as `json.dumps` writes it, or return "" where no token spells it."""
    written = json.dumps(value, ensure_ascii=False)
    return "" if _UNSPELLABLE.search(written) else literal(written)


def literal_in_string(text: str) -> str:
    """Quote a piece of a JSON string, without the string's own quotes."""
    return literal(json.dumps(text, ensure_ascii=False)[1:-1])


def spellable(text: str) -> str:
    """Put spaces for what must not be asked of a model: see `_UNSPELLABLE`."""
    return _UNSPELLABLE.sub(" ", text)


def either(alternatives: Iterable[str]) -> str:
    """Join alternatives; those that are "" do not count, and none gives ""."""
    kept = [each for each in alternatives if each]
    return f"({' | '.join(kept)})" if len(kept) > 1 else "".join(kept)
