"""Questions made of a subject and the kind of answer that is wanted, nothing else."""

import random

from learning.lesson import Lesson, LessonKind
from learning.statement import kind_of_statement
from learning.subject import content_words, kind_of_question, short_forms

FRAMES = {
    "person": (
        "who is the person for {s}",
        "Whom do I ask about {s}?",
        "who deals with {s}?",
        "Which of us does {s}?",
        "who's behind {s}",
        "I need somebody for {s}, who is it?",
    ),
    "place": (
        "Where do I go for {s}?",
        "which place is it for {s}",
        "I am looking for {s}, where?",
        "{s}: where exactly?",
        "Where should I look for {s}?",
        "what's the spot for {s}",
    ),
    "time": (
        "When is {s}?",
        "what time for {s}",
        "By when do I have to be ready for {s}?",
        "which day or hour, {s}?",
        "I don't want to miss {s}, when is it?",
        "since or until when, {s}?",
    ),
    "count": (
        "What is the number for {s}?",
        "how many or how much for {s}",
        "Which figure is right for {s}?",
        "{s}, what number was it again?",
        "how much do I need for {s}",
        "what is the limit or the amount with {s}",
    ),
    "reason": (
        "What is the reason with {s}?",
        "how come, {s}?",
        "{s}, what happened?",
        "what is behind it, {s}",
    ),
    "way": (
        "What do I have to do for {s}?",
        "how does it work with {s}",
        "What are the steps for {s}?",
        "I want something from {s}, what now?",
        "what's the way to do it, {s}",
        "{s}: what must I do first?",
    ),
    "": (
        "What should I know about {s}?",
        "remind me, what was it about {s}",
        "Can you say something about {s}?",
        "{s}, what is it I have to remember?",
        "what was that thing with {s}",
        "any news on {s}?",
    ),
}

CUES = (
    "{s}: {w}?",
    "what about the {w}, {s}",
    "I have a question on {s}, it is about the {w}.",
    "Which {w} was it with {s}?",
    "{w} of {s}?",
    "{s}, the thing with the {w}, what was it?",
)


def framed(lesson: Lesson, name: str, draw: random.Random, count: int) -> list[str]:
    """Ask by the kind of answer alone, as people do who forgot the right word."""
    if not name:
        return []
    frames = list(FRAMES[kind_of_question(lesson.question)])
    if lesson.kind is LessonKind.FACT:
        frames = draw.sample(FRAMES[kind_of_statement(lesson.text)], 3)
        frames += draw.sample(FRAMES[""], 3)
    forms = [name, *short_forms(name)]
    chosen = draw.sample(frames, min(count, len(frames)))
    return [frame.format(s=draw.choice(forms)) for frame in chosen]


def cued(lesson: Lesson, name: str, draw: random.Random, count: int) -> list[str]:
    """Ask by one word of a lesson and its subject, as people who type in haste do.

    What is asked for is often the one word that two lessons on a subject differ in.
    """
    asked = lesson.question if lesson.kind is LessonKind.QA else lesson.text
    known = frozenset(name.lower().split())
    cues = [w for w in content_words(asked) if w not in known and w in asked]
    cues = [w for w in cues if w.isalpha()] or cues
    if not name or not cues:
        return []
    forms = [name, *short_forms(name)]
    chosen = draw.sample(CUES, min(count, len(CUES)))
    return [
        frame.format(s=draw.choice(forms), w=cues[i % len(cues)])
        for i, frame in enumerate(chosen)
    ]
