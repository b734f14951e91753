"""The settings of a server, as people write them."""

import pytest

from bot import marker, server_options
from learning.errors import CommandError
from learning.lesson import LessonKind
from storage import servers
from storage.database import open_database
from storage.servers import ServerSettings
from tests.storage_steps import NOW

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
        ("trusted", "<@&34> <@!7>", "34 7"),
        ("two-person-review", "ON", "on"),
        ("own-lessons", "allow", "allow"),
        ("largest-share", "60 %", "60%"),
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
        ("two-person-review", "three"),
        ("own-lessons", "mine"),
        ("largest-share", "0"),
        ("largest-share", "101%"),
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


async def test_what_a_server_sets_about_reviewing_is_stored(tmp_path):
    changed = EMPTY
    wanted = {
        "trusted": "7 34",
        "two-person-review": "off",
        "own-lessons": "refuse",
        "largest-share": "75%",
    }
    for name, value in wanted.items():
        changed = server_options.changed(changed, name, value)
    async with open_database(tmp_path / "myna.db") as database:
        await servers.save(database, changed, by="a1", at=NOW)

        stored = await servers.get(database, EMPTY.server)

    values = {name: value for name, value, _ in server_options.shown(stored)}
    assert values["trusted"] == "34 7"
    del wanted["trusted"]
    assert wanted.items() <= values.items()
    assert stored == changed
