"""Examples of a rule or a tool, as people write them: `message -> reply`."""

import re
from collections.abc import Sequence

from learning import tool_examples
from learning.errors import LessonError
from learning.lesson import Lesson, LessonKind

MOST_EXAMPLES = 20
_MOST = {
    LessonKind.RULE: MOST_EXAMPLES,
    LessonKind.TOOL: tool_examples.MOST_EXAMPLES,
}
_MARKER = re.compile(r"(?:^|(?<=\s))examples?:", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:->|=>|\N{RIGHTWARDS ARROW})\s*")

Examples = tuple[tuple[str, str], ...]


def split(text: str) -> tuple[str, Examples]:
    """Split `TEXT example: message -> reply ...` into a rule and its examples.

    Raises LessonError.
    """
    rule, *pieces = _MARKER.split(text)
    return rule.strip(), _read([line for each in pieces for line in each.split("\n")])


def read_lines(text: str) -> Examples:
    """Read examples, one a line. Raises LessonError."""
    return _read(_MARKER.sub("", text).split("\n"))


def write_lines(examples: Examples) -> str:
    """Write examples, one a line, as `read_lines` reads them."""
    return "\n".join(f"{message} -> {reply}" for message, reply in examples)


def check(lesson: Lesson) -> None:
    """Refuse examples that nothing could be learned from. Raises LessonError."""
    most = _MOST.get(lesson.kind)
    if lesson.examples and most is None:
        raise LessonError("Only a rule or a tool has examples; teach it as a rule.")
    if most is not None and len(lesson.examples) > most:
        raise LessonError(
            f"A {lesson.kind} has at most {most} examples; these are"
            f" {len(lesson.examples)}."
        )


def _read(lines: Sequence[str]) -> Examples:
    found = []
    for line in filter(None, map(str.strip, lines)):
        message, *reply = _ARROW.split(line, maxsplit=1)
        if not reply or not message or not reply[0]:
            raise LessonError(
                f"Write an example as message -> reply, one a line; this is not one:"
                f" {line[:60]}"
            )
        found.append((message, reply[0]))
    return tuple(found)
