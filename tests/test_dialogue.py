"""Proves that a dialogue is read as people write it, taught turn by turn, and found."""

import pytest

from learning import fit
from learning.dataset import build
from learning.dialogue import Turn, parse, reply_to, rows, written
from learning.errors import LessonError
from learning.expand import expand
from learning.lesson import LessonKind
from learning.memory import Memory
from tests.fakes import FakeEmbedder
from tests.learning_steps import lesson, lexicon

TEXT = """User: The printer is broken.
Myna: Is the red lamp on?
User: Yes, it blinks.
Myna: Then open tray two and take the paper out."""
PRINTER = lesson(LessonKind.DIALOGUE, text=TEXT)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", " "),
        TEXT.replace("User:", "user :").replace("Myna:", "MYNA:"),
        TEXT.replace("\n", "\n\n").replace("is broken", "is\nbroken"),
    ],
)
def test_a_dialogue_is_read_however_it_is_laid_out(text):
    assert written(parse(text)) == TEXT


def test_a_turn_may_speak_of_users():
    turns = parse("User: Who is the User: field for?\nMyna: For your name.")

    assert turns[0] == Turn("User", "Who is the User: field for?")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hello there", "as turns"),
        ("Well. User: Hi Myna: Ho", "as turns"),
        ("Myna: Hi\nUser: Ho", "Turn 1 must be User's"),
        ("User: Hi\nUser: Ho\nMyna: Ha", "Turn 2 must be Myna's"),
        ("User: Hi\nMyna: Ho\nUser: Ha", "ends with Myna"),
        ("User: Hi\nMyna:\n", "Turn 2 has no words"),
        ("\n".join(["User: Hi", "Myna: Ho"] * 7), "2 to 12 turns"),
        ("", "as turns"),
    ],
)
def test_what_is_off_with_a_dialogue_is_said(text, reason):
    with pytest.raises(LessonError, match=reason):
        parse(text)


def test_each_of_mynas_turns_is_taught_with_the_turns_before_it():
    taught = rows(PRINTER)

    last = [row for row in taught if row.answer.startswith("Then open")]
    assert [m.content for m in last[0].messages[1:]] == [
        "The printer is broken.",
        "Is the red lamp on?",
        "Yes, it blinks.",
    ]
    assert [m.role for m in last[0].messages] == ["system", "user", "assistant", "user"]
    assert {row.answer for row in taught} == {
        "Is the red lamp on?",
        "Then open tray two and take the paper out.",
    }
    assert {row.key for row in taught} <= {
        row.key for row in build([PRINTER], [], lexicon())
    }


def test_it_begins_in_other_words_too():
    expansion = expand(PRINTER, lexicon())

    assert expansion.answer == "Is the red lamp on?"
    assert expansion.wordings[0] == "The printer is broken."
    assert expansion.reserve


def test_memory_finds_it_by_what_people_say_in_it():
    memory = Memory(FakeEmbedder())
    memory.add(PRINTER)

    recall = memory.recall("guild", "The printer is broken.", channel=None)

    assert recall.hits[0].lesson == PRINTER
    assert "tray" not in fit.facets(PRINTER).asked


def test_the_reply_to_the_nearest_turn_is_quoted():
    assert reply_to(PRINTER, "yes it blinks red").startswith("Then open")
    assert reply_to(PRINTER, "something else") == "Is the red lamp on?"
