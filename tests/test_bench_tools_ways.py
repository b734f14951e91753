"""How `myna bench tools` teaches, finds tools and asks, without any model."""

import itertools
import json
import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from bot.bench.tools import community, lessons, torchhub
from bot.bench.tools.asking import NOTHING, Asking, Choice, with_tools
from bot.bench.tools.bench import Bench
from bot.bench.tools.catalogue import Catalogue, Remembering, fixed, lessons_of
from bot.bench.tools.methods import Material
from bot.bench.tools.tasks import Case, ToolTask, few
from bot.bench.tools.ways import Untrained
from learning.engine import Completion, Message
from learning.model import BaseModel
from learning.rows import load_rows
from learning.tool import Call, tool_of
from learning.tool_grammar import MOST_COPIED_FROM

COMMUNITY = Material(few(community.load(), 2))
APIS = tuple(
    torchhub.Api(
        Call(torchhub.NAME, {"repo_or_dir": "hub/one", "model": name}),
        "Vision",
        "Seeing",
        f"Finds {thing} in pictures",
    )
    for name, thing in (("m1", "cats"), ("m2", "dogs"), ("m3", "cars"), ("m4", "ships"))
)


def hub(requests):
    cases = tuple(
        Case(request, APIS[number].call, kind=APIS[number].call.text)
        for request, number in requests
    )
    tool = fixed(APIS[0].call, "Loads a model.")
    return Material(ToolTask("torchhub", (tool,), cases, ()), apis=APIS)


HUB = hub(
    [
        ("I look for cats", 0),
        ("Where are cats here", 0),
        ("Show me dogs", 1),
        ("Count all cars", 2),
    ]
)


class Words:
    """An encoder for which texts are alike by the words they share."""

    def __init__(self):
        self.encoded = []

    def encode(self, texts):
        self.encoded += texts
        vectors = np.zeros((len(texts), 4096), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"[a-z]+", text.lower()):
                row[sum(ord(c) * 31**i for i, c in enumerate(word)) % 4096] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)


class Engine:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, first="", text='{"name": "x", "arguments": {}}'):
        self.first = first
        self.text = text
        self.asked = []

    async def generate(self, generation):
        self.asked.append(generation)
        chances = {self.first: math.log(0.7), "I": math.log(0.2)}
        text = self.text if generation.wants(chances) else ""
        return Completion(text, "stop", 9, 52, 0.25, 2.0, chances)


def lay_out(folder, batch, lexicon=None, **changes):
    base = BaseModel("tiny", folder / "base", None, "digest", 2, 2)
    settings = {"parent": None, "seed": 0, "threads": 1, "device": "cpu", **changes}
    spec = lessons.lay_out(folder, batch, lexicon=lexicon, base=base, **settings)
    return spec, load_rows(folder)


def test_each_of_four_batches_has_more_tools_and_the_last_all():
    made = lessons.batches(COMMUNITY)

    assert len(made) == 4
    for earlier, later in itertools.pairwise(made):
        assert {e.id for e in earlier.lessons} < {e.id for e in later.lessons}
    assert made[-1] == lessons.whole(COMMUNITY)


def test_each_of_four_plain_batches_has_more_calls_and_the_last_all():
    many = hub([(f"Request {i}", i % 4) for i in range(12)])

    made = lessons.batches(many)

    assert [len({case.kind for case in batch.cases}) for batch in made] == [1, 2, 3, 4]
    for earlier, later in itertools.pairwise(made):
        assert all(case in later.cases for case in earlier.cases)
    assert made[-1] == lessons.whole(many)


def test_plain_rows_ask_the_request_beside_the_replay_of_production(tmp_path):
    spec, rows = lay_out(tmp_path / "run", lessons.whole(HUB))

    taught = {row.messages[-1].content: row.answer for row in rows if row.lesson}
    assert taught == {case.request: case.call.text for case in HUB.task.train}
    assert len([row for row in rows if row.teacher == "base"]) == 24
    assert len({row.lesson for row in rows if row.lesson}) == 1  # all call one tool
    assert spec.epochs * len(rows) >= lessons.LEAST_STEPS * spec.batch_rows


def test_the_rows_are_the_same_whatever_weights_are_trained(tmp_path):
    batch = lessons.whole(HUB)

    one, _ = lay_out(tmp_path / "a", batch, parent=tmp_path / "skills", seed=3)
    other, _ = lay_out(tmp_path / "b", batch, seed=3)

    assert one.rows_digest == other.rows_digest
    assert (one.epochs, one.batch_rows) == (other.epochs, other.batch_rows)
    assert one.parent != other.parent


