"""Which spans of a request a parameter may copy, by what its example values are."""

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import learning
from bot.bench.tools import community
from bot.bench.tools.tasks import few
from learning.call_grammar import copied, grammar, kinds, shapes
from learning.request_words import begins_bare, ends_bare, words_of
from learning.tool import Call, from_fields, parse_call
from learning.value_shapes import Shape, found
from tests.gbnf_language import Language

TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
WORLDS = json.loads(
    (Path(learning.__file__).parent / "tool_worlds.json").read_text(encoding="utf-8")
)["tools"]


def tool(required=(), **properties):
    return from_fields(
        {
            "name": "plan",
            "description": "Does what it is called.",
            "parameters": {"properties": properties, "required": list(required)},
            "endpoint": {"url": "https://api.example.org"},
        }
    )


EVENT = tool(title=TEXT, day=TEXT, time=TEXT)
EVENTS = [
    {"title": "raid night", "day": "Friday", "time": "20:00"},
    {"title": "retro", "day": "2026-12-05", "time": "6:30pm"},
]
ORDER = tool(item=TEXT, code=TEXT, count=WHOLE, price=NUMBER)
ORDERS = [
    {"item": "blue paint", "code": "ABC-12", "count": 3, "price": 2.5},
    {"item": "nails", "code": "XY-1", "count": 10, "price": 4},
]


def allowed(planned, values, request, name, *, of=None):
    """Return which values a parameter may have, of every span or of those given."""
    examples = [
        (" ".join(map(str, each.values())), Call("plan", each)) for each in values
    ]
    language = Language(
        grammar(
            [planned],
            request,
            copied={"plan": list(planned.properties)},
            kinds={"plan": kinds(planned, examples)},
        )
    )
    words = words_of(request)
    spans = of or {words.text[a:b] for a in words.starts for b in words.ends if a < b}
    return {each for each in spans if language.has(Call("plan", {name: each}).text)}


@pytest.mark.parametrize(
    ("request_", "days", "times"),
    [
        ("reserve Thursday 16:00 for a call", {"Thursday"}, {"16:00"}),
        ("art jam at 17:30 on 2027-02-20!", {"2027-02-20"}, {"17:30"}),
        ("next Friday at 6:30 pm", {"next Friday"}, {"6:30 pm"}),
        ("karaoke this wednesday, 8pm works", {"wednesday", "this wednesday"}, {"8pm"}),
        ("Monday or Tuesday, (noon)", {"Monday", "Tuesday"}, {"noon"}),
    ],
)
def test_where_all_examples_are_structured_only_such_values_are_copied(
    request_, days, times
):
    assert allowed(EVENT, EVENTS, request_, "day") == days
    assert allowed(EVENT, EVENTS, request_, "time") == times


def test_without_a_value_of_its_shapes_other_words_are_copied_but_no_other_value():
    event = tool(["time"], title=TEXT, day=TEXT, time=TEXT)
    request = "raid on Friday around lunch"

    times = allowed(event, EVENTS, request, "time")

    assert {"around lunch", "lunch", "raid on"} <= times
    assert times & {"around", "on"} == set()
    assert not any("Friday" in each for each in times)


def test_what_is_optional_is_left_out_where_the_request_has_no_value_of_its_shapes():
    request = "temperature outside over in kyoto"
    needed = tool(["day"], title=TEXT, day=TEXT, time=TEXT)

    assert allowed(EVENT, EVENTS, request, "day") == set()
    assert "kyoto" in allowed(needed, EVENTS, request, "day")
    assert allowed(EVENT, EVENTS, request + " tonight", "day") == {"tonight"}


@pytest.mark.parametrize(
    ("request_", "alone", "more"),
    [
        ("play over there", "over", "over there"),
        ("hike around, Innsbruck", "around,", "around, Innsbruck"),
        ("stay until", "until", "stay"),
        ('call it "after"', None, "after"),
        ("play Over now", None, "Over"),
    ],
)
def test_no_words_are_a_function_word_alone(request_, alone, more):
    titles = allowed(EVENT, EVENTS, request_, "title")

    assert alone not in titles
    assert more in titles


def test_an_example_that_is_a_function_word_allows_one_alone():
    examples = [{"title": "on"}, {"title": "off"}]

    assert "on" in allowed(EVENT, examples, "turn on the light", "title")


MASCOT = 'quick vote; title "Our new mascot?"'


