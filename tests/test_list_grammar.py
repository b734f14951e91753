"""Which lists may be copied from a request, held against the grammar's language."""

import itertools
import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import learning
from learning.call_grammar import copied, grammar, kinds
from learning.request_words import words_of
from learning.tool import Call, from_fields, parse_call
from learning.value_shapes import Lists
from tests.gbnf_language import Language

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
[WORLD] = [
    each
    for each in json.loads(
        (Path(learning.__file__).parent / "tool_worlds.json").read_text(
            encoding="utf-8"
        )
    )["tools"]
    if each["tool"]["name"] == "create_poll"
]
POLL = from_fields(WORLD["tool"])
POLLS = [
    (each["request"], Call(POLL.name, each["arguments"])) for each in WORLD["examples"]
]
MASCOT = (
    "quick vote about the mascot, candidates are otter, heron, lynx;"
    ' title "Our new mascot?"'
)


def tool(schema, *, required=(), **others):
    return from_fields(
        {
            "name": "pick",
            "description": "Does what it is called.",
            "parameters": {
                "properties": {"of": schema, **others},
                "required": list(required),
            },
            "endpoint": {"url": "https://api.example.org"},
        }
    )


def language_of(planned, taught, request):
    return Language(
        grammar(
            [planned],
            request,
            copied={planned.name: copied(planned, taught)},
            kinds={planned.name: kinds(planned, taught)},
        )
    )


def lists(taught, request, *, schema=TEXTS, **others):
    """Return the lists that may be written, by a sample, taught by pairs."""
    planned = tool(schema, **others)
    examples = [
        (said, Call("pick", of if isinstance(of, dict) else {"of": of}))
        for said, of in taught
    ]
    language, rng = language_of(planned, examples, request), random.Random(0)  # noqa: S311
    calls = (parse_call(language.sample(rng)) for _ in range(600))
    return {tuple(each.arguments.get("of", ("nothing",))) for each in calls}


def items(found):
    return {item for each in found for item in each if each != ("nothing",)}


ANIMALS = [("pick cat, dog and cow", ["cat", "dog", "cow"])]


@pytest.mark.parametrize("count", [2, 4, 8])
def test_every_right_poll_can_be_written(count):
    held_out = [
        (e["request"], Call(POLL.name, e["arguments"])) for e in WORLD["held_out"]
    ]
    taught = POLLS[:count]

    lost = [
        request
        for request, call in (*held_out, *taught)
        if not language_of(POLL, taught, request).has(
            Call(
                POLL.name,
                {k: v for k, v in call.arguments.items() if k != "anonymous"},
            ).text
        )
    ]

    assert copied(POLL, taught) == {"question", "options"}
    assert lost == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"question": "Our"},
        {"question": "Our new mascot"},
        {"question": "Our new mascot?", "options": ["otter", "heron", " lynx"]},
        {"question": "Our new mascot?", "options": ["otter", "heron", "fox"]},
        {"question": "Our new mascot?", "options": ["otter", "Our new mascot?"]},
        {"question": "Our new mascot?", "options": ["otter", "mascot"]},
        {"question": "Our new mascot?", "options": ["heron, lynx", "otter"]},
        {"question": "Our new mascot?", "options": ["heron", "otter"]},
        {"question": "Our new mascot?", "options": ["heron", "heron"]},
        {"question": "Our new mascot?", "options": ["heron"]},
    ],
)
def test_no_wrong_poll_of_the_mascot_can_be_written(arguments):
    language = language_of(POLL, POLLS, MASCOT)
    right = {"question": "Our new mascot?", "options": ["otter", "heron", "lynx"]}

    assert language.has(Call(POLL.name, right).text)
    assert not language.has(Call(POLL.name, arguments).text)


@pytest.mark.parametrize(
    "options",
    [["Tea", "coffee at the picnic"], ["Tea or coffee at the picnic?", "tea"]],
)
def test_nothing_of_a_question_in_quotation_marks_is_an_item(options):
    request = 'let people vote: "Tea or coffee at the picnic?" tea / coffee'
    language = language_of(POLL, POLLS, request)

    assert language.has(Call(POLL.name, {"options": ["tea", "coffee"]}).text)
    assert not language.has(Call(POLL.name, {"options": options}).text)


