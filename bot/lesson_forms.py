"""The form that a lesson's words must have, by its kind, before anybody judges them."""

from dataclasses import replace

from bot import examples
from learning import dialogue
from learning.lesson import Lesson, LessonKind


def formed(lesson: Lesson) -> Lesson:
    """Return a lesson in the form in which it is stored. Raises LessonError."""
    examples.check(lesson)
    if lesson.kind is LessonKind.DIALOGUE and lesson.text.strip():
        return replace(lesson, text=dialogue.written(dialogue.parse(lesson.text)))
    return lesson
