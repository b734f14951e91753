"""What may be written as a call: held against the grammar's language, with no model."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.call_grammar import copied, grammar, kinds
from learning.request_words import numbers_of, words_of
from learning.tool import Call, from_fields, parse_call
from tests.gbnf_language import Language


def tool(name="book", required=(), **properties):
    return from_fields(
        {
            "name": name,
            "description": "Does what it is called.",
            "parameters": {"properties": properties, "required": list(required)},
            "endpoint": {"url": "https://api.example.org"},
        }
    )


def accepts(schema, request="", *, copies=False):
    """Return what says whether a value may be given for a parameter of this schema."""
    names = {"book": ["x"]} if copies else {}
    language = Language(grammar([tool(x=schema)], request, copied=names))
    return lambda value: language.has(Call("book", {"x": value}).text)


TEXT = {"type": "string"}
VARIED = [
    tool(
        "book",
        ["city", "day"],
        city=TEXT,
        day={"type": "string", "format": "date"},
        at={"type": "string", "format": "date-time"},
        guests={"type": "integer"},
        size={"enum": ["small", 'ünïcödé "x"', 3, None, True]},
        tags={"type": "array", "items": TEXT, "maxItems": 3},
        who={"type": "object", "properties": {"age": {"type": "number"}}},
        extra={"type": "object"},
    ),
    tool("ring", note=TEXT, loud={"type": "boolean"}),
    tool("nothing"),
]


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=120) | st.text("aB 1,.'\"\\<|>é漢\n", max_size=60), st.randoms()
)
def test_every_text_of_the_language_is_a_call_of_one_of_the_tools(request_, rng):
    copies = {"book": ["city", "guests"], "ring": ["note"]}
    language = Language(grammar(VARIED, request_, copied=copies))

    text = language.sample(rng)

    call = parse_call(text)
    assert call is not None
    assert text == text.strip()
    [called] = [each for each in VARIED if each.name == call.name]
    assert list(call.arguments) == [
        name for name in called.properties if name in call.arguments
    ]
    assert "\n" not in text
    for name in copies.get(call.name, ()):
        value = call.arguments.get(name)
        if isinstance(value, str):
            assert value in words_of(request_).text
            assert words_of(request_).has(value)
        elif value is not None:
            assert json.dumps(value) in numbers_of(request_, whole=True)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"city": "Oslo"},
        {"city": "New York", "guests": 1200, "size": 3},
        {"day": "2026-02-28", "size": None, "tags": ["a", 'b "c"\n\\']},
        {"at": "2026-02-28T09:30:00Z", "size": 'ünïcödé "x"'},
        {"guests": 1200, "tags": [], "who": {"age": -3.5}},
        {"who": {}, "extra": {"a": [1, {"b": None}], "c": True}},
    ],
)
def test_calls_are_spelled_as_the_model_is_taught_to(arguments):
    request = 'Book "Oslo" or New York for 1,200.'
    language = Language(grammar(VARIED, request, copied={"book": ["city", "guests"]}))

    assert language.has(Call("book", arguments).text)
    assert language.has(Call("nothing").text)
    assert not language.has(json.dumps({"name": "book", "arguments": {"other": 1}}))
    assert not language.has(Call("other", arguments).text)
    assert not language.has(Call("book", arguments).text + " And so on.")
    assert not language.has(Call("nothing", {"city": "Oslo"}).text)


def test_arguments_keep_the_order_of_the_schema():
    language = Language(grammar(VARIED, ""))

    assert language.has(Call("ring", {"note": "a", "loud": True}).text)
    assert not language.has(Call("ring", {"loud": True, "note": "a"}).text)


def test_what_is_required_may_be_left_out_only_where_that_is_asked_for():
    needed = tool(required=["a", "c"], a=TEXT, b=TEXT, c=TEXT)
    lenient = Language(grammar([needed], ""))
    strict = Language(grammar([needed], "", omissible=False))

    for given_ in ({"a": "1", "c": "3"}, {"a": "1", "b": "2", "c": "3"}):
        assert lenient.has(Call("book", given_).text)
        assert strict.has(Call("book", given_).text)
    for given_ in ({}, {"a": "1"}, {"b": "2"}, {"c": "3"}, {"b": "2", "c": "3"}):
        assert lenient.has(Call("book", given_).text)
        assert not strict.has(Call("book", given_).text)


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "boolean"}, [True, False], [None, 1, "true"]),
        ({"type": "integer"}, [0, 7, -7, 120000], [1.5, "7", True]),
        ({"type": "integer", "minimum": 0}, [0, 7], [-7]),
        ({"type": "integer", "minimum": 9, "maximum": 11}, [9, 11], [8, 12, 1]),
        ({"type": "integer", "minimum": -9, "maximum": 999}, [-9, 999], [1.5]),
        ({"type": "number"}, [0, -1.25, 300], ["1", None]),
        ({"enum": ["eu", "us", 3, None, False]}, ["eu", 3, None, False], ["e", "3"]),
        ({"const": "eu", "type": "string"}, ["eu"], ["us"]),
        ({"enum": ["a", "b"], "type": "string"}, ["a"], ["c"]),
        ({"type": "string"}, ["a", "x < y", "é🙂", 'a\n\t\\"', "a" * 200],
         ["", "a" * 201, "\x00", "<|im_end|>", 5]),
        ({"type": "string", "maxLength": 3, "minLength": 2}, ["ab", "abc"],
         ["a", "abcd"]),
        ({"type": "string", "maxLength": 0}, [""], ["a"]),
        ({"type": "string", "maxLength": 5000}, ["a" * 200], ["a" * 201]),
        ({"type": "string", "format": "date"}, ["2026-02-28", "1999-12-31"],
         ["2026-13-01", "2026-00-10", "2026-01-32", "tomorrow", "2026-2-3"]),
        ({"type": "string", "format": "time"}, ["09:30", "23:59:59", "10:00:00Z"],
         ["24:00", "9:30", "10:60"]),
        ({"type": "string", "format": "date-time"},
         ["2026-02-28T09:30", "2026-02-28T09:30:00+01:00"],
         ["2026-02-28", "2026-02-28 09:30"]),
        ({"type": "string", "format": "email"}, ["ann@example.org"], [""]),
        ({"type": "string", "pattern": r"^[A-Z]{3}-\d{1,2}$"}, ["ABC-1", "ABC-12"],
         ["AB-1", "abc-1", "ABC-123"]),
        ({"type": "string", "pattern": r"^#\w+\.[\dx]?$"}, ["#a_1.", "#b.x"],
         ["a.", "#b.y"]),
        ({"type": "string", "pattern": r"^[0-9]{2,}$"}, ["12", "123456"], ["1"]),
        ({"type": "string", "pattern": "^(a|b)$"}, ["a", "anything"], []),
        ({"type": "string", "pattern": "abc"}, ["xabcx"], []),
        ({"type": "array", "items": {"type": "boolean"}, "maxItems": 2},
         [[], [True], [True, False]], [[True] * 3, [1], True]),
        ({"type": "array", "items": {"enum": ["a"]}, "minItems": 2},
         [["a"] * 2, ["a"] * 8], [[], ["a"], ["a"] * 9]),
        ({"type": "array"}, [[1, "a", None, [], {}]], ["a"]),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 1},
         [[], [None]], [[None, None]]),
        ({"type": "array", "items": {"enum": ["\ud800"]}}, [[]], [[""]]),
        ({"type": "object", "required": ["b"],
          "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}}},
         [{"b": True}, {"a": 1, "b": True}], [{}, {"a": 1}, {"c": 1}, 5]),
        ({"type": "object"}, [{}, {"a": {"b": [1.5]}}], [[], 5]),
        ({"type": "array", "items": {"type": ["integer", "null"]}},
         [[1, None]], [["a"]]),
        ({"type": "array", "items": True}, [[1, "a"]], []),
        ({"type": "array", "items": {"minimum": 3}}, [[5, "a"]], [5]),
    ],
)  # fmt: skip
def test_values_have_the_form_that_their_schema_asks_for(schema, right, wrong):
    may_be = accepts(schema)

    assert [value for value in right if not may_be(value)] == []
    assert [value for value in wrong if may_be(value)] == []


def test_a_schema_nested_deep_is_written_to_a_few_levels():
    schema = {"type": "integer"}
    for _ in range(20):
        schema = {"type": "array", "items": schema}

    assert accepts(schema)([[[[["any", {}]]]]])
    assert not accepts(schema)([[[["any"]]]])


@pytest.mark.parametrize(
    ("request_", "spans", "others"),
    [
        ("What is the weather in New York?", ["New York", "New", "weather", "York?"],
         ["new york", "New York Tomorrow", "ew York", "New Yor", "", " York"]),
        ("Say (\"Orion's\")!", ["Orion", "Orion's", '"Orion\'s"', '("Orion\'s")!'],
         ["Orion'", "s", "rion's"]),
        ("the servers\u2019 key, the cat\u2019s", ["servers", "servers\u2019", "cat", "cat\u2019s", "key"],
         ["server", "ca"]),
        ("a  b\n\tc", ["a b c", "b c"], ["a  b", "a\nb"]),
        ('open C:\\new\\x "now', ["C:\\new\\x", '"now', 'C:\\new\\x "now'], ["new"]),
        ("post 🎉 and 👩\u200d👩\u200d👧\u200d👦 -- done", ["🎉", "👩\u200d👩\u200d👧\u200d👦 -- done", "--"], ["👩"]),
        ("meet at Café-Bar U.S.A.", ["Café-Bar", "U.S.A.", "U.S.A"], ["Café", "U"]),
        ("東京の天気は\uff1f", ["東京", "天気"], ["京都"]),
        ("서울의 날씨", ["서울", "서울의"], ["부산"]),
        ("नमस्ते दिल्ली!", ["दिल्ली", "नमस्ते दिल्ली"], ["द"]),
        ("hi <|im_<|im_end|>end|>there", ["hi there", "there"], ["<|im_end|>", "end"]),
        ("a\x00b\x1bc\x85d", ["a b c d"], ["a\x00b"]),
        ("x \ud800 y \U00050000 z", ["x y z"], ["\U00050000"]),
    ],
)  # fmt: skip
def test_a_copied_text_is_whole_words_as_they_were_typed(request_, spans, others):
    may_be = accepts(TEXT, request_, copies=True)

    assert [span for span in spans if not may_be(span)] == []
    assert [other for other in others if may_be(other)] == []


@pytest.mark.parametrize(
    ("request_", "whole", "fractions"),
    [
        ("Book 12 seats", [12], []),
        ("move 1,200 and 1'000'000 and 5 000", [1200, 1000000, 5, 0], []),
        ("It is -5 degrees, 3-4 or \u22127.5", [-5, 3, 4], [-7.5]),
        ("pay $3.50 for 007 at 10:30", [7, 10, 30], [3.5]),
        ("v2, 50% and 20km.", [2, 50, 20], []),
        ("1234567890123456789", [], []),
        ("none at all", [], []),
    ],
)
def test_a_copied_number_is_one_of_the_requests(request_, whole, fractions):
    may_be_whole = accepts({"type": "integer"}, request_, copies=True)
    may_be = accepts({"type": "number"}, request_, copies=True)

    assert sorted(n for n in range(-9, 2001) if may_be_whole(n)) == sorted(
        n for n in whole if n <= 2000
    )
    assert [n for n in whole if not (may_be_whole(n) and may_be(n))] == []
    assert [n for n in fractions if may_be_whole(n) or not may_be(n)] == []


@pytest.mark.parametrize("kind", ["string", "integer", "number"])
def test_what_the_request_lacks_can_only_be_left_out(kind):
    booking = tool(required=["x"], x={"type": kind}, loud={"type": "boolean"})
    written = grammar([booking], " \n", copied={"book": ["x"]}, omissible=False)
    language = Language(written)

    assert language.has(Call("book", {"loud": True}).text)
    assert language.has(Call("book", {}).text)
    assert '"x' not in written


def test_an_enum_is_chosen_from_even_where_it_is_named_as_copied():
    may_be = accepts({"type": "string", "enum": ["eu"]}, "in Europe", copies=True)

    assert may_be("eu")
    assert not may_be("Europe")


def test_a_grammar_of_no_tool_is_refused():
    with pytest.raises(ValueError, match="needs a tool"):
        grammar([], "Anything")


def test_the_grammar_grows_with_the_words_and_not_with_their_spans():
    words = [f"word{number:03}" for number in range(240)]
    sizes = [
        len(grammar([tool(x=TEXT)], " ".join(words[:n]), copied={"book": ["x"]}))
        for n in (60, 120, 240)
    ]

    assert sizes[2] - sizes[1] < 2.2 * (sizes[1] - sizes[0])
    assert sizes[2] < 20_000


def test_a_copied_text_may_be_longer_than_any_count_of_words():
    request = "note: " + " ".join(f"thing{number}," for number in range(40))

    assert accepts(TEXT, request, copies=True)(request[6:-1])


def test_forty_tools_of_sixteen_parameters_share_their_rules():
    tools = [tool(f"tool_{n}", **{f"p{k}": TEXT for k in range(16)}) for n in range(40)]
    written = grammar(tools, "x " * 1000, copied={each.name: ["p3"] for each in tools})

    assert len(written) < 60_000
    assert Language(written).has(Call("tool_39", {"p3": "x x", "p4": "y"}).text)


EXAMPLES = [
    ("Weather in oslo for 3 days?", {"city": "Oslo", "days": 3, "unit": "c"}),
    (
        "How warm is it in New York's centre, at 1,200 m",
        {"city": "New York", "up": 1200},
    ),
    ("Say 2.5 times hello", {"city": "hello", "times": 2.5, "loud": True}),
]


def test_parameters_are_copied_where_every_example_takes_them_from_its_request():
    weather = tool(
        city=TEXT,
        days={"type": "integer"},
        up={"type": "number"},
        times={"type": "number"},
        unit=TEXT,
        loud={"type": "boolean"},
        never=TEXT,
    )
    examples = [(request, Call("book", each)) for request, each in EXAMPLES]
    other = ("About it", Call("other", {"unit": "it"}))

    assert copied(weather, [*examples, other]) == {"city", "days", "up", "times"}


@pytest.mark.parametrize(
    ("schema", "request_", "value"),
    [
        (TEXT, "in Oslofjord", "Oslo"),
        (TEXT, "in Oslo", "Bergen"),
        (TEXT, "in Oslo", ""),
        (TEXT, "for 3 days", 3),
        ({"type": "string", "format": "date"}, "on 28/02/2026", "2026-02-28"),
        ({"type": "string", "enum": ["eu"]}, "in eu", "eu"),
        ({"enum": [3]}, "take 3", 3),
        ({"type": "integer"}, "take three", 3),
        ({"type": "integer"}, "take 13", 3),
        ({"type": "integer"}, "take 1", True),
        ({"type": "integer"}, "take 1", "1"),
        ({"type": "boolean"}, "say true", True),
    ],
)
def test_other_parameters_are_not_copied(schema, request_, value):
    assert copied(tool(x=schema), [(request_, Call("book", {"x": value}))]) == set()


def test_one_example_that_says_it_otherwise_is_enough_to_stop_copying():
    said = [
        ("in Oslo", "Oslo"),
        ("in the capital of Norway", "Oslo"),
        ("to Rome", "Rome"),
    ]
    examples = [(request, Call("book", {"x": value})) for request, value in said]

    assert copied(tool(x=TEXT), examples[:1]) == {"x"}
    assert copied(tool(x=TEXT), examples) == set()


def test_what_was_found_to_be_copied_can_be_copied_from_the_same_request():
    for request, arguments in EXAMPLES:
        value = arguments["city"]
        booking, examples = tool(city=TEXT), [(request, Call("book", {"city": value}))]
        [name] = copied(booking, examples)
        language = Language(grammar([booking], request, copied={"book": [name]}))

        text = language.sample(random.Random(0))  # noqa: S311

        assert language.has(text)
        assert any(
            language.has(Call("book", {"city": each}).text)
            for each in (value, value.lower())
        )


READING = tool(
    required=["book", "start", "minutes"],
    book=TEXT,
    start=TEXT,
    minutes={"type": "integer"},
    day={"type": "string", "format": "date"},
)
READINGS = [
    (
        "oak for 90 minutes at 18:00 on 2026-05-02",
        Call(
            "book",
            {"book": "oak", "start": "18:00", "minutes": 90, "day": "2026-05-02"},
        ),
    ),
    (
        "elm for 30 minutes at 9:15 on 2026-11-20",
        Call(
            "book", {"book": "elm", "start": "9:15", "minutes": 30, "day": "2026-11-20"}
        ),
    ),
]


def reading(request, **arguments):
    """Say whether a call of the reading circle may be written for a request."""
    language = Language(
        grammar(
            [READING],
            request,
            copied={"book": copied(READING, READINGS)},
            kinds={"book": kinds(READING, READINGS)},
        )
    )
    return language.has(Call("book", arguments).text)


def test_what_a_tool_needs_and_a_request_plainly_says_is_not_left_out():
    request_ = "150 minutes of oak at 18:50, 2026-12-19"

    assert reading(request_, book="oak", start="18:50", minutes=150)
    assert not reading(request_, book="oak", minutes=150)
    assert not reading(request_, book="oak", start="18:50")


def test_what_a_request_does_not_say_may_be_left_out():
    assert reading("150 minutes of oak", book="oak", minutes=150)
    assert reading("oak at 18:50, 2026-12-19", book="oak", start="18:50")


@pytest.mark.parametrize(
    ("other", "may_lack"),
    [("log 3 hours", False), ("log 3 hours, I write this on 2026-02-03", True)],
)
def test_what_examples_give_wherever_they_have_it_is_not_left_out(other, may_lack):
    log = tool(required=["hours"], hours={"type": "integer"}, day=TEXT)
    dated = Call("book", {"hours": 2, "day": "2026-01-05"})
    examples = [
        ("log 2 hours on 2026-01-05", dated),
        (other, Call("book", {"hours": 3})),
    ]

    def allows(request, **arguments):
        names, known = copied(log, examples), kinds(log, examples)
        written = grammar([log], request, copied={"book": names}, kinds={"book": known})
        return Language(written).has(Call("book", arguments).text)

    assert allows("7 hours on 2026-03-09", hours=7, day="2026-03-09")
    assert allows("7 hours on 2026-03-09", hours=7) is may_lack
    assert allows("7 hours", hours=7)


def test_a_value_that_a_list_or_a_quotation_may_hold_is_not_forced_on_another():
    days = {"type": "array", "items": TEXT}
    run = tool(required=["days"], days=days, due=TEXT)
    runs = [
        ("run on Monday", Call("book", {"days": ["Monday"]})),
        (
            "run Tuesday, due Friday",
            Call("book", {"days": ["Tuesday"], "due": "Friday"}),
        ),
    ]
    post = tool(required=["title"], title=TEXT, day=TEXT)
    posts = [
        ('post "sale" on Friday', Call("book", {"title": "sale", "day": "Friday"})),
        ('post "hi all"', Call("book", {"title": "hi all"})),
    ]

    def allows(planned, examples, request, **arguments):
        names, known = copied(planned, examples), kinds(planned, examples)
        written = grammar(
            [planned], request, copied={"book": names}, kinds={"book": known}
        )
        return Language(written).has(Call("book", arguments).text)

    both = ["Monday", "Wednesday"]
    assert allows(run, runs, "run on Monday and Wednesday", days=both)
    assert allows(post, posts, 'post "party Friday night"', title="party Friday night")


def test_a_value_that_two_parameters_may_take_is_not_said_plainly_of_either():
    shift = tool(required=["begin", "end"], begin=TEXT, end=TEXT)
    shifts = [("from 8:00 to 9:00", Call("book", {"begin": "8:00", "end": "9:00"}))]
    language = Language(
        grammar(
            [shift],
            "until 17:00",
            copied={"book": copied(shift, shifts)},
            kinds={"book": kinds(shift, shifts)},
        )
    )

    assert language.has(Call("book", {"end": "17:00"}).text)


def test_a_date_that_examples_copy_is_copied_where_it_stands_as_the_schema_has_it():
    request_ = "150 minutes of oak at 18:50, 2026-12-19"
    call = {"book": "oak", "start": "18:50", "minutes": 150}

    assert reading(request_, **call, day="2026-12-19")
    assert not reading(request_, **call, day="2145-12-19")


def test_a_date_is_written_by_the_model_where_a_request_has_it_otherwise():
    call = {"book": "oak", "start": "18:50", "minutes": 150}

    assert reading("150 minutes of oak at 18:50, Friday", **call, day="2026-12-18")
    assert not reading("150 minutes of oak at 18:50", **call, day="2026-12-18")


def test_a_number_in_a_time_is_one_where_examples_take_it_so():
    ring = tool(hour={"type": "integer"})
    examples = [("ring at 5pm", Call("book", {"hour": 5}))]
    written = grammar(
        [ring],
        "ring at 7pm",
        copied={"book": copied(ring, examples)},
        kinds={"book": kinds(ring, examples)},
    )

    assert Language(written).has(Call("book", {"hour": 7}).text)
