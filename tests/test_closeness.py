"""Proves that tools are told apart by meaning and by the words that few of them have."""

import numpy as np

from learning.closeness import CLOSEST, Closeness, Profile
from learning.shared_words import SharedWords
from learning.tool import from_fields


def tool(name, description, **properties):
    return from_fields(
        {
            "name": name,
            "description": description,
            "parameters": {"properties": properties},
            "endpoint": {"url": "https://example.org/"},
        }
    )


def profile(tool, *cosines):
    """Ask for a tool by wordings that are this near to `NORTH`."""
    vectors = [(cosine, np.sqrt(1 - cosine**2)) for cosine in cosines]
    return Profile(tool, ["please"] * len(cosines), np.array(vectors, np.float32))


NORTH = np.array((1.0, 0.0), np.float32)
LAMP, DOOR = tool("lamp", "Lights the hall."), tool("door", "Opens the gate.")


def test_many_near_wordings_are_closer_than_a_single_nearer_one():
    lucky = profile(LAMP, 0.9, *[0.1] * CLOSEST)
    steady = profile(DOOR, *[0.6] * CLOSEST, *[-1.0] * CLOSEST)

    closeness = Closeness([lucky, steady]).of("hello", NORTH)

    assert closeness[1] > closeness[0]
    assert closeness[1] == np.float32(0.6)


def test_a_word_of_what_a_tool_is_brings_it_closer():
    box = Closeness([profile(LAMP, 0.5), profile(DOOR, 0.5)])

    lamp, door = box.of("the gate is stuck", NORTH)
    same = box.of("good evening", NORTH)

    assert door > lamp
    assert same[0] == same[1]


def test_parameters_and_their_choices_are_part_of_what_a_tool_is():
    schema = {"type": "string", "description": "The colour.", "enum": ["sea_green"]}
    green = tool("paint", "Paints.", shade=schema)
    box = Closeness([profile(green, 0.5), profile(tool("glue", "Glues."), 0.5)])

    for said in ("which shade", "colours!", "something sea green"):
        first, second = box.of(said, NORTH)
        assert first > second


def test_of_no_tools_none_is_close():
    assert Closeness([]).of("hello", NORTH).size == 0


def test_a_rare_word_counts_for_more_than_a_common_one():
    words = SharedWords(
        ["open the door", "the quartz kitchen"], ["open the lid", "open the box"]
    )

    door, quartz = words.cosines("open the quartz")

    assert quartz > door > 0


def test_the_same_words_share_everything_and_others_nothing():
    words = SharedWords(["Red lamps", "blue doors", ""], ["a hall", "a stair"])

    assert np.allclose(words.cosines("red lamp!"), [1, 0, 0])
    assert not words.cosines("").any()
    assert not words.cosines("\u65e5\u672c").any()
