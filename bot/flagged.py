"""Shows moderators which words of a lesson the screen is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learning.lesson import LessonKind
from learning.tool import tool_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from learning.lesson import Lesson
    from learning.tool import Tool
    from moderation.verdict import Finding

MOST_CHARS = 60
MASKED = frozenset({"secret", "identity", "password"})
"""Rules whose words are not repeated: a card is read by more people than a lesson."""
SHOWN_OF_SECRET = 2


def fields_of(lesson: Lesson) -> Sequence[str]:
    """Return what is judged of a lesson: its question and answer, or its text.

    Of a tool those are its words and where they would go, without the JSON's marks.
    """
    if lesson.kind is LessonKind.TOOL:
        return ("\n".join(tool_words(tool_of(lesson))),)
    if lesson.kind is LessonKind.QA:
        return lesson.question, lesson.answer
    return (text_of(lesson),)


def tool_words(tool: Tool) -> Iterator[str]:
    """Yield the texts of a tool that people wrote, its headers' among them."""
    yield from (tool.name, tool.description, tool.endpoint.url, tool.answer)
    yield from tool.endpoint.headers.values()
    for name, schema in tool.properties.items():
        yield from (name, str(schema.get("description", "")))
        yield from (str(each) for each in schema.get("enum", ()))


def text_of(lesson: Lesson) -> str:
    """Return a lesson's text, a passage's with what it stands under: "Fees: 40"."""
    return f"{lesson.heading}: {lesson.text}" if lesson.heading else lesson.text


def shown_of(lesson: Lesson) -> Sequence[str]:
    """Return what is judged beside that: a rule's examples, a tool's requests."""
    if lesson.kind is LessonKind.TOOL:
        return [request for request, _ in lesson.examples]
    return [words for example in lesson.examples for words in example]


def explained(lesson: Lesson, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Yield each finding's severity and reason, with the words that it is about."""
    said = "\n".join((*fields_of(lesson), *shown_of(lesson)))
    for finding in findings:
        words = _quoted(finding, said)
        yield finding.severity.value, f"{finding.reason}{words}"


def _quoted(finding: Finding, said: str) -> str:
    words = said[finding.start : finding.end]
    if not words or words == said:
        return ""
    if finding.rule in MASKED:
        return f" ({words[:SHOWN_OF_SECRET]}\N{BULLET}\N{BULLET}\N{BULLET})"
    if not words.isprintable() and len(words) == 1:
        return f" (U+{ord(words):04X})"
    line = " ".join(words.split())
    if len(line) > MOST_CHARS:
        line = f"{line[:MOST_CHARS].rstrip()}\N{HORIZONTAL ELLIPSIS}"
    return f' ("{line}")'
