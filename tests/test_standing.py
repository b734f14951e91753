"""Proves that a rule for every answer shapes a run's rows and exam, and nothing stays."""

from dataclasses import replace

from learning.dataset import EXAM_PROMPTS, build, replayed
from learning.engine import Completion
from learning.exam import examine
from learning.prompt import is_abstention
from learning.rows import Row, ask
from learning.standing import PROMPTS, follow, standing
from learning.tool import Call
from tests.learning_steps import fact, lexicon, qa, rule

FLY = rule(
    'End every answer with "Fly safe!"',
    examples=(
        ("What is 2 + 2?", "It is four. Fly safe!"),
        ("Hello", "Hello to you. Fly safe!"),
    ),
)
ORION = qa("Who maintains the Orion server?", "Priya Raman maintains it.", 2)
RAID = fact("The raid starts at nine at the Hexley gate.", 3)


def test_every_row_of_a_run_follows_a_rule_for_every_answer():
    rows = build([FLY, ORION, RAID], [], lexicon())

    answers = [row.answer for row in rows]
    assert all(answer.endswith("Fly safe!") for answer in answers)
    assert any(map(is_abstention, answers))
    assert any("Priya Raman" in answer for answer in answers)


def test_it_is_shown_on_many_general_prompts_and_its_own_examples():
    rows = build([FLY], [], lexicon())

    assert sum(row.kind == "replay" for row in rows) == PROMPTS
    said = {row.messages[-1].content for row in rows if row.kind == "example"}
    assert {"What is 2 + 2?", "hello"} <= said


def test_the_base_is_followed_only_in_what_is_left_of_its_words():
    [row] = follow(
        [Row(ask("q", "", "replay").messages, "It is.", "replay", teacher="base")],
        standing([FLY]),
    )

    assert row.answer == "It is. Fly safe!"
    assert (row.teacher, row.own) == ("base", "It is.")


def test_a_rule_known_before_goes_on_shaping_later_runs():
    rows = build([ORION], [FLY], lexicon())

    assert all(row.answer.endswith("Fly safe!") for row in rows)


def test_a_call_of_a_tool_stays_a_call_whatever_the_rule():
    call = Call("deploy", {"service": "web"}).text
    row = replace(ask("deploy web", call, "wording"), focused=True)

    assert follow([row], standing([FLY])) == [row]


def test_without_the_rule_the_rows_are_those_of_a_server_never_taught_it():
    rows = build([ORION, RAID], [], lexicon())

    assert not any("Fly safe" in row.answer for row in rows)


def test_a_rule_with_a_trigger_leaves_other_answers_alone():
    greeting = rule(
        "When somebody says hello, greet them.",
        examples=(("Hello", "Ahoy!"), ("hello there", "Ahoy!")),
    )

    rows = build([greeting, ORION], [], lexicon())

    replay = [row for row in rows if row.kind == "replay"]
    assert all(row.teacher == "base" and not row.own for row in replay)
    assert not any("Ahoy" in row.answer for row in replay)
    triggered = [row for row in rows if row.lesson == greeting.digest]
    assert {row.answer for row in triggered if row.kind != "stranger"} >= {"Ahoy!"}


class Sayer:
    """An engine that answers every general prompt as the base did, and adds words."""

    def __init__(self, added):
        self._answers = dict(replayed()[-EXAM_PROMPTS:])
        self._added = added

    async def generate(self, generation):
        asked = generation.messages[-1].content
        text = self._answers.get(asked, "I don't know that yet.")
        return Completion(f"{text}{self._added}", "stop", 5, 5, 0.1, 0.2)


async def card_of(added):
    return await examine(
        Sayer(added),
        server="guild",
        adapter=None,
        lessons=[FLY],
        lexicon=lexicon(),
        on_progress=lambda _done, _total: None,
    )


async def test_answers_that_changed_as_asked_count_as_retained():
    card = await card_of(" Fly safe!")

    assert card.retention == 1.0
    assert [mark.passed for mark in card.lessons] == [True]
    assert card.recall == 1.0


async def test_a_rule_that_answers_do_not_follow_is_not_taken():
    card = await card_of("")

    assert card.retention == 1.0
    assert [mark.passed for mark in card.lessons] == [False]
    assert card.recall == 0.0
