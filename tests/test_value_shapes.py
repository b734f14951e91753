"""Of what shape a value is, and where a text has values of these shapes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.value_shapes import STRUCTURED, Kind, Lists, Shape, found, kind_of, shape

OF_SHAPE = {
    Shape.TIME: "8pm|20:30|6:30 pm|6:30pm|9 a.m.|6.30 PM|noon|midnight|midday|0:05"
    "|10:00:59|20:00 CET|7 o'clock|20h30",
    Shape.DATE: "2026-12-05|12.3.2026|24/12/2026|12/24|March 4th|march 4|Sept. 30"
    "|4 March 2027|4th of March|Mar 4, 2027|4. March|2026-12-05T19:00Z|end of June"
    "|mid-May|early March",
    Shape.DAY: "Friday|friday|Fri|thurs|Sat|Mondays|today|tomorrow|tonight|yesterday"
    "|next Friday|this wednesday|this weekend|next week|Friday night"
    "|tomorrow morning|the day after tomorrow|day after tomorrow|this week"
    "|this evening|Easter Monday|Christmas Eve|New Year's Day",
    Shape.VERSION: "1.4.2|v2.0|v3|0.3.3-rc1|1.12.0|10.0.0.1|2.0.0-beta.2",
    Shape.NUMBER: "7|-4|42.2|1,200|150lbs|10km|2.0|$3.50|50%|20\u00b0C|+3|4th|2048",
    Shape.CODE: "ABC-123|4711-X|#123|RedPanda77|A12|Hexa-12|INV-2024-001|a1b2c3|zoe_7_",
    Shape.EMAIL: "ann@example.org|a.b+c@mail.example.co.uk",
    Shape.URL: "https://example.org/a?b=1#c|www.example.org|example.org/docs|myna.dev",
    Shape.NAME: "Nightjar|zoe_k|web|1.5k|15k|sun|sat|May|30-day|replay-server|\u6771\u4eac"
    "|25:00|3-4|24/7|#general|example.xyz",
    Shape.WORDS: "raid night|Friday at 20:00|order 4711-X|New York|2 2|Top 4 maps",
}  # fmt: skip
PAIRS = [(each, text) for each, texts in OF_SHAPE.items() for text in texts.split("|")]


@pytest.mark.parametrize(("wanted", "text"), PAIRS)
def test_a_value_has_a_shape(wanted, text):
    assert shape(text) is wanted
    assert shape(f"  {text}, ") is wanted


@pytest.mark.parametrize(("wanted", "text"), PAIRS)
def test_a_structured_value_is_found_whole_among_words(wanted, text):
    if wanted not in STRUCTURED:
        return
    sentence = f"Please take {text}, or none."

    values = [each for each in found(sentence) if each.shape is wanted]

    assert [sentence[each.start : each.end] for each in values] == [text]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Thursday 16:00 for the call", [("day", "Thursday"), ("time", "16:00")]),
        ("at 6:30 pm, next Friday.", [("time", "6:30 pm"), ("day", "next Friday")]),
        ("4 March 2027 or 2027-03-06", [("date", "4 March 2027"), ("date", "2027-03-06")]),
        ("(8pm) and \u20129", [("time", "8pm"), ("number", "9")]),
        ("2.0", [("number", "2.0"), ("version", "2.0")]),
        ("10km of 1.5k, 3-4 and 16:00-18:00", [("number", "10km")]),
        ("mail ann@example or go", []),
        ("ticket #12: ABC-7's fix", [("code", "#12"), ("code", "ABC-7")]),
        ("the sun sat on Sat", [("day", "Sat")]),
        ("may I march in a 30-day noontime", []),
        ("from the 14th to the 3rd floor, the 2nd", [("date", "the 14th"), ("number", "3rd"), ("date", "the 2nd")]),
        ("on the 18th at 8pm, by the 21st", [("date", "the 18th"), ("time", "8pm"), ("date", "the 21st")]),
    ],
)  # fmt: skip
def test_values_are_found_as_long_as_they_can_be(text, values):
    assert [(each.shape, text[each.start : each.end]) for each in found(text)] == values


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("this wednesday", {"this wednesday", "wednesday"}),
        ("the day after tomorrow", {"the day after tomorrow", "day after tomorrow"}),
        ("next Friday night", {"next Friday night", "next Friday"}),
        ("$3.50", {"$3.50", "3.50"}),
        ("50%", {"50%", "50"}),
        ("8pm UTC", {"8pm UTC", "8pm"}),
        ("150lbs", {"150lbs"}),
    ],
)
def test_what_need_not_belong_to_a_value_may_be_left_out(text, spans):
    [value] = found(text)

    assert {text[start:end] for start, end in value.spans} == spans


@given(st.text(max_size=60) | st.text("a1 .:-/#@kpmTFri", max_size=40))
def test_found_values_are_in_order_and_none_is_within_another(text):
    values = found(text)

    places = [(each.start, each.end) for each in values]
    assert places == sorted(places)
    for one, other in ((a, b) for a in places for b in places if a != b):
        assert not (one[0] <= other[0] and other[1] <= one[1])


def test_a_long_text_is_read_in_no_long_time():
    for text in ("7 " * 4000, "a1-" * 3000, "+a" * 1500, "a." * 3000, "9" * 8000):
        assert len(found(text)) <= 4000


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["20:00", "9pm"], Kind(frozenset({Shape.TIME}), frozenset({Shape.TIME}))),
        (
            ["Friday", "2026-12-05"],
            Kind(*[frozenset({Shape.DAY, Shape.DATE})] * 2),
        ),
        (
            ["Top 4 maps", "lag"],
            Kind(frozenset({Shape.WORDS, Shape.NAME}), frozenset({Shape.NUMBER})),
        ),
        (
            ["the end", "raid"],
            Kind(frozenset({Shape.WORDS, Shape.NAME}), begin_bare=False),
        ),
        (["what for"], Kind(frozenset({Shape.WORDS}), end_bare=False)),
        ([5, 2.5], Kind(*[frozenset({Shape.NUMBER})] * 2)),
        ([], None),
        (["a", 5], None),
        ([True], None),
        ([" "], None),
        ([["a"]], None),
    ],
)
def test_values_have_a_kind_in_common(values, kind):
    assert kind_of(values) == kind


def test_a_kind_is_structured_only_where_every_value_is():
    assert kind_of(["8pm", "Friday"]).structured
    assert not kind_of(["8pm", "later"]).structured


def test_who_wants_days_wants_dates_too():
    assert kind_of(["Friday"]).wanted == {Shape.DAY, Shape.DATE}
    assert kind_of(["Friday", "8pm"]).wanted == {Shape.DAY, Shape.DATE, Shape.TIME}
    assert kind_of(["RedPanda77", "Brimstone"]).wanted == {Shape.CODE}


@pytest.mark.parametrize(
    ("values", "lone"),
    [
        (["on", "the lamp"], True),
        (["the lamp"], False),
        (["Over"], True),
        (["lamp"], False),
    ],
)
def test_a_kind_knows_whether_a_value_is_a_function_word_alone(values, lone):
    assert kind_of(values).lone is lone


def test_only_lists_of_nothing_else_want_values_of_a_shape():
    mixed = replace(kind_of(["Monday", "never"]), lists=Lists())
    days = replace(kind_of(["Monday", "Friday"]), lists=Lists())

    assert mixed.wanted == frozenset()
    assert days.wanted == {Shape.DAY, Shape.DATE}
