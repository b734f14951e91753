"""Parsing: every line means one command, or is answered with how to write it."""

from pathlib import Path

import pytest

from bot.commands import MAX_COMMAND, parse
from bot.vocabulary import (
    USAGE,
    Approve,
    Ask,
    Audit,
    Edit,
    Export,
    Forget,
    Import,
    Learn,
    Lessons,
    PickResults,
    Reject,
    Research,
    Rollback,
    Teach,
    Unwatch,
    UseAdapter,
    UseMemory,
    Watch,
    Watches,
    usage,
)
from learning.errors import CommandError
from learning.lesson import LessonKind
from learning.run import RunKind


def test_a_line_without_a_slash_is_a_question():
    assert parse("  Who runs Orion? ") == Ask("Who runs Orion?")


def test_teach_splits_at_the_last_answer():
    command = parse(
        "/teach question: What does answer: mean? answer: It starts the answer."
    )

    assert command == Teach(
        LessonKind.QA,
        question="What does answer: mean?",
        answer="It starts the answer.",
    )


def test_a_quoted_answer_may_contain_the_word_answer():
    command = parse('/teach question: How? answer: "Write answer: yes"')

    assert command == Teach(LessonKind.QA, question="How?", answer="Write answer: yes")


@pytest.mark.parametrize("quotes", ['""', "''", "“”"])
def test_quotes_around_a_whole_value_are_dropped(quotes):
    opening, closing = quotes

    command = parse(
        f"/teach question: {opening}Who?{closing} answer: {opening}Ana.{closing}"
    )

    assert command == Teach(LessonKind.QA, question="Who?", answer="Ana.")


def test_quotes_inside_a_value_stay():
    assert parse('/teach fact: "Yes" and "no" differ').text == '"Yes" and "no" differ'


def test_a_lesson_may_have_several_lines():
    command = parse("/teach question: How?\nanswer: First this.\nThen that.")

    assert command.question == "How?"
    assert command.answer == "First this.\nThen that."


@pytest.mark.parametrize("kind", ["fact", "rule"])
def test_facts_and_rules_are_taught_in_one_text(kind):
    assert parse(f"/teach {kind}: Be brief.") == Teach(
        LessonKind(kind), text="Be brief."
    )


@pytest.mark.parametrize(
    "line",
    [
        "/teach",
        "/teach Who runs Orion?",
        "/teach question: Who?",
        "/teach question: Who? answer:",
        "/teach question: answer: Ana",
        '/teach fact: ""',
        "/teach song: la",
        "/review 1",
        "/approve",
        "/approve one",
        "/approve 5-2",
        "/approve 0",
        "/approve 1-99999",
        "/reject 1",
        "/reject reason: no",
        "/reject 1 reason:",
        "/edit",
        "/edit 1",
        "/edit 1 2 answer: x",
        "/edit 1 the answer: x",
        "/edit 1 answer:",
        "/learn now",
        "/rollback last",
        "/forget",
        "/import",
        "/memory",
        "/memory maybe",
        "/adapter",
        "/adapter newest",
    ],
)
def test_a_malformed_command_is_answered_with_how_to_write_it(line):
    with pytest.raises(CommandError, match=r"/\w+|at most"):
        parse(line)


def test_lessons_are_named_one_by_one_in_ranges_or_all_at_once():
    assert parse("/approve 1 2 5-8") == Approve((1, 2, 5, 6, 7, 8))
    assert parse("/approve #3, 3,4") == Approve((3, 4))
    assert parse("/approve ALL") == Approve(None)
    assert parse("/forget 7") == Forget((7,))


def test_a_rejection_carries_its_reason():
    assert parse("/reject 1 2 reason: it is wrong") == Reject((1, 2), "it is wrong")


def test_an_edit_names_the_fields_that_change():
    assert parse("/edit 1 answer: Bo.") == Edit(1, answer="Bo.")
    assert parse("/edit #1 question: Who? answer: Bo.") == Edit(
        1, question="Who?", answer="Bo."
    )
    assert parse('/edit 1 answer: "see text: bold"') == Edit(1, answer="see text: bold")


def test_learn_starts_where_myna_chooses_or_fresh():
    assert parse("/learn") == Learn()
    assert parse("/learn fresh") == Learn(RunKind.FRESH)


def test_versions_are_understood_as_they_are_shown():
    assert parse("/rollback") == Rollback()
    assert parse("/rollback 3") == Rollback(3)
    assert parse("/rollback home/3") == Rollback(3)
    assert parse("/adapter home/3") == UseAdapter("3")
    assert parse("/adapter off") == UseAdapter("off")


def test_files_are_named_with_or_without_quotes():
    assert parse("/export") == Export(None)
    assert parse("/export --audit") == Audit()
    assert parse('/export "my lessons.jsonl"') == Export(Path("my lessons.jsonl"))
    assert parse("/import my lessons.csv") == Import(Path("my lessons.csv"))


def test_settings_and_searches_take_their_words():
    assert parse("/memory OFF") == UseMemory(shown=False)
    assert parse("/lessons raid night") == Lessons("raid night")
    assert parse("/LESSONS") == Lessons()


def test_an_unknown_command_suggests_the_nearest():
    with pytest.raises(CommandError, match="did you mean /approve"):
        parse("/aprove 1")
    with pytest.raises(CommandError, match="/help lists"):
        parse("/xyzzy")


def test_a_command_of_a_megabyte_is_refused_at_once():
    with pytest.raises(CommandError, match=f"{MAX_COMMAND:,} are the most"):
        parse("/teach question: " + "x " * 500_000)


@pytest.mark.parametrize("name", USAGE)
def test_every_command_is_in_the_help_and_known(name):
    assert name in usage()
    assert f"There is no {name}" not in _answer_to(name)


def _answer_to(line):
    try:
        return str(parse(line))
    except CommandError as exc:
        return str(exc)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/research heron ferry", Research("heron ferry")),
        ('/research "pick 1"', Research("pick 1")),
        ("/research pick up times", Research("pick up times")),
        ("/research pick 1 3-4", PickResults((1, 3, 4))),
        ("/watch", Watches()),
        ("/watch <https://a.test/b|b> Daily", Watch("https://a.test/b", 24)),
        ("/watch https://a.test weekly", Watch("https://a.test", 168)),
        ("/watch stop https://a.test", Unwatch("https://a.test")),
    ],
)
def test_the_web_is_researched_and_watched(line, command):
    assert parse(line) == command


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/research", "what to search for"),
        ("/research pick", "which results"),
        ("/research pick 0", "which results"),
        ("/watch a.md daily", "the page's address"),
        ("/watch https://a.test", "how often"),
        ("/watch https://a.test hourly", "how often"),
        ("/watch stop", "the page's address"),
    ],
)
def test_research_and_watches_that_are_off_say_how_to_write_them(line, hint):
    with pytest.raises(CommandError, match=hint):
        parse(line)
