"""The form for a tool: taught, edited and corrected in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import tool_card_phrases, tool_fields
from bot.slack_app import forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack_app.rendering import Json
    from learning.lesson import Lesson

TEACH = "teach_tool"
EDIT = "edit_tool"
CORRECT = "correct_tool"
CALLBACKS = (TEACH, EDIT, CORRECT)


def teach(metadata: str) -> Json:
    """Return the form for a new tool."""
    return _form(TEACH, tool_card_phrases.tool_form(), "Teach", metadata, {})


def edit(metadata: str, lesson: Lesson) -> Json:
    """Return the form that changes a waiting tool. Raises CommandError."""
    title = f"Edit lesson {lesson.id}"
    return _form(EDIT, title, "Save", metadata, _filled(lesson))


def correct(metadata: str, lesson: Lesson) -> Json:
    """Return the form that says how a tool should be. Raises CommandError."""
    title = f"Correct lesson {lesson.id}"
    return _form(CORRECT, title, "Send", metadata, _filled(lesson))


def text_of(values: Mapping[str, Any]) -> str:
    """Return the tool that was entered, as JSON. Raises LessonError."""
    return tool_fields.text_of(_typed(values))


def problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a tool, by the name of the input."""
    found = tool_fields.problem(_typed(values))
    return dict([found]) if found else {}


def _filled(lesson: Lesson) -> dict[str, str]:
    return tool_fields.filled(lesson, most_chars=forms.MAX_INPUT)


def _typed(values: Mapping[str, Any]) -> dict[str, str]:
    return {each.id: values.get(each.id) or "" for each in tool_fields.FIELDS}


def _form(
    callback: str, title: str, submit: str, metadata: str, typed: Mapping[str, str]
) -> Json:
    inputs = [
        forms.lines(
            each.id,
            each.label,
            typed.get(each.id, ""),
            optional=not each.required,
            hint=each.hint,
        )
        for each in tool_fields.FIELDS
    ]
    return forms.modal(callback, title, submit, metadata, inputs)
