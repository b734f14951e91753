"""Forms: the modals that people fill, and what they wrote in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import (
    document_phrases,
    examples,
    phrases,
    review_phrases,
    tool_card_phrases,
)
from bot.slack_app import rendering
from bot.vocabulary import Teach
from learning import tool_examples, tool_text
from learning.errors import LessonError
from learning.lesson import LessonKind

if TYPE_CHECKING:
    from bot.messages import ToReview
    from bot.slack_app.rendering import Json
    from learning.lesson import Lesson

TEACH = "teach"
CORRECT = "correct"
CORRECT_LESSON = "correct_lesson"
EDIT = "edit"
REJECT = "reject"
IMPORT = "import"
APPROVE_MANY = "approve_many"
APPROVE_PARTS = "approve_parts"
REJECT_DOCUMENT = "reject_document"

KIND = "kind"
QUESTION = "question"
WORDS = "words"
EXAMPLES = "examples"
FILE = "file"
CHOSEN = "chosen"
PARTS = "parts"

MAX_INPUT = 3000
MAX_OPTION = 75
MAX_CHOSEN = 100
ALL = "all"
"""The choice of all that one click may approve."""
MAX_SHOWN = 20
SHOWN_CHARS = 600
_KINDS = {
    LessonKind.QA: "A question and its answer",
    LessonKind.FACT: "A fact",
    LessonKind.RULE: "A rule: how to sound, what to do",
    LessonKind.DIALOGUE: "A dialogue: how a conversation should go",
    LessonKind.TOOL: tool_card_phrases.tool_kind(),
}


def teach(metadata: str, said: Teach | None = None) -> Json:
    """Return the form for a lesson, filled with what is known of it."""
    said = said or Teach(LessonKind.QA)
    options = [_option(kind.value, label) for kind, label in _KINDS.items()]
    known = said.kind if said.kind in _KINDS else LessonKind.FACT
    chosen = next(each for each in options if each["value"] == known.value)
    kind = {"type": "static_select", "options": options, "initial_option": chosen}
    return modal(
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
            _input(
                WORDS,
                "Answer, fact, rule, dialogue or tool",
                _text(said.answer or said.text),
                hint="A dialogue is written as User: ... and Myna: ..., a turn a line;"
                " a tool as name: ..., description: ..., parameters: ..., call: ....",
            ),
            _input(
                EXAMPLES,
                phrases.examples_label(),
                _text(examples.write_lines(said.examples)),
                optional=True,
                hint="Only for a rule, or a tool: request -> name=value.",
            ),
        ],
    )


def correct(metadata: str) -> Json:
    """Return the form behind a thumb down."""
    asked = _input(WORDS, phrases.what_should_it_have_said(), _text(""))
    return modal(CORRECT, "Correct Myna", "Send", metadata, [asked])


def correct_lesson(metadata: str, lesson: Lesson) -> Json:
    """Return the form that says what an approved lesson should say."""
    inputs = _words_of(lesson)
    if lesson.kind is LessonKind.RULE:
        shown = _text(examples.write_lines(lesson.examples))
        label = phrases.examples_label()
        inputs.append(_input(EXAMPLES, label, shown, optional=True))
    title = f"Correct lesson {lesson.id}"
    return modal(CORRECT_LESSON, title, "Send", metadata, inputs)


def edit(metadata: str, lesson: Lesson) -> Json:
    """Return the form that changes a waiting lesson."""
    title = f"Edit lesson {lesson.id}"
    return modal(EDIT, title, "Save", metadata, _words_of(lesson))


def reject(metadata: str, lesson: int) -> Json:
    """Return the form that asks why a lesson is rejected."""
    asked = _input(WORDS, "Reason, which the author is told", _text(""))
    return modal(REJECT, f"Reject lesson {lesson}", "Reject", metadata, [asked])


def approve_parts(metadata: str, document: int) -> Json:
    """Return the form that asks which passages of a document are approved."""
    asked = _input(PARTS, "Passages, such as 1-4, 7", _line())
    return modal(
        APPROVE_PARTS, f"Approve of document {document}", "Approve", metadata, [asked]
    )


def reject_document(metadata: str, document: int) -> Json:
    """Return the form that asks why a document, or parts of it, is rejected."""
    inputs = [
        _input(WORDS, "Reason, who brought it is told", _text("")),
        _input(PARTS, "Passages, or nothing for all", _line(), optional=True),
    ]
    return modal(
        REJECT_DOCUMENT, f"Reject document {document}", "Reject", metadata, inputs
    )


def import_file(metadata: str) -> Json:
    """Return the form that takes a document, or a file of lessons."""
    element = {"type": "file_input", "max_files": 1}
    hint = "PDF, Word, web page, text ...; or lessons as CSV or JSON lines."
    asked = _input(FILE, "A document, or a file of lessons", element, hint=hint)
    return modal(IMPORT, "Import a file", "Import", metadata, [asked])


def approve_many(metadata: str, waiting: ToReview) -> Json:
    """Return the queue, with a choice of what to approve."""
    told = [review_phrases.queue_standing(waiting)]
    told += [document_phrases.waiting_document(each) for each in waiting.documents]
    told += [phrases.waiting(each) for each in waiting.lessons]
    blocks = [
        block
        for each in told[:MAX_SHOWN]
        for block in rendering.sections(each[:SHOWN_CHARS])
    ]
    if not waiting.lessons:
        return {**notice(""), "blocks": blocks}
    options = [_option(ALL, review_phrases.all_unflagged())]
    options += [
        _option(str(each.lesson.id), f"{each.lesson.id}. {each.lesson.statement}")
        for each in waiting.lessons[: MAX_CHOSEN - 1]
    ]
    element = {"type": "multi_static_select", "options": options}
    blocks.append(_input(CHOSEN, "Approve these", element))
    return modal(APPROVE_MANY, "Review", "Approve", metadata, blocks)


def one_line(
    callback: str, title: str, metadata: str, *, name: str, label: str, hint: str
) -> Json:
    """Return a form that asks for one line."""
    asked = _input(name, label, _line(), hint=hint)
    return modal(callback, title, "Save", metadata, [asked])


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
    shown = examples.read_lines(values.get(EXAMPLES) or "")
    return Teach(kind, text=words, examples=shown)


def problems(said: Teach) -> dict[str, str]:
    """Return what is wrong with a lesson, by the name of the input."""
    found = {}
    if said.kind is LessonKind.QA and not said.question:
        found[QUESTION] = phrases.needs_question()
    if not (said.answer or said.text):
        found[WORDS] = phrases.needs_words()
    elif said.kind is LessonKind.TOOL:
        found |= _tool_problems(said)
    if said.examples and said.kind not in (LessonKind.RULE, LessonKind.TOOL):
        found[EXAMPLES] = phrases.only_rules_have_examples()
    return found


def _tool_problems(said: Teach) -> dict[str, str]:
    """Return what is wrong with a tool, by the name of the input."""
    try:
        tool, _ = tool_text.read(said.text)
    except LessonError as exc:
        return {WORDS: str(exc)}
    try:
        for request, call in said.examples:
            tool_examples.read_pair(tool, request, call)
    except LessonError as exc:
        return {EXAMPLES: str(exc)}
    return {}


def _words_of(lesson: Lesson) -> list[Json]:
    """Return the inputs that hold a lesson's words."""
    words = _text(lesson.answer or lesson.text)
    inputs = [_input(WORDS, "Answer, fact, rule or dialogue", words)]
    if lesson.kind is LessonKind.QA:
        inputs.insert(0, _input(QUESTION, "Question", _text(lesson.question)))
    return inputs


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


def modal(
    callback: str, title: str, submit: str, metadata: str, blocks: list[Json]
) -> Json:
    """Return a form of inputs; `metadata` comes back with what was entered."""
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


def lines(
    name: str, label: str, initial: str, *, optional: bool = False, hint: str = ""
) -> Json:
    """Return an input of several lines."""
    return _input(name, label, _text(initial), optional=optional, hint=hint)


def _text(initial: str) -> Json:
    element = {"type": "plain_text_input", "multiline": True, "max_length": MAX_INPUT}
    return {**element, "initial_value": initial[:MAX_INPUT]} if initial else element


def _line() -> Json:
    return {"type": "plain_text_input", "max_length": MAX_INPUT}


def _option(value: str, label: str) -> Json:
    short = label if len(label) <= MAX_OPTION else f"{label[: MAX_OPTION - 1]}…"
    return {"text": _plain(short), "value": value}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