def test_what_begins_inside_other_words_follows_no_item():
    examples = [(said, Call("pick", {"of": of})) for said, of in ANIMALS]
    language = language_of(
        tool(TEXTS), examples, "hi all, we offer a red, blue or green"
    )

    for right in (["red", "blue", "green"], ["hi all", "we offer a red", "blue"]):
        assert language.has(Call("pick", {"of": right}).text)
    for wrong in (["hi all", "red", "blue"], ["hi all", "offer a red"]):
        assert not language.has(Call("pick", {"of": wrong}).text)


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ("30 minutes, 45 minutes or 60 minutes", ["30 minutes", "45 minutes", "60 minutes"]),
        ("let them pick: red, blue", ["red", "blue"]),
        ("red / blue / green", ["red", "blue", "green"]),
        ("red/blue/green", ["red", "blue", "green"]),
        ("red; blue; the green", ["red", "blue", "green"]),
        ("red & blue", ["red", "blue"]),
        ("red, blue, and green", ["red", "blue", "green"]),
        ("red\nblue\ngreen", ["red", "blue", "green"]),
        ("Please:\n- red\n* blue\n3. green", ["red", "blue", "green"]),
        ("1) red, 2) blue", ["red", "blue"]),
        ("(red, blue)", ["red", "blue"]),
        ("Which: St. Mary or Dr. No", ["St. Mary", "Dr. No"]),
        ("Pick: March 4, 2027 or May 5", ["March 4, 2027", "May 5"]),
        ('"dark, red" "blue" or "a"', ["dark, red", "blue", "a"]),
        ("\u201cred\u201d, \u201cblue\u201d", ["red", "blue"]),
        ("red or blue.", ["red", "blue"]),
        ("Which: Red Panda, Snow Owl", ["Red Panda", "Snow Owl"]),
    ],
)  # fmt: skip
def test_between_separators_an_item_is_whole(request_, wanted):
    assert items(lists(ANIMALS, request_)) == set(wanted)
    assert tuple(wanted) in lists(ANIMALS, request_)


def test_only_the_first_item_may_begin_and_the_last_end_inside_other_words():
    found = lists(ANIMALS, "we choose between red, blue or green on our boat")

    assert ("red", "blue", "green") in found
    assert {
        "red",
        "blue",
        "green",
        "choose between red",
        "green on our boat",
    } <= items(found)
    assert not any("red" in item for each in found for item in each[1:])
    assert not any("boat" in item for each in found for item in each[:-1])
    assert not any(item.startswith(("between", "on")) for item in items(found))


def test_items_keep_the_order_of_the_request_and_come_once():
    wanted = ["yes", "no", "maybe"]

    found = lists(ANIMALS, "yes, no, maybe, yes")

    assert found - {("nothing",)} <= {
        each for n in range(1, 4) for each in itertools.permutations(wanted, n)
    }
    assert all(len(set(each)) == len(each) for each in found)
    assert ("maybe", "no") not in found


def test_a_separator_within_an_example_item_may_stand_within_items():
    rock = [("rock and roll, jazz or blues", ["rock and roll", "jazz", "blues"])]

    assert ("drum and bass", "punk") in lists(rock, "take: drum and bass, punk")
    assert ("drum and bass", "punk") not in lists(ANIMALS, "take: drum and bass, punk")


def test_without_separators_any_few_words_are_items():
    found = lists(ANIMALS, "tag it as urgent")

    assert {("tag", "urgent"), ("urgent",)} <= found
    assert ("urgent", "tag") not in found


def test_an_item_alone_is_taken_from_inside_a_piece_where_examples_have_one():
    single = [*ANIMALS, ("pick the cow", ["cow"])]
    request = "hi, tag urgent on it, please"

    assert ("urgent",) in lists(single, request)
    assert ("urgent",) not in lists(ANIMALS, request)


@pytest.mark.parametrize("least", [0, 1, 2, 3])
@pytest.mark.parametrize("most", [3, 4, 5, 9])
def test_lists_are_as_long_as_the_schema_says(least, most):
    planned = tool({**TEXTS, "minItems": least, "maxItems": most})
    examples = [(said, Call("pick", {"of": of})) for said, of in ANIMALS]
    language = language_of(planned, examples, "pick: a1, b2, c3, d4, e5")

    lengths = {
        count
        for count in range(6)
        for each in itertools.combinations(["a1", "b2", "c3", "d4", "e5"], count)
        if language.has(Call("pick", {"of": list(each)}).text)
    }

    assert lengths == set(range(max(least, 1), min(most, 5) + 1))


@pytest.mark.parametrize("schema", [{"minItems": 6}, {"maxItems": 0}])
def test_a_list_that_the_request_is_too_short_for_is_left_out(schema):
    assert lists(ANIMALS, "a, b", schema={**TEXTS, **schema}) == {("nothing",)}


def test_items_of_one_shape_are_values_of_it():
    days = [("Monday or Friday", ["Monday", "Friday"])]

    assert items(lists(days, "any of Tuesday Sunday, at home")) == {"Tuesday", "Sunday"}
    assert items(lists(days, "on 4 March, 5 May")) == {"4 March", "5 May"}
    assert lists(days, "at home, at work") == {("nothing",)}


def test_items_that_were_quoted_are_quotations():
    quoted = [('pick "cat" "dog"', ["cat", "dog"])]

    assert items(lists(quoted, 'this, that: "red hat" "blue."')) == {"red hat", "blue."}


def test_a_value_that_another_parameter_takes_is_no_item():
    taught = [("cat, dog at 8pm", {"of": ["cat", "dog"], "at": "8pm"})]

    found = lists(taught, "red, blue, 9pm", at=TEXT)

    assert items(found) == {"red", "blue"}