def test_where_every_example_is_quoted_only_what_is_quoted_is_copied():
    quoted_ = [
        ('say "good day, all"', {"title": "Good day, all"}),
        ('"why?"', {"title": "why?"}),
    ]
    mixed = [*quoted_, ("say hello", {"title": "hello"})]

    assert copies_of(quoted_, MASCOT) == {"Our new mascot?"}
    assert copies_of(quoted_, 'put "a b," and \u201cc!\u201d') == {"a b", "c!"}
    assert {"Our new mascot?", "Our", "quick"} <= copies_of(mixed, MASCOT)
    assert "vote" in copies_of(quoted_, "quick vote")


def copies_of(taught, request):
    """Return which spans of a request may be the title of a tool taught like this."""
    named = tool(title=TEXT)
    of_all = kinds(named, [(said, Call("plan", each)) for said, each in taught])
    language = Language(
        grammar([named], request, copied={"plan": ["title"]}, kinds={"plan": of_all})
    )
    words = words_of(request)
    spans = {words.text[a:b] for a in words.starts for b in words.ends if a < b}
    spans |= {each.strip('," ') for each in spans}
    return {each for each in spans if language.has(Call("plan", {"title": each}).text)}


DICE = tool(["count", "sides"], count=WHOLE, sides=WHOLE, modifier=WHOLE)
ROLLS = [
    ("roll 2d6", {"count": 2, "sides": 6}),
    ("roll 1d20 -5", {"count": 1, "sides": 20, "modifier": -5}),
]


def rolls(request, *, taught=ROLLS, omissible=True):
    """Return every call of the dice that may be written, by a sample."""
    written = grammar(
        [DICE],
        request,
        copied={"plan": list(DICE.properties)},
        kinds={
            "plan": kinds(DICE, [(said, Call("plan", each)) for said, each in taught])
        },
        omissible=omissible,
    )
    language, rng = Language(written), random.Random(0)  # noqa: S311
    calls = (parse_call(language.sample(rng)) for _ in range(400))
    return {tuple(each.arguments.items()) for each in calls}


def test_no_two_parameters_take_the_number_at_one_place():
    calls = rolls("percentile check: 2d100, plus 15")

    assert (("count", 2), ("sides", 100), ("modifier", 15)) in calls
    assert (("count", 100), ("sides", 2)) in calls
    assert all(len({value for _, value in each}) == len(each) for each in calls)


def test_a_number_that_stands_twice_may_be_taken_twice():
    calls = rolls("4d4 and 9", omissible=False)

    assert (("count", 4), ("sides", 4), ("modifier", 9)) in calls
    assert (("count", 4), ("sides", 4)) in calls
    assert not any(
        value == 9 for each in calls for _, value in each[:2] if each[0] == each[1]
    )
    assert (("count", 9), ("sides", 9)) not in calls


def test_a_minus_stands_at_the_place_of_its_number():
    calls = rolls("2d4 -1")

    assert (("count", 2), ("sides", 4), ("modifier", -1)) in calls
    assert not any({1, -1} <= {value for _, value in each} for each in calls)


@pytest.mark.parametrize("least", [{"minimum": 0}, {"exclusiveMinimum": 0}])
def test_what_is_never_below_zero_takes_a_minus_for_a_dash(least):
    seats = tool(count=WHOLE | least)

    assert allowed(seats, [{"count": 3}], "seats -4", "count", of={-4, 4}) == {4}


def test_a_single_number_may_be_taken_by_all():
    assert (("count", 6), ("sides", 6)) in rolls("roll 6")


def test_numbers_that_examples_share_may_be_shared():
    taught = [*ROLLS, ("roll 8 of as many sides, plus 1", {"count": 8, "sides": 8})]

    assert (("count", 7), ("sides", 7)) in rolls("7 of these, plus 3", taught=taught)
    assert (("count", 7), ("sides", 7)) not in rolls("7 of these, plus 3")


def test_what_is_needed_and_finds_all_numbers_taken_is_left_out():
    many = tool(["a", "b", "c"], a=WHOLE, b=WHOLE, c=WHOLE)
    written = grammar(
        [many], "4 or 5", copied={"plan": ["a", "b", "c"]}, omissible=False
    )
    language = Language(written)

    assert language.has(Call("plan", {"a": 5, "b": 4}).text)
    assert not language.has(Call("plan", {"a": 5}).text)
    assert not language.has(Call("plan", {"a": 5, "b": 4, "c": 4}).text)


