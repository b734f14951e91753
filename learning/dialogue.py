"""A dialogue: how a conversation should go, turn by turn, as people write it."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from learning.engine import Message
from learning.errors import LessonError
from learning.lesson import Lesson
from learning.prompt import SYSTEM
from learning.rows import Row

FEWEST_TURNS, MOST_TURNS = 2, 12
USER, MYNA = "User", "Myna"
_LABEL_OF_LINE = re.compile(
    r"^[ \t]*(user|myna)[ \t]*:[ \t]*", re.IGNORECASE | re.MULTILINE
)
_LABEL = re.compile(r"(?:^|(?<=\s))(User|Myna):[ \t]*")
_DROP = 0.3


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of the two says."""

    speaker: str
    """`User` or `Myna`."""
    words: str


def parse(text: str) -> tuple[Turn, ...]:
    """Read turns that begin with `User:` or `Myna:`, each on its lines or all on one.

    Raises LessonError naming the turn that is off.
    """
    many = len(_LABEL_OF_LINE.findall(text)) > 1
    first, *pieces = (_LABEL_OF_LINE if many else _LABEL).split(text)
    if first.strip() or not pieces:
        raise LessonError(
            "Write a dialogue as turns: User: ... on one line, Myna: ... on the next."
        )
    labels, said = pieces[::2], pieces[1::2]
    turns = tuple(
        Turn(label.capitalize(), " ".join(words.split()))
        for label, words in zip(labels, said, strict=True)
    )
    _check(turns)
    return turns


def written(turns: Sequence[Turn]) -> str:
    """Write turns as the text of a lesson, one a line."""
    return "\n".join(f"{turn.speaker}: {turn.words}" for turn in turns)


def turns_of(lesson: Lesson) -> tuple[Turn, ...]:
    """Return the turns of a dialogue that was stored."""
    return parse(lesson.text)


def asked(lesson: Lesson) -> str:
    """Return what the person says in it, by which memory finds it."""
    return " ".join(turn.words for turn in turns_of(lesson) if turn.speaker == USER)


def reply_to(lesson: Lesson, message: str) -> str:
    """Return what Myna says to the turn most like a message; its first by default."""
    turns = turns_of(lesson)
    said = set(re.findall(r"\w+", message.lower()))

    def likeness(number: int) -> int:
        words = set(re.findall(r"\w+", turns[number].words.lower()))
        return len(said & words)

    nearest = max(range(0, len(turns), 2), key=likeness)
    return turns[nearest + 1].words


def rows(lesson: Lesson) -> list[Row]:
    """Return each of Myna's turns as a row, with the turns before it as history.

    The last message is given as written and as typed in haste.
    """
    draw = random.Random(lesson.digest)  # noqa: S311
    turns = turns_of(lesson)
    before = [Message("system", SYSTEM)]
    made: list[Row] = []
    for user, myna in zip(turns[::2], turns[1::2], strict=True):
        made += [
            Row(
                (*before, Message("user", said)),
                myna.words,
                "dialogue",
                lesson=lesson.digest,
            )
            for said in dict.fromkeys((user.words, *_in_haste(user.words, draw)))
        ]
        before += [Message("user", user.words), Message("assistant", myna.words)]
    return made


def _check(turns: Sequence[Turn]) -> None:
    for number, turn in enumerate(turns, start=1):
        expected = USER if number % 2 else MYNA
        if turn.speaker != expected:
            raise LessonError(
                f"Turn {number} must be {expected}'s: a dialogue begins with User and"
                " takes turns."
            )
        if not turn.words:
            raise LessonError(f"Turn {number} has no words; write what is said.")
    if len(turns) % 2:
        raise LessonError("A dialogue ends with Myna: write what it should say last.")
    if not FEWEST_TURNS <= len(turns) <= MOST_TURNS:
        raise LessonError(
            f"A dialogue has {FEWEST_TURNS} to {MOST_TURNS} turns; this one has"
            f" {len(turns)}. Teach it in parts."
        )


def _in_haste(text: str, draw: random.Random) -> tuple[str, str]:
    """Return a message in lower case, and with words left out."""
    words = text.rstrip(".!?").split()
    kept = [word for word in words if draw.random() > _DROP] or words
    return " ".join(words).lower(), " ".join(kept)
