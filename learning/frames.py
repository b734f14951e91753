"""Questions made of a subject and the kind of answer that is wanted, nothing else."""

import random
import re

from learning.lesson import Lesson, LessonKind
from learning.subject import kind_of_question, short_forms

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


def kind_of_statement(text: str) -> str:
    """Guess what kind of question a statement answers from the look of its value."""
    if re.search(r"\b(?:moved? to|lives? (?:in|at)|hangs?|lies?|located|kept)\b", text):
        return "place"
    if re.search(r"\d:\d\d|\b(?:at|until|from) \d", text):
        return "time"
    if re.search(r"\d", text):
        return "count"
    if re.match(r"[A-Z][\w-]+ [A-Z][\w-]+ [a-z]", text):
        return "person"
    if re.search(r"\b(?:behind|under|in|at|to|on|near|beside) (?:the|our)\b", text):
        return "place"
    return ""