def test_many_numbers_of_many_parameters_are_left_to_the_model():
    many = tool(**{f"n{at}": WHOLE for at in range(12)})
    request = " ".join(map(str, range(10, 60)))

    written = grammar([many], request, copied={"plan": list(many.properties)})

    assert len(written) < 20_000
    assert Language(written).has(Call("plan", {"n3": 17, "n4": 17}).text)


def test_who_was_taught_weekdays_takes_a_date_where_there_is_no_weekday():
    examples = [{"title": "raid", "day": "Friday", "time": "8pm"}]

    assert allowed(EVENT, examples, "raid on 4 March, 9pm", "day") == {"4 March"}
    assert allowed(EVENT, examples, "on 4 March, a Friday", "day") == {"Friday"}
    assert "4 March" not in allowed(EVENT, examples, "raid on 4 March, 9pm", "title")


def test_a_title_holds_no_value_that_another_parameter_takes():
    request = "put call 4 of 2048 on Thursday 16:00 with Ann"

    titles = allowed(EVENT, EVENTS, request, "title")

    assert {"call", "call 4", "4", "2048", "call 4 of 2048", "Ann"} <= titles
    assert not any("Thursday" in each or "16:00" in each for each in titles)


def test_a_number_is_no_words_where_another_parameter_wants_numbers():
    items = allowed(ORDER, ORDERS, "order 4 cans of red paint", "item")

    assert {"red paint", "cans of red paint", "cans"} <= items
    assert not any("4" in each for each in items)


def test_what_stands_in_a_parameters_own_examples_may_stand_in_its_values():
    poll = tool(question=TEXT, days=WHOLE)
    examples = [{"question": "Top 4 maps", "days": 3}]

    assert "best 5 games" in allowed(
        poll, examples, "ask: best 5 games for 2 days", "question"
    )


@pytest.mark.parametrize(
    ("request_", "begins"),
    [
        ("pencil in a retro for Friday", False),
        ("bump notifications to the newest one", False),
        ("Pencil in a retro for Friday", True),  # it may be a name
        ("speedrun marathon, Friday, in the hall", True),
        ("pencil, four of them please", True),
        ("swimming lessons Friday 8pm", True),  # short: a value or two
    ],
)
def test_the_first_word_of_a_sentence_begins_no_value(request_, begins):
    first = request_.split()[0].strip(",")
    titles = allowed(EVENT, EVENTS, request_, "title")

    assert any(each.split()[0].strip(",") == first for each in titles) is begins


def test_what_is_quoted_with_other_words_is_no_value_of_another_parameter():
    request = 'put "Friday Night Magic" on Saturday at "19:00"'

    titles = allowed(EVENT, EVENTS, request, "title")

    assert "Friday Night Magic" in titles
    assert not any("Saturday" in each or "19:00" in each for each in titles)


@pytest.mark.parametrize(
    ("request_", "allowed_", "others"),
    [
        ("add a retro, us", {"retro", "add", "us", "add a retro"},
         {"a retro", "a", "add a"}),
        ("Add a retro for us", {"retro", "us"}, {"a retro", "a", "for us", "retro for"}),
        ("plan The Wall, please", {"The Wall", "The", "Wall"},
         {"The Wall, please", "please"}),
        ("The plan. The raid", {"plan", "raid"}, {"The plan", "The raid"}),
        ("PLAN THE RAID", {"PLAN", "RAID"}, {"THE RAID"}),
        ('call it "the end of" now', {"the end of", '"the end of"'}, {'end of" now for'}),
        ("find sign in, then log in", {"sign in", "log in"}, {"in", "in, then log"}),
        ("then sign in now", {"sign in now"}, {"sign in"}),
        ("tell me what I know", {"what I know"}, {"I know", "what I"}),
    ],
)  # fmt: skip
def test_words_neither_begin_nor_end_with_a_function_word(request_, allowed_, others):
    spans = allowed(EVENT, EVENTS, request_, "title")

    assert allowed_ - spans == set()
    assert others & spans == set()


def test_an_example_that_begins_or_ends_with_a_function_word_allows_it_at_that_side():
    begun = allowed(EVENT, [{"title": "the end"}], "add the raid for", "title")
    ended = allowed(EVENT, [{"title": "what for"}], "add the raid for", "title")

    assert "the raid" in begun - ended
    assert "raid for" in ended - begun