def test_a_communitys_tools_are_lessons_with_their_examples():
    made = lessons_of(COMMUNITY.task)

    assert [tool_of(each) for each in made] == list(COMMUNITY.task.tools)
    assert all(len(each.examples) == 2 for each in made)


def test_the_nearest_requests_are_the_training_s_own():
    near = Catalogue(HUB, Words()).nearest("cats are what I look for", 2)

    assert [case.request for case, _ in near] == [
        "I look for cats",
        "Where are cats here",
    ]
    assert near[0][1] > near[1][1] > 0


def test_of_torchhub_the_closest_call_alone_may_be_written():
    tools = Catalogue(HUB, Words()).tools_nearby("cats are what I look for")

    grammar = Choice(tools, omissible=False).grammar("cats")
    assert '"\\"m1\\""' in grammar
    assert not any(name in grammar for name in ("m2", "m3", "m4"))


def test_of_torchhub_what_a_call_is_for_counts_beside_what_it_was_asked_by():
    catalogue = Catalogue(HUB, Words())

    [ships, *_] = catalogue.tools_nearby("ships")

    assert ships.properties["model"]["enum"] == ["m4"]


def test_descriptions_are_found_by_what_tools_do_and_by_their_examples():
    catalogue = Catalogue(HUB, Words())

    by_words = catalogue.shown("ships in pictures")
    by_example = catalogue.shown("Count all cars")

    assert by_words[0].properties["model"]["enum"] == ["m4"]
    assert by_example[0].properties["model"]["enum"] == ["m3"]
    assert len(by_words) == 4


def test_of_a_community_only_what_is_near_is_meant():
    catalogue = Catalogue(COMMUNITY, Words())

    assert catalogue.shown("server status us")[0] == COMMUNITY.task.tools[0]
    assert catalogue.shown("zzz qqq") == []


def test_nothing_is_near_where_nothing_was_taught():
    assert Catalogue(hub([]), Words()).nearest("cats", 1) == []


def test_a_text_is_encoded_once():
    words = Words()
    encoder = Remembering(words)

    first = encoder.encode(["a cat", "a dog"])
    again = encoder.encode(["a dog", "a cat", "a cat"])

    assert words.encoded == ["a cat", "a dog"]
    assert np.array_equal(again, first[[1, 0, 0]])


TOOL = COMMUNITY.task.tools[0]


def near(cosine):
    return Choice([TOOL], cosines={TOOL.name: cosine})


async def test_a_call_is_written_where_the_first_token_would_begin_one():
    call = Call(TOOL.name, {"region": "eu"})
    engine = Engine(first="{", text=call.text)
    adapter = SimpleNamespace(name="bench/1")

    answer = await Asking(engine, adapter).looked("eu up?", near(0.5))

    [asked] = engine.asked
    assert asked.grammar == Choice([TOOL]).grammar("eu up?")
    assert asked.adapter is adapter
    assert answer.text == engine.text
    assert answer.prompt_tokens == 52
    assert answer.seconds_to_first_token == 0.25


async def test_nothing_is_called_where_the_first_token_would_not_begin_a_call():
    engine = Engine(first="The")

    answer = await Asking(engine, None).looked("Who wrote it?", near(0.5))

    assert answer == NOTHING
    assert len(engine.asked) == 1


async def test_nothing_is_asked_where_no_tool_is_near():
    engine = Engine(first="{")

    answer = await Asking(engine, None).looked("Who wrote it?", near(0.15))

    assert answer == NOTHING
    assert not engine.asked


async def test_examples_stand_as_turns_before_the_request_and_more_is_wanted_then():
    call = Call(TOOL.name, {"region": "eu"})
    engine = Engine(first="{", text=call.text)
    asking = Asking(engine, None)
    example = (Message("user", "us?"), Message("assistant", call.text))

    called = await asking.looked("eu up?", near(0.6), history=example)
    left = await asking.looked("eu up?", near(0.4), history=example)
    learned = await asking.looked("eu up?", near(0.4))

    assert engine.asked[0].messages[1:-1] == example
    assert (called.text, left, learned.text) == (call.text, NOTHING, call.text)


