"""Proves that a rule's examples and dialogues are read from lines, forms and files."""

import json

import pytest

from bot.commands import parse
from bot.examples import read_lines, split, write_lines
from bot.lesson_files import parse_lessons
from bot.lesson_rows import read, write
from bot.messages import Correction
from bot.vocabulary import Correct, Teach
from learning.errors import CommandError, LessonError, MynaError
from learning.lesson import LessonKind
from tests.core_steps import MODERATOR
from tests.learning_steps import rule

EXAMPLES = (("Hi", "Ahoy, friend."), ("What is 2 + 2?", "Ahoy, four."))


def test_a_rule_is_taught_with_examples_on_one_line():
    command = parse(
        "/teach rule: Say ahoy. example: Hi -> Ahoy, friend."
        " example: What is 2 + 2? -> Ahoy, four."
    )

    assert command == Teach(LessonKind.RULE, text="Say ahoy.", examples=EXAMPLES)


def test_a_rule_needs_no_examples():
    assert parse("/teach rule: Be brief.") == Teach(LessonKind.RULE, text="Be brief.")


def test_examples_are_read_a_line_each_and_written_so():
    assert read_lines(write_lines(EXAMPLES)) == EXAMPLES
    assert read_lines("Hi → Ho\n\n a=>b ") == (("Hi", "Ho"), ("a", "b"))
    assert read_lines("") == ()


@pytest.mark.parametrize("line", ["Hi", "-> Ho", "Hi ->"])
def test_an_example_without_a_message_or_a_reply_is_explained(line):
    with pytest.raises(LessonError, match="message -> reply"):
        split(f"Be kind. example: {line}")


def test_a_dialogue_is_taught_on_one_line():
    command = parse("/teach dialogue: User: Hi Myna: Ho")

    assert command == Teach(LessonKind.DIALOGUE, text="User: Hi\nMyna: Ho")


@pytest.mark.parametrize(
    ("line", "correction"),
    [
        ("/correct 12 answer: Port 9.", Correction(12, answer="Port 9.")),
        ("/correct #12 text: It moved.", Correction(12, text="It moved.")),
        (
            '/correct 3 question: "Who?" answer: Ana.',
            Correction(3, question="Who?", answer="Ana."),
        ),
        ("/correct 3 example: a -> b", Correction(3, examples=(("a", "b"),))),
    ],
)
def test_a_correction_names_the_lesson_and_its_new_words(line, correction):
    assert parse(line) == Correct(correction)


@pytest.mark.parametrize(
    "line",
    [
        "/correct",
        "/correct x answer: y",
        "/correct 1",
        "/correct 1 oops",
        "/correct 1 2 answer: y",
        "/correct 1 answer:",
    ],
)
def test_a_malformed_correction_is_explained(line):
    with pytest.raises(CommandError, match=r"/correct 1"):
        parse(line)


def test_an_exported_rule_comes_back_with_its_examples():
    lesson = rule("Say ahoy.", examples=EXAMPLES)
    [row] = parse_lessons(json.dumps(write(lesson)).encode(), name="l.jsonl")

    teaching = read(row, "guild", MODERATOR)

    assert (teaching.kind, teaching.examples) == (LessonKind.RULE, EXAMPLES)


def test_a_csv_of_rules_may_have_a_column_of_examples():
    content = b'kind,text,examples\nrule,Say ahoy.,"Hi -> Ahoy, friend."\nrule,Be.,Hm\n'
    good, bad = parse_lessons(content, name="rules.csv")

    assert read(good, "guild", MODERATOR).examples == (("Hi", "Ahoy, friend."),)
    assert "message -> reply" in read(bad, "guild", MODERATOR).reason


def test_the_error_is_a_sentence_for_people():
    assert issubclass(LessonError, MynaError)
