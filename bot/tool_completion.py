"""Whether a message gives what somebody was asked for, or is about something else."""

import re

from learning.enum_evidence import speaks_of
from learning.tool import Tool

MOST_WORDS = 8
"""Of an answer to "Which title?": what is longer is rather something new."""
_LEFT = re.compile(
    r"\W*(?:never ?mind|(?:forget|cancel|stop|leave|skip)(?: (?:it|that))?|nothing"
    r"|not now|no|nope)(?:\W+(?:thanks|thank you|thx|please|pls))?\W*",
    re.IGNORECASE,
)
"""A whole message that leaves it: `Stop Making Sense` is a title."""
_YES_OR_NO = re.compile(
    r"\W*(?:yes|yep|yeah|yup|no|nope|nah|true|false)\b", re.IGNORECASE
)


def completes(text: str, tool: Tool, missing: str) -> bool:
    """Say whether a message gives a value for the missing parameter of a tool."""
    schema = tool.properties[missing]
    if "enum" in schema:
        return any(speaks_of(text, value, schema) for value in schema["enum"])
    if schema.get("type") == "boolean" and _YES_OR_NO.match(text):
        return True
    if _LEFT.fullmatch(text):
        return False
    if schema.get("type") in ("integer", "number"):
        return bool(re.search(r"\d", text))
    return len(text.split()) <= MOST_WORDS and not text.rstrip().endswith("?")
