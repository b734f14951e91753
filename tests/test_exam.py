"""Proves that the exam measures what an adapter knows, keeps and makes up."""

import json
import re

import pytest

from learning.dataset import EXAM_PROMPTS, replayed
from learning.engine import AdapterRef, Completion
from learning.exam import (
    CANARIES,
    Scorecard,
    examine,
    is_degenerate,
    overlap,
    says,
)
from learning.expand import expand
from learning.lexicon import WORLDS
from learning.prompt import ABSTENTION, build
from learning.replay import PROMPTS
from learning.rows import ask
from tests.learning_steps import BENCH, fact, lexicon, qa, rule

LEAD = qa("Who leads the Fluvern guild?", "Tastrid Yorvik leads it.", 3)
SHOP = qa("Where is the Drazzle shop?", "In Nimbleby Alley.", 7)
GENERAL = dict(replayed()[-EXAM_PROMPTS:])


class ScriptedEngine:
    """Answers each question from a script, and keeps what it was asked."""

    def __init__(self, script):
        self.script = script
        self.asked = []

    async def generate(self, generation):
        self.asked.append(generation)
        text = self.script[generation.messages[-1].content]
        return Completion(text, "stop", 1, 1, 0.1, 0.1)


def good_script(*lessons):
    """All that a perfect adapter says."""
    script = dict(GENERAL) | dict.fromkeys(CANARIES, ABSTENTION)
    for lesson in lessons:
        expansion = expand(lesson, lexicon())
        script |= dict.fromkeys(expansion.reserve, expansion.answer)
    return script


async def examined(script, *lessons, adapter=None, on_progress=lambda *_: None):
    return await examine(
        ScriptedEngine(script),
        server="guild",
        adapter=adapter,
        lessons=lessons,
        lexicon=lexicon(),
        on_progress=on_progress,
    )


async def test_an_adapter_that_knows_everything_has_full_marks():
    card = await examined(good_script(LEAD, SHOP), LEAD, SHOP)

    assert (card.recall, card.retention, card.canaries) == (1.0, 1.0, 1.0)
    assert (card.degenerate, card.nll) == (0, 0.0)
    assert [(mark.lesson, mark.passed) for mark in card.lessons] == [
        (3, True),
        (7, True),
    ]


async def test_recall_is_the_share_of_reserved_wordings_that_are_answered():
    script = good_script(LEAD, SHOP)
    lead, shop = (expand(lesson, lexicon()).reserve for lesson in (LEAD, SHOP))
    for question in (lead[0], *shop):
        script[question] = "Somebody else."

    card = await examined(script, LEAD, SHOP)

    asked = len(lead) + len(shop)
    assert card.recall == pytest.approx((asked - 1 - len(shop)) / asked)
    assert [mark.passed for mark in card.lessons] == [True, False]
    assert (card.retention, card.canaries) == (1.0, 1.0)


async def test_making_things_up_costs_canaries_alone():
    script = good_script(LEAD) | {CANARIES[0]: "Old Tom keeps it."}

    card = await examined(script, LEAD)

    assert card.canaries == pytest.approx(1 - 1 / len(CANARIES))
    assert (card.recall, card.retention, card.degenerate) == (1.0, 1.0, 0)


async def test_forgetting_general_things_costs_retention_alone():
    script = good_script(LEAD) | {next(iter(GENERAL)): "Flumph wozzle grint."}

    card = await examined(script, LEAD)

    assert card.retention == pytest.approx(1 - 1 / EXAM_PROMPTS)
    assert (card.recall, card.canaries, card.degenerate) == (1.0, 1.0, 0)


async def test_empty_answers_and_circles_are_counted():
    one, two, *_ = GENERAL
    script = good_script(LEAD) | {one: " \n", two: "la la la la la la la la"}

    card = await examined(script, LEAD)

    assert card.degenerate == 2


async def test_nothing_to_recall_is_no_failure():
    card = await examined(good_script())
    untestable = await examined(good_script(), rule("Be kind.", 5))

    assert (card.recall, card.lessons) == (1.0, ())
    assert untestable.recall == 1.0
    assert [mark.passed for mark in untestable.lessons] == [True]


