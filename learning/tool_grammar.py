"""The grammar of a call, as far as the examples and the request say what may be in it."""

from collections.abc import Sequence

from learning import call_grammar
from learning.enum_evidence import narrowed, said
from learning.tool import Call, Tool

MOST_COPIED_FROM = 600
"""Characters of a request whose words a grammar lists: spans of 240 words took the
engine five seconds (docs/LOG.md)."""

Examples = Sequence[tuple[str, Call]]
"""Requests with their calls."""
Taught = Sequence[tuple[Tool, Examples]]
"""Tools, each with its example requests and their calls."""


def grammar_of(taught: Taught, request: str, *, omissible: bool = True) -> str:
    """Write the grammar of one call of one of the tools, for one request.

    With `omissible` a call may lack what a tool needs, as its request may.
    """
    copies = len(request) <= MOST_COPIED_FROM
    return call_grammar.grammar(
        [narrowed(tool, examples, request) for tool, examples in taught],
        request,
        copied={t.name: call_grammar.copied(t, of) for t, of in taught if copies},
        kinds={t.name: call_grammar.kinds(t, of) for t, of in taught if copies},
        said={tool.name: said(tool, of, request) for tool, of in taught},
        omissible=omissible,
    )
