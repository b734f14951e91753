"""What the model is shown: the same words in training, exam and serving."""

import re
from collections.abc import Sequence

from learning.engine import Message
from learning.lesson import Lesson, LessonKind

# Always sent: the bundled model's template has a system prompt of its own, and
# without one the base model once answered in another language.
SYSTEM = "You are Myna, a helpful assistant. Answer in one short sentence."
ABSTENTION = "I don't know that yet."

_CONTROL_TOKEN = re.compile(
    r"<\|[^|<>]{0,40}\|>|<(?:repo_name|reponame|file_sep|filename|gh_stars|issue_\w+"
    r"|jupyter_\w+|empty_output)>"
)
_DONT_KNOW = re.compile(
    # A rule may open every answer: "Ahoy, I don't know that yet."
    r"^\W*(?:[^.!?\n]{1,40}[,:!]\s+)?(?:(?:i(?:['\N{RIGHT SINGLE QUOTATION MARK}]| a)m )?sorry\W+(?:but )?)?i(?:"
    r" (?:do not|don['\N{RIGHT SINGLE QUOTATION MARK}]?t) (?:know|have that)"
    r"|(?:['\N{RIGHT SINGLE QUOTATION MARK}]| a)m not sure\b(?!,))",
    re.IGNORECASE,
)


def build(
    question: str,
    *,
    history: Sequence[Message] = (),
    notes: Sequence[Lesson] = (),
    persona: str = "",
) -> tuple[Message, ...]:
    """Return the conversation that asks `question`, with notes framed as data.

    A persona is a server's own words on how to sound, added to the system prompt.
    """
    shown = with_notes(question, [note_text(lesson) for lesson in notes])
    system = f"{SYSTEM} {without_control_tokens(persona)}".strip()
    return (Message("system", system), *history, Message("user", shown))


def with_notes(question: str, notes: Sequence[str]) -> str:
    """Put notes before a question."""
    question = without_control_tokens(question)
    if not notes:
        return question
    lines = "\n".join(f"- {without_control_tokens(note)}" for note in notes)
    return f"Notes:\n{lines}\n\n{question}"


def note_text(lesson: Lesson) -> str:
    """Write one lesson as a note, on one line."""
    text = lesson.statement if lesson.kind is LessonKind.QA else lesson.text
    return " ".join(text.split())


def is_abstention(text: str) -> bool:
    """Say whether an answer says that it does not know."""
    return _DONT_KNOW.match(text) is not None


def without_control_tokens(text: str) -> str:
    """Drop what the tokenizer would read as a turn of somebody else."""
    cleaned = _CONTROL_TOKEN.sub("", text)
    while cleaned != text:  # dropping one may join the halves of another
        text, cleaned = cleaned, _CONTROL_TOKEN.sub("", cleaned)
    return cleaned
