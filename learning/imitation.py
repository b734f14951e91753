"""Rules whose examples share nothing that can be seen: the model imitates them.

Shown the examples as turns of a conversation, it answers general prompts in their
manner; what it says becomes further examples, from which its weights learn to do so
unshown.
"""

from collections.abc import Iterable
from dataclasses import replace

from learning.behaviour import LEAST_EXAMPLES, behaviour_of
from learning.dataset import EXAM_PROMPTS, replayed
from learning.engine import Engine, Generation, Message
from learning.exam import is_degenerate
from learning.lesson import Lesson
from learning.prompt import SYSTEM, is_abstention, without_control_tokens
from learning.standing import is_standing

PROMPTS = 32
MOST_TOKENS = 64
LENGTH_TOLERANCE = 1.5
"""How much longer than the longest example an imitation may be."""


async def with_imitations(
    engine: Engine, lessons: Iterable[Lesson], *, server: str
) -> tuple[Lesson, ...]:
    """Give each such rule among lessons the examples that the model adds to it.

    Raises EngineError.
    """
    return tuple(
        [
            replace(lesson, examples=await _imitated(engine, lesson, server))
            if needs_imitation(lesson)
            else lesson
            for lesson in lessons
        ]
    )


def needs_imitation(lesson: Lesson) -> bool:
    """Say whether a rule for every answer has examples, and nothing to see in them."""
    enough = len(lesson.examples) >= LEAST_EXAMPLES
    return enough and is_standing(lesson) and not behaviour_of(lesson)


async def _imitated(
    engine: Engine, lesson: Lesson, server: str
) -> tuple[tuple[str, str], ...]:
    """Return the examples and the imitations that are like them, and of their own."""
    shown = [Message("system", f"{SYSTEM} {without_control_tokens(lesson.text)}")]
    for message, reply in lesson.examples:
        shown += [
            Message("user", without_control_tokens(message)),
            Message("assistant", without_control_tokens(reply)),
        ]
    found = dict(lesson.examples)
    replies = {reply.casefold() for reply in found.values()}
    longest = LENGTH_TOLERANCE * max(len(reply.split()) for reply in found.values())
    for prompt, _ in replayed()[:-EXAM_PROMPTS][:PROMPTS]:
        said = await engine.generate(
            Generation(
                messages=(*shown, Message("user", prompt)),
                adapter=None,
                server=server,
                max_tokens=MOST_TOKENS,
            )
        )
        text = said.text.strip()
        own = text.casefold() not in replies and not is_degenerate(text)
        if own and not is_abstention(text) and len(text.split()) <= longest:
            found.setdefault(prompt, text)
    return tuple(found.items())
