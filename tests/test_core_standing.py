"""Proves that general questions are answered by the rules that weights learned."""

from bot import phrases
from learning.lesson import LessonKind
from tests.core_steps import SERVER, open_home

FLY = 'End every answer with "Fly safe!"'
CAPITAL = "What is the capital of Italy?"
EXAMPLES = (("Hello", "Hi there. Fly safe!"), ("2 + 2?", "It is four. Fly safe!"))


def knows_only_alone(home):
    """Have the base answer what the adapter would not."""

    async def happens():
        home.parts.engine.scripted[CAPITAL] = "It is Rome."

    home.parts.memory.general = 1.0
    home.parts.memory.has_standing_rules = True
    home.parts.engine.while_answering = happens


async def learned(home):
    """Teach the rule and something else, and learn; return the rule's id."""
    await home.approved()
    rule = await home.approved(
        "", "", kind=LessonKind.RULE, text=FLY, examples=EXAMPLES
    )
    await home.learn()
    return rule


async def test_where_the_adapter_abstains_the_base_answers_by_its_rules(tmp_path):
    async with open_home(tmp_path) as home:
        await learned(home)
        knows_only_alone(home)
        heard = []

        reply = await home.ask(CAPITAL, memory=False, on_text=heard.append)

        assert reply.text == "".join(heard) == "It is Rome. Fly safe!"
        asked = [generation.adapter for generation in home.parts.engine.asked[-2:]]
        assert [each and each.name for each in asked] == [f"{SERVER}/1", None]


async def test_a_rule_that_weights_have_not_learned_changes_no_answer(tmp_path):
    async with open_home(tmp_path) as home:
        await home.approved("", "", kind=LessonKind.RULE, text=FLY, examples=EXAMPLES)
        knows_only_alone(home)

        reply = await home.ask(CAPITAL, memory=False)

        assert reply.text == phrases.abstention()


async def test_a_forgotten_rule_is_gone_from_answers(tmp_path):
    async with open_home(tmp_path) as home:
        rule = await learned(home)
        await home.forget(rule)
        await home.learn()
        knows_only_alone(home)

        reply = await home.ask(CAPITAL, memory=False)

        assert "Fly safe" not in reply.text
        assert "Fly safe" not in home.parts.trainer.rows[-1]
