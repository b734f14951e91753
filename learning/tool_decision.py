"""Whether a call that the model wrote was meant by the request it came from.

The probability with which the adapter's first token begins a call tells most requests
from talk. Where the request gives all that the call needs, and a value that few others
have (a time, a number, a choice it speaks of), far less of it is enough.
"""

import math
from collections.abc import Mapping

from learning.enum_evidence import said
from learning.tool import Call, Tool
from learning.tool_grammar import Examples
from learning.value_shapes import STRUCTURED, shape

MAY_CALL = 0.03
"""Below this probability of beginning a call none is written."""
WOULD_CALL = 0.15
"""From this on a call is meant that lacks nothing."""
LACKS = 0.5
"""From this on one is meant that lacks something, for which people are asked."""


def chance(first_token: Mapping[str, float]) -> float:
    """Return how likely a call begins, of a first token's log-probabilities."""
    begun = (token for token in first_token if token.lstrip().startswith("{"))
    return sum(math.exp(first_token[token]) for token in begun)


def is_meant(
    likely: float, call: Call, tool: Tool, examples: Examples, request: str
) -> bool:
    """Say whether a call was meant that its model begins as likely as this."""
    if tool.missing(call.arguments):
        return likely >= LACKS
    if likely >= WOULD_CALL:
        return True
    return likely >= MAY_CALL and _is_borne_out(call, tool, examples, request)


def _is_borne_out(call: Call, tool: Tool, examples: Examples, request: str) -> bool:
    """Say whether some value shows by itself that the request is about the tool."""
    return bool(said(tool, examples, request)) or any(
        _is_structured(value) and "enum" not in tool.properties.get(name, {})
        for name, value in call.arguments.items()
    )


def _is_structured(value: object) -> bool:
    if isinstance(value, str):
        return shape(value) in STRUCTURED
    return isinstance(value, int | float) and not isinstance(value, bool)
