"""YAML as OpenAPI documents are written: only what JSON can hold.

The library reads YAML 1.1, for which the country `no` is false and half past twelve,
12:30, is 750. OpenAPI asks for the words and numbers of JSON, and has all else as text.
"""

import re
from typing import Any

import yaml

from learning.errors import LessonError
from learning.tool_json import shown

MOST_CHARS = 300_000
"""Read in some two seconds. The library's loader in C is quicker, and is killed by a
file of brackets that are nested deeply enough."""
_FIRST = ["", *"-0123456789tTfFnN~"]


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # it has no types
    """Reads the core of YAML 1.2, without references and without tags.

    A tag would make what JSON cannot hold: a date, a set, or the library's error.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's name

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise LessonError(
                "It has references (*name); write out what they stand for."
            )
        if self.peek_event().tag not in (None, "!"):
            raise LessonError("It has tags (!name); leave them out.")
        return super().compose_node(parent, index)


for _tag, _written in (
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("null", r"null|Null|NULL|~|"),
    ("int", r"-?(?:0|[1-9]\d*)"),
    ("float", r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_written})$"), _FIRST
    )


def loads(text: str) -> Any:
    """Read one YAML document. Raises LessonError saying what is off."""
    if len(text) > MOST_CHARS:
        raise LessonError(
            f"As YAML {MOST_CHARS:,} characters are the most; convert it to JSON."
        )
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as exc:
        raise LessonError(f"This is no YAML: {shown(str(exc))}.") from exc