def test_where_the_rules_leave_nothing_any_span_will_do():
    assert allowed(EVENT, EVENTS, "on Friday at 8pm", "title") == {
        "on", "on Friday", "on Friday at", "on Friday at 8pm", "Friday", "Friday at",
        "Friday at 8pm", "at", "at 8pm", "8pm",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "values"),
    [
        ("it is -4 outside", {-4}),
        ("42.2 km", {42.2}),
        ("lift 150lbs over 10km", {150, 10}),
        ("1.5k people", set()),
        ("15k or 3", {3}),
        ("$3.50, 50%", {3.5, 50}),
        ("5 of ABC-12", {5}),
        ("ABC-12", set()),
        ("#12", {12}),
        ("3/5", {3, 5}),
        ("2027-01-13 at 12:05", set()),
    ],
)
def test_a_number_is_read_with_its_sign_and_fraction_and_without_its_unit(
    request_, values
):
    tried = {-4, 4, 42.2, 42, 2, 1.5, 1, 5, 15, 150, 10, 3, 3.5, 50, 12, 1500}

    assert allowed(ORDER, ORDERS, request_, "price", of=tried) == values


def test_a_number_is_no_part_of_another_parameters_time_or_date():
    booking = tool(day=TEXT, time=TEXT, guests=WHOLE)
    examples = [{"day": "2027-01-05", "time": "20:00", "guests": 4}]
    request = "table for 6 on 2027-02-20 at 17:30"

    assert allowed(booking, examples, request, "guests", of=range(2100)) == {6}


def test_of_values_of_mixed_shapes_all_are_copied():
    deploy = tool(version=TEXT)
    examples = [{"version": "1.4.2"}, {"version": "AB-7"}]

    assert allowed(deploy, examples, "put 2.0.1, XY-9 or 12:30 up", "version") == {
        "2.0.1",
        "XY-9",
    }


def test_names_that_are_codes_at_times_are_copied_as_words():
    players = tool(name=TEXT)
    examples = [{"name": "RedPanda77"}, {"name": "Brimstone"}]

    found_ = allowed(players, examples, "who is General Pickle on PS5", "name")

    assert {"General Pickle", "PS5"} <= found_


def test_the_shapes_of_copied_texts_are_those_of_their_examples():
    examples = [
        ("raid night on Friday at 20:00", Call("plan", EVENTS[0])),
        ("retro 2026-12-05 6:30pm", Call("plan", EVENTS[1])),
        ("other", Call("other", {"title": "8pm"})),
    ]
    mixed = tool(title=TEXT, day=TEXT, time=TEXT, kind={"enum": ["a"]}, count=WHOLE)

    assert shapes(mixed, examples) == {
        "title": {Shape.WORDS, Shape.NAME},
        "day": {Shape.DAY, Shape.DATE},
        "time": {Shape.TIME},
    }
    assert shapes(EVENT, [("now", Call("plan", {"time": "8pm"}))]) == {}


def test_choices_have_no_kind_and_stay_choices():
    chosen = tool(unit={"type": "string", "enum": ["8pm", "9pm"]}, title=TEXT)
    examples = [("raid", Call("plan", {"unit": "8pm", "title": "raid"}))]
    of_all = kinds(chosen, examples)
    language = Language(
        grammar(
            [chosen], "raid 7pm", copied={"plan": ["title"]}, kinds={"plan": of_all}
        )
    )

    assert set(of_all) == {"title"}
    assert language.has(Call("plan", {"unit": "9pm", "title": "raid 7pm"}).text)
    assert not language.has(Call("plan", {"unit": "7pm"}).text)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            ["the", "raid", "on", "Friday", "8pm", "for", "2026-12-05", "X-1", '"', "4"]
        )
    ).map(" ".join),
    st.randoms(),
)
def test_every_text_of_the_language_follows_the_rules(request_, rng):
    of_all = kinds(EVENT, [("", Call("plan", each)) for each in EVENTS])
    written = grammar(
        [EVENT],
        request_,
        copied={"plan": list(EVENT.properties)},
        kinds={"plan": of_all},
    )

    call = parse_call(Language(written).sample(rng))

    values = {each.shape for each in found(words_of(request_).text)}
    assert all(words_of(request_).has(each) for each in call.arguments.values())
    if Shape.TIME in values and "time" in call.arguments:
        assert {e.shape for e in found(call.arguments["time"])} == {Shape.TIME}
    if "day" in call.arguments and values & {Shape.DAY, Shape.DATE}:
        assert Shape.TIME not in {e.shape for e in found(call.arguments["day"])}


