"""The form that a lesson's words must have, by its kind, before anybody judges them."""

from dataclasses import replace

from bot import examples
from learning import dialogue, tool_examples, tool_text
from learning.lesson import Lesson, LessonKind


def formed(lesson: Lesson) -> Lesson:
    """Return a lesson in the form in which it is stored. Raises LessonError."""
    examples.check(lesson)
    if lesson.kind is LessonKind.TOOL:
        return _formed_tool(lesson)
    if lesson.kind is LessonKind.DIALOGUE and lesson.text.strip():
        return replace(lesson, text=dialogue.written(dialogue.parse(lesson.text)))
    return lesson


def _formed_tool(lesson: Lesson) -> Lesson:
    """Return a tool as JSON, with the examples of its text and its own.

    Where both have a request, the text's call is the newer one: a correction keeps the
    old examples beside its new text. Raises LessonError.
    """
    tool, taught = tool_text.read(lesson.text)
    own = tool_examples.unique(
        [tool_examples.read_pair(tool, *each) for each in lesson.examples]
    )
    calls = tool_examples.unique([*(dict(own) | dict(taught)).items()])
    shown = tuple((request, call.text) for request, call in calls)
    return replace(lesson, text=tool.text, examples=shown)
