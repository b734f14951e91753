"""Forms: the modals that people fill, and what they wrote in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import phrases
from bot.slack_app import rendering
from bot.vocabulary import Teach
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.messages import Waiting
    from bot.slack_app.rendering import Json
    from learning.lesson import Lesson

TEACH = "teach"
CORRECT = "correct"
EDIT = "edit"
REJECT = "reject"
IMPORT = "import"
APPROVE_MANY = "approve_many"

KIND = "kind"
QUESTION = "question"
WORDS = "words"
FILE = "file"
CHOSEN = "chosen"

MAX_INPUT = 3000
MAX_OPTION = 75
MAX_CHOSEN = 100
MAX_SHOWN = 20
SHOWN_CHARS = 600
_KINDS = {
    LessonKind.QA: "A question and its answer",
    LessonKind.FACT: "A fact",
    LessonKind.RULE: "A rule: how to sound, what to do",
}


def teach(metadata: str, said: Teach | None = None) -> Json:
    """Return the form for a lesson, filled with what is known of it."""
    said = said or Teach(LessonKind.QA)
    options = [_option(kind.value, label) for kind, label in _KINDS.items()]
    chosen = next(each for each in options if each["value"] == said.kind.value)
    kind = {"type": "static_select", "options": options, "initial_option": chosen}
    return _modal(
        TEACH,
        "Teach Myna",
        "Teach",
        metadata,
        [
            _input(KIND, "What is it?", kind),
            _input(
                QUESTION,
                "Question",
                _text(said.question),
                optional=True,
                hint="Only for a question and its answer.",
            ),
            _input(WORDS, "Answer, fact or rule", _text(said.answer or said.text)),
        ],
    )


def correct(metadata: str) -> Json:
    """Return the form behind a thumb down."""
    asked = _input(WORDS, phrases.what_should_it_have_said(), _text(""))
    return _modal(CORRECT, "Correct Myna", "Send", metadata, [asked])


def edit(metadata: str, lesson: Lesson) -> Json:
    """Return the form that changes a waiting lesson."""
    inputs = [
        _input(WORDS, "Answer, fact or rule", _text(lesson.answer or lesson.text))
    ]
    if lesson.kind is LessonKind.QA:
        inputs.insert(0, _input(QUESTION, "Question", _text(lesson.question)))
    return _modal(EDIT, f"Edit lesson {lesson.id}", "Save", metadata, inputs)


def reject(metadata: str, lesson: int) -> Json:
    """Return the form that asks why a lesson is rejected."""
    asked = _input(WORDS, "Reason, which the author is told", _text(""))
    return _modal(REJECT, f"Reject lesson {lesson}", "Reject", metadata, [asked])


def import_file(metadata: str) -> Json:
    """Return the form that takes a file of lessons."""
    element = {"type": "file_input", "max_files": 1, "filetypes": ["csv", "jsonl"]}
    asked = _input(FILE, "A CSV or JSON lines file of lessons", element)
    return _modal(IMPORT, "Import lessons", "Import", metadata, [asked])


def approve_many(metadata: str, waiting: Sequence[Waiting]) -> Json:
    """Return the queue, with a choice of what to approve."""
    blocks = [
        block
        for each in waiting[:MAX_SHOWN]
        for block in rendering.sections(phrases.waiting(each)[:SHOWN_CHARS])
    ]
    options = [
        _option(str(each.lesson.id), f"{each.lesson.id}. {each.lesson.statement}")
        for each in waiting[:MAX_CHOSEN]
    ]
    element = {"type": "multi_static_select", "options": options}
    blocks.append(_input(CHOSEN, "Approve these", element))
    return _modal(APPROVE_MANY, "Review", "Approve", metadata, blocks)


def notice(text: str) -> Json:
    """Return a form that only says something."""
    return {
        "type": "modal",
        "title": _plain("Myna"),
        "close": _plain("Close"),
        "blocks": rendering.sections(text),
    }


def entered(view: Json) -> dict[str, Any]:
    """Return what was entered, by the name of its input."""
    return {
        name: _value(state)
        for name, states in view["state"]["values"].items()
        for state in states.values()
    }


def lesson_of(values: dict[str, Any]) -> Teach:
    """Return the lesson that was entered."""
    kind, words = LessonKind(values[KIND]), values[WORDS].strip()
    if kind is LessonKind.QA:
        question = (values[QUESTION] or "").strip()
        return Teach(kind, question=question, answer=words)
    return Teach(kind, text=words)


def problems(said: Teach) -> dict[str, str]:
    """Return what is wrong with a lesson, by the name of the input."""
    found = {}
    if said.kind is LessonKind.QA and not said.question:
        found[QUESTION] = phrases.needs_question()
    if not (said.answer or said.text):
        found[WORDS] = phrases.needs_words()
    return found


def _value(state: Json) -> Any:
    for name in ("selected_option", "selected_options", "files", "value"):
        value = state.get(name)
        if name == "selected_option" and value:
            return value["value"]
        if name == "selected_options" and value:
            return [each["value"] for each in value]
        if value:
            return value
    return ""


def _modal(
    callback: str, title: str, submit: str, metadata: str, blocks: list[Json]
) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": metadata,
        "blocks": blocks,
    }


def _input(
    name: str, label: str, element: Json, *, optional: bool = False, hint: str = ""
) -> Json:
    block = {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    return {**block, "hint": _plain(hint)} if hint else block


def _text(initial: str) -> Json:
    element = {"type": "plain_text_input", "multiline": True, "max_length": MAX_INPUT}
    return {**element, "initial_value": initial[:MAX_INPUT]} if initial else element


def _option(value: str, label: str) -> Json:
    short = label if len(label) <= MAX_OPTION else f"{label[: MAX_OPTION - 1]}…"
    return {"text": _plain(short), "value": value}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
