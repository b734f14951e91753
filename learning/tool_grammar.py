"""The grammar of a call, as far as the examples and the request say what may be in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from learning import call_grammar
from learning.enum_evidence import is_silent, weighed
from learning.lexicon import Encoder
from learning.request_values import RequestValues
from learning.request_words import numbers_of
from learning.tool import Call, Tool
from learning.value_shapes import Kind

MOST_COPIED_FROM = 600
"""Characters of a request whose words a grammar lists: spans of 240 words took the
engine five seconds (docs/LOG.md)."""

Examples = Sequence[tuple[str, Call]]
"""Requests with their calls."""
Taught = Sequence[tuple[Tool, Examples]]
"""Tools, each with its example requests and their calls."""


def likely_of(
    taught: Taught, request: str, *, encoder: Encoder | None = None
) -> Taught:
    """Leave out tools that need what the request has not, unless the nearest does too.

    The nearest one comes first. A request that lacks something is asked about; one that
    has all that the nearest tool needs is hardly meant for a tool that it says too
    little for.
    """
    if not taught or not _may_be_whole(*taught[0], request, encoder):
        return taught
    return [
        (tool, of) for tool, of in taught if _may_be_whole(tool, of, request, encoder)
    ]


def _may_be_whole(
    tool: Tool, examples: Examples, request: str, encoder: Encoder | None
) -> bool:
    """Say whether a request has something for each needed value of a known shape."""
    verbatim = call_grammar.copied(tool, examples)
    known = call_grammar.kinds(tool, examples)
    for name in tool.required:
        schema = tool.properties[name]
        if "enum" in schema:
            lacks = is_silent(tool, examples, name, request, encoder)
        else:
            is_known = name in verbatim and name in known
            lacks = is_known and not _has_value(schema, known[name], request)
        if lacks:
            return False
    return True


def _has_value(schema: Mapping[str, Any], kind: Kind, request: str) -> bool:
    """Say whether a value of this kind may stand in a request; words always may."""
    if schema.get("type") in ("integer", "number"):
        return bool(numbers_of(request, whole=schema["type"] == "integer"))
    return not kind.structured or bool(RequestValues(request).of(kind.shapes))


def grammar_of(
    taught: Taught,
    request: str,
    *,
    omissible: bool = True,
    encoder: Encoder | None = None,
) -> str:
    """Write the grammar of one call of one of the tools, for one request.

    With `omissible` a call may lack what a tool needs, as its request may. With an
    encoder choices are left out by what they mean, too; without one by words alone.
    """
    found = [weighed(tool, examples, request, encoder) for tool, examples in taught]
    copies = len(request) <= MOST_COPIED_FROM
    return call_grammar.grammar(
        [tool for tool, _ in found],
        request,
        copied={t.name: call_grammar.copied(t, of) for t, of in taught if copies},
        kinds={t.name: call_grammar.kinds(t, of) for t, of in taught if copies},
        said={tool.name: sure for tool, sure in found},
        omissible=omissible,
    )