def test_numbers_are_those_of_the_request_in_order():
    schema = {"type": "array", "items": {"type": "integer"}}
    taught = [("sum 1, 2 and 30", [1, 2, 30])]

    found = lists(taught, "add 4 to 1,200, 4 and 2.5", schema=schema)

    assert found == {("nothing",), (4,), (1200,), (4, 1200)}


@pytest.mark.parametrize(
    ("request_", "value", "item"),
    [
        ("cat, dog", ["dog", "cat"], "string"),
        ("cat, dog", ["cat", "cat"], "string"),
        ("cat, dog", ["cat", "fox"], "string"),
        ("cat, dog", ["cat", 1], "string"),
        ("cat, dog", [], "string"),
        ("cat, dog", "cat", "string"),
        ("1 and 2", [2, 1], "integer"),
        ("1 and 2", [1, 1], "integer"),
        ("1 and 2", [1, 3], "integer"),
        ("true", [True], "boolean"),
    ],
)
def test_other_lists_are_not_copied(request_, value, item):
    planned = tool({"type": "array", "items": {"type": item}})

    assert copied(planned, [(request_, Call("pick", {"of": value}))]) == set()


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array"},
        {"type": "array", "items": {"enum": ["cat"]}},
        {"type": "array", "items": TEXTS},
        {"type": "array", "items": {"type": "string", "format": "date"}},
    ],
)
def test_lists_of_other_things_are_not_copied(schema):
    assert copied(tool(schema), [("cat", Call("pick", {"of": ["cat"]}))]) == set()


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["red", "a", "Blue", ",", "and", "or", "/", ";", '"', ":", "\n", "-", "8pm", "(",
             ")", "3", "?"]
        )
    ).map(" ".join),
    st.randoms(),
)  # fmt: skip
def test_every_item_stands_in_the_request_in_order(request_, rng):
    language = language_of(tool(TEXTS), [(a, Call("pick", {"of": b})) for a, b in ANIMALS],
                           request_)  # fmt: skip

    call = parse_call(language.sample(rng))

    at, found = 0, call.arguments.get("of", [])
    for item in found:
        at = words_of(request_).text.find(item, at) + len(item)
        assert at >= len(item) > 0
        assert item == item.strip()
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "request_",
    ["red, " * 400, "a " * 1000, '"a" ' * 500, "- a\n" * 400, "\u6f22" * 2000, "a, b or " * 200],
)  # fmt: skip
def test_a_long_request_takes_no_long_time(request_):
    taught = [("rock and roll, jazz", ["rock and roll", "jazz"]), ("x", ["x"])]
    schema = {**TEXTS, "minItems": 2, "maxItems": 10}
    planned = tool(schema)
    examples = [(said, Call("pick", {"of": of})) for said, of in taught]
    begun = time.process_time()

    language_of(planned, examples, request_)

    assert time.process_time() - begun < 5


def test_the_grammar_of_a_list_grows_with_its_items():
    schema = {**TEXTS, "minItems": 2, "maxItems": 10}
    sizes = [
        len(
            grammar(
                [tool(schema)],
                ", ".join(f"thing{at}" for at in range(count)),
                copied={"pick": ["of"]},
            )
        )
        for count in (30, 60, 120)
    ]

    assert sizes[2] - sizes[1] < 2.2 * (sizes[1] - sizes[0])
    assert sizes[2] < 80_000


def test_the_kinds_of_a_poll_are_those_of_its_quoted_question_and_its_items():
    of_all = kinds(POLL, POLLS)

    assert of_all["question"].quoted
    assert not of_all["options"].quoted
    assert of_all["options"].lists == Lists()
    assert kinds(tool(TEXTS), [("x", Call("pick", {"of": ["a and b, c"]}))])[
        "of"
    ].lists == Lists(joined=frozenset({"and", ","}), single=True)


MOODS = [("poll: red, blue, green", ["red", "blue", "green"])]


def test_a_list_leaves_out_none_between_two_that_it_has():
    found = lists(MOODS, "poll: good, okay, bad")

    assert ("good", "okay", "bad") in found
    assert ("good", "bad") not in found


def test_and_may_be_written_as_people_write_it():
    assert ("ollie", "bex") in lists(MOODS, "poll: ollie n bex")
    assert ("ollie", "bex") in lists(MOODS, "poll: ollie and then bex")


def test_the_last_item_need_not_end_as_the_one_before_does():
    found = lists(MOODS, "order a standing desk and a desk lamp for me")

    assert ("standing desk", "desk lamp") in found


def test_an_item_may_stand_beside_another_parameters_value():
    taught = [("poll: red, blue on Friday", {"of": ["red", "blue"], "day": "Friday"})]
    found = lists(taught, "go by Fischmarkt and Altona tomorrow", day=TEXT)

    assert ("Fischmarkt", "Altona") in found