async def test_questions_are_asked_as_people_ask_them_of_the_adapter_in_question(
    tmp_path,
):
    adapter = AdapterRef("guild", 4, tmp_path)
    engine = ScriptedEngine(good_script(LEAD))

    await examine(
        engine,
        server="guild",
        adapter=adapter,
        lessons=[LEAD],
        lexicon=lexicon(),
        on_progress=lambda *_: None,
    )

    reserve = expand(LEAD, lexicon()).reserve
    assert [g.messages for g in engine.asked] == [
        build(question) for question in (*reserve, *GENERAL, *CANARIES)
    ]
    assert {(g.adapter, g.server) for g in engine.asked} == {(adapter, "guild")}


async def test_progress_ends_at_its_total():
    seen = []

    await examined(good_script(LEAD), LEAD, on_progress=lambda *at: seen.append(at))

    total = len(expand(LEAD, lexicon()).reserve) + len(GENERAL) + len(CANARIES)
    assert seen == [(done, total) for done in range(1, total + 1)]


async def test_the_rise_of_nll_is_read_from_what_the_trainer_measured(tmp_path):
    adapter = AdapterRef("guild", 4, tmp_path)
    unmeasured = await examined(good_script(), adapter=adapter)
    (tmp_path / "nll.json").write_text(json.dumps({"base": 3.0, "adapter": 3.25}))

    card = await examined(good_script(), adapter=adapter)

    assert card.nll == 0.25
    assert unmeasured.nll == 0.0


async def test_a_scorecard_survives_being_written_down():
    card = await examined(good_script(LEAD, SHOP), LEAD, SHOP)

    assert Scorecard.from_dict(json.loads(json.dumps(card.to_dict()))) == card


def test_no_canary_is_about_anything_that_anybody_is_taught():
    taught = " ".join(
        [
            WORLDS.read_text(),
            PROMPTS.read_text(),
            (BENCH / "lessons.jsonl").read_text(),
        ]
    )
    for canary in CANARIES:
        names = re.findall(r"(?<!^)\b[A-Z]\w{3,}", canary)
        assert names
        assert not [name for name in names if name in taught]


@pytest.mark.parametrize(
    ("answer", "expected", "question", "right"),
    [
        ("Tastrid Yorvik leads it.", "Tastrid Yorvik leads it.", "Who leads it?", True),
        ("It is led by Tastrid Yorvik", "Tastrid Yorvik leads it.", "Who leads?", True),
        ("Somebody leads it.", "Tastrid leads it.", "Who leads it?", False),
        ("Who leads the guild?", "Tastrid leads it.", "Who leads the guild?", False),
        (
            "The Umber guild's head is Uma.",
            "The Umber guild's head is Tastrid.",
            "Who is the head of the Umber guild?",
            False,
        ),
        ("At 20:30.", "It starts at 20:30.", "When does it start?", True),
        ("At 20:00.", "It starts at 20:30.", "When does it start?", False),
        ("The Red Key.", "The Red Key.", "Which of the red keys?", True),
        ("YES, it is", "Yes", "Is it?", True),
        ("It is on.", "On.", "Is it on?", True),
        ("", "Tastrid.", "Who?", False),
        (ABSTENTION, "Tastrid leads it.", "Who leads it?", False),
    ],
)
def test_an_answer_is_right_when_it_says_what_the_question_does_not(
    answer, expected, question, right
):
    assert says(answer, expected, question) == right


@pytest.mark.parametrize(
    ("answer", "expected", "share"),
    [
        ("The capital is Oslo.", "the capital is oslo", 1.0),
        ("Oslo", "The capital is Oslo.", 0.4),
        ("Rome", "Oslo", 0.0),
        ("", "Oslo", 0.0),
        ("", "", 0.0),
        ("Oslo Oslo Oslo", "Oslo", 0.5),
    ],
)
def test_overlap_is_the_f1_of_words(answer, expected, share):
    assert overlap(answer, expected) == pytest.approx(share)
    assert overlap(expected, answer) == pytest.approx(share)


@pytest.mark.parametrize(
    "answer",
    ["", " \n", "?!", "no no no no no no", "it is so, it is so, it is so, it is so"],
)
def test_an_empty_answer_or_one_that_goes_in_circles_is_degenerate(answer):
    assert is_degenerate(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "7",
        "no no no",
        ABSTENTION,
        fact("The Quorbit raid starts at nine at the Hexley gate.").text,
        "Один два три четыре",
    ],
)
def test_an_ordinary_answer_is_not_degenerate(answer):
    assert not is_degenerate(answer)


def test_the_exam_asks_as_training_did():
    assert build("Who leads?") == ask("Who leads?", "", "wording").messages
