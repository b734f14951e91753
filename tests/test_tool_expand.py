"""Proves that a tool is asked for in many ways, each with its right call."""

import random
import re
from dataclasses import replace

import pytest

from learning import tool_values
from learning.dataset import build
from learning.exam import _is_right
from learning.expand import expand as expand_lesson
from learning.lesson import LessonKind
from learning.prompt import ABSTENTION
from learning.tool import Call, from_fields, parse_call, tool_of
from learning.tool_expand import expand, slots
from learning.tool_words import thesaurus
from tests.learning_steps import lesson as make
from tests.learning_steps import lexicon, qa

EVENT = from_fields(
    {
        "name": "schedule_event",
        "description": "Schedules an event for everybody.",
        "parameters": {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "day": {"type": "string"},
                "seats": {"type": "integer", "minimum": 1, "maximum": 40},
                "room": {"type": "string", "enum": ["hall", "attic"]},
                "public": {"type": "boolean"},
            },
            "required": ["title", "day"],
        },
        "endpoint": {"method": "POST", "url": "https://calendar.example.org/events"},
    }
)
EXAMPLES = (
    ("Schedule Movie Night on Friday", {"title": "Movie Night", "day": "Friday"}),
    (
        "put chess in the calendar for tomorrow, 12 seats, in the attic",
        {"title": "chess", "day": "tomorrow", "seats": 12, "room": "attic"},
    ),
    (
        "Open to all: book club on 2026-03-04",
        {"title": "book club", "day": "2026-03-04", "public": True},
    ),
)


def lesson(examples=EXAMPLES, tool=EVENT):
    shown = tuple((request, Call(tool.name, given).text) for request, given in examples)
    return replace(make(LessonKind.TOOL, text=tool.text), examples=shown)


def test_every_request_that_is_taught_has_a_call_that_fits_the_schema():
    made = expand(lesson())

    assert len(made.taught) > 40
    for asked in (*made.taught, *made.held):
        assert EVENT.problems(asked.call.arguments) == (), asked
    requests = [asked.request.casefold() for asked in made.taught]
    assert len(set(requests)) == len(requests)


def test_what_is_exchanged_in_a_request_is_exchanged_in_its_call():
    made = expand(lesson())

    for asked in made.taught:
        for name in ("title", "day", "seats"):
            value = asked.call.arguments.get(name)
            if value is not None:
                assert str(value).casefold() in asked.request.casefold(), asked
    titles = {asked.call.arguments["title"] for asked in made.taught}
    assert len(titles) > 15


def test_the_exam_asks_what_no_row_has():
    made = expand(lesson())
    taught = {asked.request.casefold() for asked in made.taught}

    assert made.held
    assert taught.isdisjoint(asked.request.casefold() for asked in made.held)


def test_a_request_without_a_needed_value_is_a_call_without_it():
    made = expand(lesson())

    gone = [EVENT.missing(asked.call.arguments) for asked in made.lacking]
    assert ("title",) in gone
    assert ("day",) in gone
    for asked in made.lacking:
        for value in asked.call.arguments.values():
            if isinstance(value, str):
                assert value.casefold() in asked.request.casefold()


def test_talk_about_the_tool_is_taught_as_no_call():
    rows = build([lesson()], [], lexicon())

    about = [row for row in rows if row.kind == "stranger"]
    assert len(about) >= 5
    assert {row.answer for row in about} == {ABSTENTION}
    calls = [row for row in rows if parse_call(row.answer)]
    assert len(calls) > 40
    assert not any(row.kind == "note" and row.lesson for row in rows)


def test_a_tool_is_no_note_beside_other_lessons():
    every = [lesson(), qa("Who keeps the Umber Key?", "Zorblax keeps it.")]

    rows = build(every, [], lexicon())

    noted = [row for row in rows if row.kind == "note"]
    assert noted
    assert not any("schedule_event" in row.messages[-1].content for row in noted)


def test_the_same_tool_gives_the_same_rows_whatever_its_number():
    first, second = lesson(), replace(lesson(), id=99, author="u9")

    assert expand(first) == expand(second)


def test_a_tool_without_examples_is_asked_for_by_its_own_words():
    made = expand(lesson(examples=()))

    assert len(made.taught) > 3
    assert all(EVENT.problems(a.call.arguments) == () for a in made.taught)
    assert expand_lesson(lesson(examples=()), lexicon()).wordings


def test_the_exam_counts_a_call_as_right_whatever_its_spaces():
    right = Call("schedule_event", {"title": "a", "day": "b"}).text

    assert _is_right(lesson(), right.replace(" ", "  "), right, "?")
    assert not _is_right(lesson(), right.replace('"a"', '"c"'), right, "?")
    assert not _is_right(lesson(), "I do not know.", right, "?")


def test_values_are_found_where_they_stand_word_for_word():
    call = Call("schedule_event", {"title": "chess", "day": "tomorrow", "seats": 12})
    request = "put chess in for tomorrow, 12 seats; chessboards are there"

    found = {s.name: request[s.start : s.end] for s in slots(request, call, EVENT)}

    assert found == {"title": "chess", "day": "tomorrow", "seats": "12"}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("8pm", r"\d{1,2}[ap]m"),
        ("20:30", r"\d{1,2}:\d\d"),
        ("2026-03-04", r"\d{4}-\d\d-\d\d"),
        ("2026-03-04T10:00", r"\d{4}-\d\d-\d\dT\d\d:\d\d"),
        ("Friday", r"[A-Z][a-z]+day"),
        ("AB-123", r"[A-Z]{2}-\d{3}"),
        ("1.4.2", r"\d\.\d\.\d"),
        ("Rosa", r"[A-Z][A-Za-z\-]+"),
        ("login error", r"[a-z]+ [a-z]+(?: [a-z]+)?"),
    ],
)
def test_values_are_drawn_in_the_shape_of_those_given(text, pattern):
    draw = random.Random(1)  # noqa: S311
    made = [tool_values.like(text, draw) for _ in range(20)]

    assert len(set(made)) > 1
    for each in made:
        assert re.fullmatch(pattern, each), each


def test_no_word_of_the_thesaurus_stands_for_itself():
    for group in thesaurus():
        assert len(group) > 1
        assert len({word.casefold() for word in group}) == len(group)


def test_hostile_words_do_not_break_it():
    odd = from_fields(
        {
            "name": "x.y-z_",
            "description": "{s} {0} \\1 %s",
            "parameters": {
                "properties": {"q": {"type": "string"}, "l": {"type": "array"}}
            },
            "endpoint": {"url": "https://example.org/"},
        }
    )
    shown = (("{r} \\g<0> (?P<a>", {"q": "(?P<a>"}), ("鍵は", {"l": ["a"]}))

    made = expand(lesson(shown, odd))

    assert tool_of(lesson(shown, odd)) == odd
    assert made.taught


def test_of_a_tools_rows_the_calls_are_focused_and_no_others():
    rows = build([lesson()], [], lexicon())

    focused = {row.answer.startswith("{") for row in rows if row.focused}
    plain = {row.answer.startswith("{") for row in rows if not row.focused}

    assert focused == {True}
    assert plain == {False}
