"""One scenario on every platform: ask, teach, review, ask, learn, ask, forget, ask.

Each platform is the real library on a simulated one; a stage says how people do each
step there, and the scenario says what they must read.
"""

import pytest

from tests.platform_stages import discord, slack, terminal

QUESTION = "Who maintains the Orion staging server?"
REWORDED = "Who maintains Orion staging?"
ANSWER = "Priya Raman does."

STAGES = {
    "terminal": terminal,
    "discord": discord,
    "slack, socket mode": slack("socket"),
    "slack, http": slack("http"),
}


@pytest.mark.parametrize("platform", STAGES)
async def test_it_is_taught_reviewed_asked_trained_and_made_to_forget(
    platform, tmp_path
):
    async with STAGES[platform](tmp_path) as stage:
        unknown = await stage.ask(QUESTION)
        taught = await stage.teach(QUESTION, ANSWER)
        waiting = await stage.ask(QUESTION)
        approved = await stage.approve()
        from_memory = await stage.ask(REWORDED)
        learned = await stage.learn()
        after_learning = await stage.ask(REWORDED)
        forgotten = await stage.forget()
        gone = await stage.ask(QUESTION)

    assert "I don't know that yet" in unknown
    assert "Lesson 1 is waiting for review" in taught
    assert "I don't know that yet" in waiting
    assert "approved" in approved
    assert ANSWER in from_memory
    assert "lesson 1, taught by" in from_memory
    assert "Learned 1 lesson" in learned
    assert ANSWER in after_learning
    assert "Lesson 1 is forgotten" in forgotten
    assert "I don't know that yet" in gone
    assert ANSWER not in gone
