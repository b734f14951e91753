"""The approved lessons that a draft may repeat or contradict, with how alike they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learning.sentences import sentences

if TYPE_CHECKING:
    from learning.lesson import Lesson
    from learning.memory import Memory

LOOKED_AT = 25
"""How many like a text are looked up, before their scope is."""
MOST_SENTENCES = 12
"""Sentences of a draft that are looked up one by one; each takes 20 ms."""


def alike(memory: Memory, server: str, text: str) -> list[tuple[Lesson, float, float]]:
    """Return lessons, each with its cosine to the text and to its closest sentence.

    The likest come first. A long text drowns the sentence that matters: "Its capital
    is Paris" after three others has a cosine of 0.3 to the question it answers.
    """
    whole = {
        lesson.id: (lesson, cosine)
        for lesson, cosine in memory.similar(server, text, limit=LOOKED_AT)
    }
    closest = {number: cosine for number, (_, cosine) in whole.items()}
    found = {number: lesson for number, (lesson, _) in whole.items()}
    parts = sentences(text)[:MOST_SENTENCES]
    for part in parts if len(parts) > 1 else ():
        for lesson, cosine in memory.similar(server, part, limit=LOOKED_AT):
            found[lesson.id] = lesson
            closest[lesson.id] = max(closest.get(lesson.id, cosine), cosine)
    ranked = sorted(found, key=lambda number: -closest[number])
    return [
        (found[number], whole[number][1] if number in whole else 0.0, closest[number])
        for number in ranked
    ]
