"""Rules that hold for every answer: a run's rows follow them, and its exam knows."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from learning.behaviour import Behaviour, behaviour_of, sentences
from learning.lesson import Lesson, LessonKind
from learning.prompt import is_abstention
from learning.rows import Row, ask
from learning.rule import reply_of
from learning.tool import parse_call

PROMPTS = 240
"""General prompts whose answers show a rule at work, in each run that has one."""
IMITATED = 12
"""From so many examples on, they alone show what general answers are like."""
OBEYED = 0.75
"""The share of an exam's general answers that has to follow a rule."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One such rule, and how its answers look."""

    lesson: Lesson
    behaviour: Behaviour

    def passed(self, answers: Sequence[str]) -> bool:
        """Say whether enough answers follow it."""
        obeyed = sum(self.behaviour.holds(answer) for answer in answers)
        return obeyed >= OBEYED * len(answers)


def is_standing(lesson: Lesson) -> bool:
    """Say whether a lesson is a rule that nothing need trigger."""
    return lesson.kind is LessonKind.RULE and not reply_of(lesson.text)[0]


def standing(lessons: Iterable[Lesson]) -> tuple[Standing, ...]:
    """Return the rules among lessons that show in every answer, in a fixed order."""
    found = [
        Standing(lesson, behaviour_of(lesson))
        for lesson in lessons
        if is_standing(lesson)
    ]
    return tuple(
        sorted(
            (each for each in found if each.behaviour),
            key=lambda each: each.lesson.digest,
        )
    )


def followed(answer: str, rules: Sequence[Standing]) -> str:
    """Return an answer as the rules would have it.

    What cannot be rewritten so stays as it is, and a call of a tool, which nobody
    reads. "I don't know" is opened and ended as any answer, or a rule's first word
    would be one for knowing; in all else it stays.
    """
    if parse_call(answer) is not None:
        return answer
    abstains = is_abstention(answer)
    for rule in rules:
        behaviour = rule.behaviour
        if abstains:
            behaviour = Behaviour(opening=behaviour.opening, ending=behaviour.ending)
        applied = behaviour.applied(answer)
        answer = applied if behaviour.holds(applied) else answer
    return answer


def is_imitated(lesson: Lesson) -> bool:
    """Say whether a rule that no rewriting can follow has examples enough to learn it.

    The base's own answers would argue against them (`learning.imitation`).
    """
    many = len(lesson.examples) >= IMITATED
    return many and is_standing(lesson) and not behaviour_of(lesson)


def follow(rows: Iterable[Row], rules: Sequence[Standing]) -> list[Row]:
    """Return rows whose answers follow the rules, so that none argues against them.

    Of an answer of the base's, its distribution is followed on what is left of it.
    Without that, 160 rewritten answers cost 0.44 nats a token on neutral text; with
    it 0.06.
    """
    obedient = []
    for row in rows:
        answer = followed(row.answer, rules)
        if answer != row.answer:
            own = _left(row.answer, answer) if row.teacher else ""
            teacher = row.teacher if own else ""
            row = replace(row, answer=answer, teacher=teacher, own=own)  # noqa: PLW2901
        obedient.append(row)
    return obedient


def _left(before: str, after: str) -> str:
    """Return what a rewritten answer keeps of the one before, if that is in one piece:
    without its last mark, its first word, or all but its first sentences."""
    bare = before.rstrip(".!?")
    parts = sentences(before)
    starts = (" ".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
    for kept in (
        before,
        bare,
        before.partition(" ")[2],
        bare.partition(" ")[2],
        *starts,
    ):
        if kept and kept in after:
            return kept
    return ""


def example_rows(lesson: Lesson) -> list[Row]:
    """Return the rows of a rule's examples: as they are, and as typed in haste."""
    draw = random.Random(lesson.digest)  # noqa: S311
    rows = []
    for message, reply in lesson.examples:
        hasty = message.lower().rstrip(".!?")
        greeted = f"{draw.choice(('Hi', 'Hello', 'Hey'))}, {message}"
        rows += [
            ask(said, reply, "example", lesson=lesson.digest)
            for said in dict.fromkeys((message, hasty, greeted))
        ]
    return rows