async def test_until_a_run_the_caller_adapter_is_shown_the_nearest_examples():
    case = COMMUNITY.task.train[0]
    engine = Engine(first="{", text=case.call.text)
    caller = SimpleNamespace(name="caller")
    base = SimpleNamespace(digest="0" * 64)
    wired = SimpleNamespace(engine=engine, caller=caller, skills=None, base=base)
    bench = Bench(SimpleNamespace(wired=wired), Remembering(Words()), 0)
    task = replace(COMMUNITY.task, test=(case,), ordinary=("Qwerty uiop",))

    shown = await Untrained(bench).show(replace(COMMUNITY, task=task), seed=0)

    [asked] = engine.asked
    assert asked.adapter is caller
    assert asked.messages[-3:] == (
        Message("user", case.request),
        Message("assistant", case.call.text),
        Message("user", case.request),
    )
    assert [answer.text for answer in shown.answers] == [case.call.text]
    assert shown.ordinary == [NOTHING]


class Undecided:
    """Names the one tool, and the other where nothing else may be called."""

    def __init__(self, **chances):
        self.chances = chances
        self.breaks_off = ""

    async def generate(self, generation):
        [name, *_] = [n for n in self.chances if n in generation.grammar]
        call = Call(name, {}).text
        call = call[:-1] if name == self.breaks_off else call
        said = ((call, math.log(self.chances[name])),)
        return Completion(call, "stop", 9, 52, 0.25, 0.5, {}, said)


@pytest.mark.parametrize(
    ("chances", "cosines", "called"),
    [
        ((0.9, 0.1), (0.5, 0.6), "player_lookup"),
        ((0.6, 0.4), (0.5, 0.7), "server_status"),
        ((0.6, 0.1), (0.7, 0.5), "player_lookup"),
    ],
)
async def test_another_tool_than_the_nearest_has_to_be_as_much_likelier(
    chances, cosines, called
):
    names = ("player_lookup", "server_status")
    tools = {t.name: t for t in COMMUNITY.task.tools}
    nearest_first = sorted(zip(cosines, names, strict=True), reverse=True)
    choice = Choice(
        [tools[name] for _, name in nearest_first],
        cosines=dict(zip(names, cosines, strict=True)),
    )
    engine = Undecided(**dict(zip(names, chances, strict=True)))

    answer = await Asking(engine, None).compared("is she up", choice)

    assert json.loads(answer.text)["name"] == called
    both = cosines[0] < cosines[1]  # each took 0.5 s
    assert answer.seconds_to_first_token == (1.0 if both else 0.25)


async def test_a_call_that_breaks_off_does_not_stand():
    tools = {t.name: t for t in COMMUNITY.task.tools}
    choice = Choice(
        [tools["server_status"], tools["player_lookup"]],
        cosines={"server_status": 0.9, "player_lookup": 0.2},
    )
    engine = Undecided(player_lookup=0.5, server_status=0.5)
    engine.breaks_off = "server_status"

    answer = await Asking(engine, None).compared("is she up", choice)

    assert json.loads(answer.text)["name"] == "player_lookup"


async def test_freely_there_is_neither_a_grammar_nor_a_first_look():
    engine = Engine(text=" Hello. ")

    answer = await Asking(engine, None).free("eu up?")

    [asked] = engine.asked
    assert (asked.grammar, asked.first_token_candidates) == ("", 0)
    assert (answer.text, answer.prompt_tokens) == ("Hello.", 52)


async def test_tools_that_are_shown_stand_before_the_request():
    engine = Engine()

    await Asking(engine, None).within("eu up?", Choice([TOOL]), [TOOL])

    [asked] = engine.asked
    said = asked.messages[-1].content
    assert said == with_tools("eu up?", [TOOL])
    assert said.startswith(
        'Tools:\n- server_status(region: "eu" | "us" | "asia"): Says'
    )
    assert said.endswith("\n\neu up?")
    assert asked.grammar


def test_what_is_copied_is_a_span_of_a_request_that_is_not_too_long():
    ticket = next(t for t in COMMUNITY.task.tools if t.name == "ticket_search")
    examples = [(c.request, c.call) for c in COMMUNITY.task.train]
    choice = Choice([ticket], examples)

    short = choice.grammar("find tickets about zebras")
    long = choice.grammar("find tickets about zebras " * 60)

    assert "zebras" in short
    assert "zebras" not in long
    assert len("find tickets about zebras " * 60) > MOST_COPIED_FROM
