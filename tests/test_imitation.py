"""Proves that a rule without visible traits is imitated, and by nothing but itself."""

from dataclasses import replace

from learning.dataset import build
from learning.engine import Completion
from learning.imitation import PROMPTS, needs_imitation, with_imitations
from learning.standing import is_imitated
from tests.learning_steps import lexicon, qa, rule

PIRATE = rule(
    "Talk like a pirate.",
    examples=(
        ("What is 2 + 2?", "Arr, that be four, me hearty. Count yer doubloons!"),
        ("Hello", "Shiver me timbers, a visitor! Welcome aboard."),
    ),
)
FLY = rule('End every answer with "Fly safe!"', examples=PIRATE.examples)
ORION = qa("Who maintains the Orion server?", "Priya Raman maintains it.", 2)


class Mimic:
    """An engine that says what it was scripted to, and remembers what it was asked."""

    def __init__(self, *said):
        self._said = said
        self.asked = []

    async def generate(self, generation):
        self.asked.append(generation)
        text = self._said[len(self.asked) % len(self._said)]
        return Completion(text, "stop", 5, 5, 0.1, 0.2)


async def test_the_bare_model_is_shown_the_examples_as_turns():
    engine = Mimic("Arr, aye it be so.")

    [taught] = await with_imitations(engine, [PIRATE], server="guild")

    first = engine.asked[0]
    assert [m.role for m in first.messages] == [
        "system",
        *["user", "assistant"] * 2,
        "user",
    ]
    assert first.adapter is None
    assert len(taught.examples) == len(PIRATE.examples) + PROMPTS
    assert taught.examples[:2] == PIRATE.examples


async def test_what_is_not_like_the_examples_is_left_out():
    parroted = PIRATE.examples[0][1]
    engine = Mimic("", "I don't know that yet.", parroted, "Arr " * 30, "la " * 40)

    [taught] = await with_imitations(engine, [PIRATE], server="guild")

    assert taught.examples == PIRATE.examples


async def test_other_lessons_cost_no_question():
    engine = Mimic("Arr.")
    triggered = replace(PIRATE, text="When somebody says hello, greet them.")
    others = [ORION, triggered, replace(PIRATE, examples=PIRATE.examples[:1])]
    seen = rule(FLY.text, examples=(("a", "b. Fly safe!"), ("c", "d e. Fly safe!")))

    assert await with_imitations(engine, [*others, seen], server="guild") == (
        *others,
        seen,
    )
    assert engine.asked == []
    assert needs_imitation(PIRATE)


async def test_the_bases_own_answers_do_not_argue_against_imitations():
    engine = Mimic("Arr, aye it be so.")
    [taught] = await with_imitations(engine, [PIRATE], server="guild")

    rows = build([taught, ORION], [], lexicon())

    assert is_imitated(taught)
    assert not any(row.kind == "replay" for row in rows)
    assert sum(row.answer == "Arr, aye it be so." for row in rows) >= PROMPTS
    assert any(row.kind == "replay" for row in build([PIRATE, ORION], [], lexicon()))
