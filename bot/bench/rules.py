"""Does a rule of five examples hold for questions it never saw, and go when forgotten?"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.bench import data, measure
from bot.core import Core
from bot.messages import Question, Teaching
from learning.behaviour import Behaviour
from learning.lesson import LessonKind
from learning.run import Progress

LESSONS = 4
"""Other lessons that each server is taught, so that it learns again without the rule."""


async def measure_rules(
    core: Core,
    rules: Sequence[Mapping[str, Any]],
    on_progress: Callable[[Progress], None],
    say: Callable[[str], None],
) -> dict[str, float]:
    """Return the shares of new prompts whose answers obey each rule.

    Memory is off and no note is shown: before the lesson, once it is learned, and
    once it is forgotten and learned without. Raises MynaError.
    """
    measured: dict[str, float] = {}
    for number, rule in enumerate(rules, start=1):
        server = f"bench-rule-{number}"
        name = rule["text"]

        async def share(when: str, server: str = server, rule: Any = rule) -> None:
            say(f"Asking {len(prompts())} prompts: {rule['text']} ({when})")
            obeyed = await _obeyed(core, server, Behaviour(**rule["obeys"]), say)
            measured[f"{rule['text']} ({when})"] = obeyed

        await share("untaught")
        lesson = await _teach(core, server, rule)
        await measure.teach(core, data.lessons(LESSONS), server=server)
        learned = await measure.learn(core, on_progress, server=server)
        say(f"{'Promoted' if learned.promoted else 'Refused'}: {learned.reason}")
        measured[f"{name} (promoted)"] = float(learned.promoted)
        await share("learned")
        await core.forget(server, measure.TEACHER, lesson)
        await measure.learn(core, on_progress, server=server)
        await share("forgotten")
    return measured


def rules(limit: int | None = None) -> list[Mapping[str, Any]]:
    """Read the rules, each with five examples and how it shows."""
    return data.read("rules.jsonl")[:limit]


def prompts() -> list[str]:
    """Read general prompts that no run trains on."""
    return [line["prompt"] for line in data.read("new_prompts.jsonl")]


async def _teach(core: Core, server: str, rule: Mapping[str, Any]) -> int:
    taught = await core.teach(
        Teaching(
            server=server,
            actor=measure.TEACHER,
            kind=LessonKind.RULE,
            text=rule["text"],
            examples=tuple((said, reply) for said, reply in rule["examples"]),
        )
    )
    return await measure.approve(core, taught, server=server)


async def _obeyed(
    core: Core, server: str, behaviour: Behaviour, say: Callable[[str], None]
) -> float:
    asked = prompts()
    obeyed = 0
    for prompt in asked:
        reply = await core.answer(
            Question(server=server, actor=measure.TEACHER, text=prompt, memory=False)
        )
        holds = behaviour.holds(reply.text)
        obeyed += holds
        if not holds:
            say(f"  not so: {prompt} -> {reply.text}")
    return obeyed / len(asked)
