"""Proves that a request finds the tools that it may be meant for, and no others."""

from dataclasses import replace

from learning.lesson import LessonKind
from learning.memory import Memory
from learning.tool import Call, from_fields
from learning.toolbox import MOST, Toolbox
from moderation.provenance import Scope
from tests.fakes import FakeEmbedder
from tests.learning_steps import lesson, qa


def tool_lesson(name, *requests, number=1, **fields):
    tool = from_fields(
        {
            "name": name,
            "description": f"Does {name}.",
            "parameters": {"properties": {}},
            "endpoint": {"url": "https://example.org/"},
        }
    )
    examples = tuple((request, Call(name).text) for request in requests)
    made = lesson(LessonKind.TOOL, number, text=tool.text)
    return replace(made, examples=examples, **fields)


def names(found):
    return [each.tool.name for each in found]


def test_the_nearest_tool_comes_first_and_few_are_asked():
    box = Toolbox(FakeEmbedder())
    for number, word in enumerate("lamp door bus soup film pool".split(), start=1):
        box.add(tool_lesson(word, f"please the {word} now", number=number))

    found = box.near("guild", "which soup", channel=None)

    assert names(found)[0] == "soup"
    assert len(found) == MOST
    assert [each.closeness for each in found] == sorted(
        (each.closeness for each in found), reverse=True
    )


def test_the_nearest_examples_come_first():
    box = Toolbox(FakeEmbedder())
    box.add(tool_lesson("lamp", "switch lamp", "lantern garden", "porch light"))

    [found] = box.near("guild", "the light of the porch", channel=None)

    assert found.examples[0] == 2


def test_a_tool_of_a_channel_is_there_alone_and_one_of_a_server_on_it_alone():
    box = Toolbox(FakeEmbedder())
    box.add(tool_lesson("lamp", "lamp", scope=Scope("attic")))

    assert box.near("guild", "lamp", channel=None) == ()
    assert names(box.near("guild", "lamp", channel="attic")) == ["lamp"]
    assert box.near("elsewhere", "lamp", channel="attic") == ()


def test_memory_keeps_tools_apart_from_what_is_read():
    memory = Memory(FakeEmbedder())
    tool = tool_lesson("lamp", "switch the lamp on", number=2)

    memory.add(qa("Who owns the lamp?", "Rosa does.", 1))
    memory.add(tool)
    both = memory.similar("guild", "switch the lamp on")
    known = memory.tools.has_any("guild")
    memory.remove("guild", 2)

    assert [found.id for found, _ in both] == [1]
    assert known
    assert not memory.tools.has_any("guild")
    memory.rebuild([tool])
    assert memory.tools.has_any("guild")


def test_a_tool_of_the_same_name_in_the_same_scope_would_be_replaced():
    box = Toolbox(FakeEmbedder())
    box.add(tool_lesson("lamp", "lamp", number=4))

    assert box.named(tool_lesson("lamp", "light", number=9)) == 4
    assert box.named(tool_lesson("lantern", "light")) is None
    assert box.named(tool_lesson("lamp", "light", scope=Scope("attic"))) is None
