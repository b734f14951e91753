"""The settings of a server, as people write them."""

import pytest

from bot import marker, server_options
from learning.errors import CommandError
from learning.lesson import LessonKind
from storage.servers import ServerSettings

EMPTY = ServerSettings("chat:1")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("nightly-hour", "4", "4"),
        ("nightly-hour", "default", "default"),
        ("time-zone", "Europe/Berlin", "Europe/Berlin"),
        ("minimum-lessons", "5", "5"),
        ("review-channel", "<#C12|review>", "C12"),
        ("learning-channels", "<#1> <#2>", "1 2"),
        ("moderators", "<@&34> <@!7>", "34 7"),
        ("teachers", "<@U9>", "U9"),
        ("teachers", "everyone", "everyone"),
        ("threads", "follow", "follow"),
        ("persona", "Speak plainly.", "Speak plainly."),
        ("persona", "none", "none"),
    ],
)
def test_a_setting_reads_as_it_was_written(name, value, shown):
    changed = server_options.changed(EMPTY, name, value)

    assert {n: v for n, v, _ in server_options.shown(changed)}[name] == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nightly-hour", "24"),
        ("nightly-hour", "noon"),
        ("time-zone", "Middle/Earth"),
        ("time-zone", "../../etc/passwd"),
        ("minimum-lessons", "0"),
        ("threads", "sometimes"),
        ("persona", "x" * 301),
        ("colour", "blue"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_a_sentence(name, value):
    with pytest.raises(CommandError, match=r"\w \w"):
        server_options.changed(EMPTY, name, value)


def test_taking_teaching_from_everyone_leaves_the_moderators():
    changed = server_options.changed(EMPTY, "teachers", "<@&5>")

    assert not changed.roles.everyone_teaches
    assert changed.roles.teachers == {"5"}


def test_a_marked_message_teaches_what_follows_the_marker():
    asked = marker.read("[Learn] question: When? answer: Now.")
    fact = marker.read(" [learn]  The gate is green.")

    assert (asked.kind, asked.question, asked.answer) == (
        LessonKind.QA,
        "When?",
        "Now.",
    )
    assert (fact.kind, fact.text) == (LessonKind.FACT, "The gate is green.")
    assert marker.read("I want to [Learn] things.") is None
    assert marker.read("[Learn]   ") is None
    assert marker.is_marked("[LEARN]")
