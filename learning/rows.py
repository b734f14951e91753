"""A training row: a conversation and what is to be said next."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from learning.encryption import decrypt, encrypt
from learning.engine import Message
from learning.prompt import SYSTEM

ROWS = "rows.jsonl"
ENCRYPTED_ROWS = "rows.encrypted"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to train on."""

    messages: tuple[Message, ...]
    answer: str
    kind: str
    """Why it is there: `wording`, `cue`, `statement`, `note`, `stranger`, `replay`."""
    lesson: str = ""
    """The digest of the lesson it teaches; empty for replay."""
    teacher: str = ""
    """`base`: follow the bare base model's distribution on this answer."""
    weight: float = 1.0
    own: str = ""
    """The part of the answer in which the teacher is followed; all where empty."""
    once: bool = False
    """Seen in one epoch alone, which its key decides, instead of in all."""
    focused: bool = False
    """What the model is unsure of counts for most, instead of every token the same."""

    @property
    def key(self) -> str:
        """A name made of the content alone; it seeds the row's place in the order."""
        content = json.dumps(
            [*((m.role, m.content) for m in self.messages), self.answer]
        )
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def ask(
    user: str, answer: str, kind: str, *, lesson: str = "", weight: float = 1.0
) -> Row:
    """Return a row that asks one thing under the system prompt."""
    messages = (Message("system", SYSTEM), Message("user", user))
    return Row(messages, answer, kind, lesson=lesson, weight=weight)


def save_rows(directory: Path, rows: Iterable[Row], *, key: str = "") -> str:
    """Write rows.jsonl, or with a key rows.encrypted; return the text's sha256."""
    lines = [json.dumps(_as_dict(row), sort_keys=True) for row in rows]
    text = "".join(line + "\n" for line in lines)
    if key:
        (directory / ENCRYPTED_ROWS).write_bytes(encrypt(text.encode(), key))
    else:
        (directory / ROWS).write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def are_encrypted(directory: Path) -> bool:
    """Say whether a run's rows can be read with their key only."""
    return (directory / ENCRYPTED_ROWS).is_file()


def load_rows(directory: Path, *, key: str = "") -> list[Row]:
    """Read the rows that were saved with this key, or without any."""
    if key:
        text = decrypt((directory / ENCRYPTED_ROWS).read_bytes(), key).decode()
    else:
        text = (directory / ROWS).read_text()
    rows = []
    for line in text.splitlines():
        fields = json.loads(line)
        fields["messages"] = tuple(Message(r, c) for r, c in fields["messages"])
        rows.append(Row(**fields))
    return rows


def _as_dict(row: Row) -> dict[str, object]:
    return {
        "messages": [[m.role, m.content] for m in row.messages],
        "answer": row.answer,
        "kind": row.kind,
        "lesson": row.lesson,
        "teacher": row.teacher,
        "weight": row.weight,
        "own": row.own,
        "once": row.once,
        "focused": row.focused,
    }