def test_the_grammar_grows_with_the_words_where_values_break_them():
    of_all = {"plan": kinds(EVENT, [("", Call("plan", each)) for each in EVENTS])}
    names = {"plan": list(EVENT.properties)}
    sizes = [
        len(grammar([EVENT], "the raid Friday 8pm " * n, copied=names, kinds=of_all))
        for n in (60, 120, 240)
    ]

    assert sizes[2] - sizes[1] < 2.2 * (sizes[1] - sizes[0])
    assert sizes[2] < 60_000


@pytest.mark.parametrize(
    "request_",
    [
        "7 A-1 " * 500,
        "!" * 1999 + "a",
        "\u6f22\u5b57" * 1000,
        "the " * 500,
        "! " * 500 + "The " * 250,
        '"8pm a" ' * 250,
        "a-" * 1000,
    ],
)
def test_a_long_request_takes_no_long_time(request_):
    of_all = {"plan": kinds(EVENT, [("", Call("plan", each)) for each in EVENTS])}
    names = {"plan": list(EVENT.properties)}
    begun = time.process_time()

    written = grammar([EVENT], request_, copied=names, kinds=of_all)

    assert time.process_time() - begun < 2
    assert len(written) < 400_000


@pytest.mark.parametrize("per_tool", [2, 4, None])
def test_every_right_call_of_the_community_can_be_written(per_tool):
    task = few(community.load(), per_tool)
    examples = [(each.request, each.call) for each in task.train]
    names = {each.name: copied(each, examples) for each in task.tools}
    of_all = {each.name: kinds(each, examples) for each in task.tools}

    lost = [
        case.request
        for case in (*task.test, *task.train)
        if not Language(
            grammar(task.tools, case.request, copied=names, kinds=of_all)
        ).has(case.call.text)
    ]

    assert lost == []


@pytest.mark.parametrize("world", WORLDS, ids=lambda each: each["tool"]["name"])
def test_every_right_call_of_a_world_can_be_written(world):
    taught = from_fields(world["tool"])
    examples, held_out = (
        [(each["request"], Call(taught.name, each["arguments"])) for each in world[key]]
        for key in ("examples", "held_out")
    )
    names = {taught.name: copied(taught, examples)}
    of_all = {taught.name: kinds(taught, examples)}

    lost = [
        request
        for request, call in (*held_out, *examples)
        if not Language(grammar([taught], request, copied=names, kinds=of_all)).has(
            call.text
        )
    ]

    assert lost == []


def test_only_the_values_that_were_meant_are_left_of_a_communitys_request():
    task = community.load()
    examples = [(each.request, each.call) for each in task.train]
    [event] = [each for each in task.tools if each.name == "schedule_event"]
    language = Language(
        grammar(
            [event],
            "Could you reserve Thursday 16:00 for the onboarding call?",
            copied={event.name: copied(event, examples)},
            kinds={event.name: kinds(event, examples)},
        )
    )
    right = {"title": "onboarding call", "day": "Thursday", "time": "16:00"}

    assert language.has(Call(event.name, right).text)
    for wrong in (
        {"title": "Thursday 16:00"},
        {"title": "for the onboarding call"},
        {"day": "16:00"},
        {"day": "Thursday 16:00"},
        {"time": "Thursday"},
        {"time": "onboarding call"},
    ):
        assert not language.has(Call(event.name, {**right, **wrong}).text)


def test_what_begins_or_ends_bare_is_judged_by_its_whole_word():
    text = "the theory of (a) on"

    assert [begins_bare(text, at) for at in (0, 4, 11, 14, 15)] == [
        False, True, False, False, False,
    ]  # fmt: skip
    assert [ends_bare(text, at) for at in (3, 10, 13, 16, 20)] == [
        False, True, False, False, True,
    ]  # fmt: skip


def test_a_grammar_without_kinds_is_as_it_was():
    language = Language(
        grammar([EVENT], "on Friday 8pm", copied={"plan": ["title", "day"]})
    )

    text = language.sample(random.Random(0))  # noqa: S311

    assert language.has(text)
    assert language.has(Call("plan", {"title": "Friday 8pm", "day": "on"}).text)
