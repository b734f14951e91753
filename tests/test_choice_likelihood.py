"""Proves that a choice is weighed by what a request means, and only as far as it shows."""

import numpy as np
import pytest

from learning.choice_likelihood import Likelihood, likelihood, signs, spans_of
from learning.enum_evidence import is_silent, possible, weighed
from learning.recalling_encoder import RecallingEncoder
from learning.tool import Call, from_fields
from learning.tool_grammar import grammar_of, likely_of

MEANINGS = (
    ("cellar", "basement", "store the wine"),
    ("attic", "under the roof"),
    ("beamer", "projector"),
    ("key", "please", "anything"),
)
"""Texts that mean the same, by their words."""


class MeaningEncoder:
    """Puts texts that share a meaning near each other; counts what it encoded."""

    def __init__(self):
        self.encoded = []

    def encode(self, texts):
        self.encoded += texts
        vectors = np.zeros((len(texts), len(MEANINGS) + 1), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for at, words in enumerate(MEANINGS):
                row[at] = any(word in text.lower() for word in words)
            row[-1] = not row.any()
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


TOOL = from_fields(
    {
        "name": "book",
        "description": "Books a room.",
        "parameters": {
            "properties": {
                "room": {"type": "string", "enum": ["cellar", "attic"]},
                "projector": {"type": "boolean"},
                "note": {"type": "string"},
            },
        },
        "endpoint": {"url": "https://example.org/"},
    }
)
EXAMPLES = (
    ("the cellar for Ann", Call("book", {"room": "cellar"})),
    ("attic for Bo", Call("book", {"room": "attic"})),
    ("attic with projector", Call("book", {"room": "attic", "projector": True})),
    ("no projector in it", Call("book", {"projector": False})),
    ("a room", Call("book")),
)


def test_a_choice_is_likeliest_where_a_request_means_it():
    found = likelihood(TOOL, EXAMPLES, "room", "basement", MeaningEncoder())

    chances = dict(found.choices)
    assert chances["cellar"] > 0.5 > chances["attic"]
    assert sum(chances.values()) + found.absent == pytest.approx(1)


def test_another_word_for_a_choice_leaves_no_others():
    found, sure = weighed(TOOL, EXAMPLES, "basement", MeaningEncoder())

    assert found.properties["room"]["enum"] == ["cellar"]
    assert "room" not in weighed(TOOL, EXAMPLES, "basement")[0].properties
    assert "projector" not in sure


def test_a_boolean_that_nothing_speaks_of_is_left_out():
    found, _ = weighed(TOOL, EXAMPLES, "basement key", MeaningEncoder())
    spoken, _ = weighed(TOOL, EXAMPLES, "basement, beamer", MeaningEncoder())

    assert "projector" not in found.properties
    assert True in spoken.properties["projector"]["enum"]
    assert list(spoken.properties) == ["room", "projector", "note"]


def test_what_words_or_no_example_decide_is_not_weighed():
    encoder = MeaningEncoder()
    named = [each for each in EXAMPLES if each[1].arguments.keys() == {"room"}]

    found, sure = weighed(TOOL, named, "attic", encoder)

    assert found.properties["room"]["enum"] == ["attic"]
    assert sure == {"room"}
    assert "enum" not in found.properties["projector"]
    assert encoder.encoded == []


def test_a_long_request_is_left_to_words():
    encoder = MeaningEncoder()

    found, _ = weighed(TOOL, EXAMPLES, "basement " * 40, encoder)

    assert "enum" not in found.properties["projector"]
    assert encoder.encoded == []


def test_an_enum_is_not_silent_where_a_request_means_one_of_its_values():
    encoder = MeaningEncoder()

    assert is_silent(TOOL, EXAMPLES[:2], "room", "basement")
    assert not is_silent(TOOL, EXAMPLES[:2], "room", "basement", encoder)
    assert is_silent(TOOL, EXAMPLES[:2], "room", "anything", encoder)


def test_what_is_needed_keeps_all_its_choices_where_none_is_likely():
    found, sure = weighed(requiring("room"), EXAMPLES, "anything", MeaningEncoder())

    assert found.properties["room"]["enum"] == ["cellar", "attic"]
    assert "room" not in sure


def requiring(name):
    return from_fields(
        {
            "name": "book",
            "description": "Books a room.",
            "parameters": {**TOOL.parameters, "required": [name]},
            "endpoint": {"url": "https://example.org/"},
        }
    )


ENUM, BOOLEAN = TOOL.properties["room"], TOOL.properties["projector"]


def test_of_an_enum_a_choice_that_is_clearly_less_likely_is_left_out():
    both = Likelihood((("cellar", 0.5), ("attic", 0.13)), 0.37)
    one = Likelihood((("cellar", 0.5), ("attic", 0.12)), 0.38)

    assert possible(both, ENUM, needed=False) == (["cellar", "attic"], True)
    assert possible(one, ENUM, needed=True) == (["cellar"], True)


@pytest.mark.parametrize(
    ("absent", "needed", "may_lack"),
    [(0.35, False, True), (0.25, False, False), (0.9, True, False), (0.94, True, True)],
)
def test_a_boolean_is_given_that_is_hardly_absent_or_needed(absent, needed, may_lack):
    given = 1 - absent
    likely = Likelihood(((True, given * 0.7), (False, given * 0.3)), absent)

    assert possible(likely, BOOLEAN, needed=needed)[1] is may_lack


def test_a_grammar_has_the_choice_that_a_request_means():
    encoder = MeaningEncoder()
    taught = [(TOOL, EXAMPLES)]

    written = grammar_of(likely_of(taught, "basement", encoder=encoder), "basement")
    meant = grammar_of(taught, "basement", encoder=encoder)

    assert "cellar" not in written
    assert "cellar" in meant
    assert "attic" not in meant
    assert "projector" not in meant


def test_a_span_neither_begins_nor_ends_with_a_function_word():
    assert spans_of("No meat for the boss") == [
        *("no", "meat", "boss", "no meat"),
        "meat for the boss",
    ]
    assert len(spans_of(" ".join(f"word{number}" for number in range(60)))) == 40


def test_a_negation_speaks_for_false():
    def chance_of_false(request):
        found = likelihood(TOOL, EXAMPLES, "projector", request, MeaningEncoder())
        return dict(found.choices)[False]

    assert chance_of_false("without projector") > chance_of_false("with projector")


def test_words_of_open_values_say_nothing_of_a_choice():
    examples = [
        ("Ann in the dry one", Call("book", {"room": "cellar", "note": "Ann"})),
        ("Bo upstairs", Call("book", {"room": "attic", "note": "Bo"})),
    ]

    found = dict(signs(TOOL, examples, "room", "Ann, dry", MeaningEncoder()))

    assert found["cellar"].shared == 1
    assert found["attic"].shared == 0


def test_a_parameter_without_examples_has_only_its_names():
    [(_, cellar), _] = signs(TOOL, (), "room", "basement", MeaningEncoder())

    assert (cellar.named, cellar.nearer, cellar.more_about) == (1, 0, 0)


def test_one_is_not_true():
    tool = from_fields(
        {
            "name": "count",
            "description": "Counts.",
            "parameters": {"properties": {"on": {"enum": [1, True]}}},
            "endpoint": {"url": "https://example.org/"},
        }
    )

    found = signs(
        tool, [("one", Call("count", {"on": 1}))], "on", "one", MeaningEncoder()
    )

    assert [each.shared for _, each in found] == [1, 0]


def test_a_text_is_encoded_once_until_it_is_forgotten():
    inner = MeaningEncoder()
    recalling = RecallingEncoder(inner, most=2)

    first = recalling.encode(["cellar", "attic", "cellar"])
    again = recalling.encode(["cellar"])
    recalling.encode(["key"])
    recalling.encode(["attic"])

    assert inner.encoded == ["cellar", "attic", "key", "attic"]
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[0], first[2])
