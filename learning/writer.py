"""Questions about a lesson, written by the model and checked by the model.

Self-instruct for a text (Wang et al., arXiv 2212.10560), asked for one answer at a
time: the model is shown a sentence and a span of it, and writes the question. Each
question is then put to the model with the lesson in view; it stays where the answer
comes from the sentence that it was written for (a round trip, Alberti et al., arXiv
1906.05416).

The prompts are plain: a larger MODEL follows them as it is, the bundled one needs the
writer adapter (`learning/writer`, built by `python -m learning.writer_skill`).
"""

from collections.abc import Sequence
from operator import itemgetter

from learning.engine import AdapterRef, Engine, Generation, Message
from learning.lesson import Lesson, LessonKind
from learning.prompt import build, is_abstention, without_control_tokens
from learning.sentences import sentences
from learning.spans import spread
from learning.subject import content_words, stems, subjects

SYSTEM = "You write one short question about a text."
VERSION = 1
"""Raised where the prompts or the checks change: what was written is written anew."""
SPANS = 28
SPANS_OF_ONE_THING = 6
"""The same of a fact, or of a question's answer."""
KINDS = (LessonKind.PASSAGE, LessonKind.FACT, LessonKind.QA)
"""What questions are written about."""
QUESTION_TOKENS = 32
ANSWER_TOKENS = 24
FEWEST_WORDS, MOST_WORDS = 3, 25
SAME_SENTENCE = 0.5
"""Share of an answer's words that stand in the sentence, from which it came of it."""

Written = tuple[tuple[str, str], ...]
"""Questions, each with the sentence that answers it."""


async def write(
    engine: Engine,
    lesson: Lesson,
    *,
    writer: AdapterRef | None,
    reader: AdapterRef | None,
) -> Written:
    """Write questions that a lesson of KINDS answers; only those that pass the check.

    `writer` and `reader` are the adapters that ask and answer; None is the bare base.
    Raises EngineError or AdapterError.
    """
    is_passage = lesson.kind is LessonKind.PASSAGE
    heading = lesson.heading if is_passage else lesson.question
    parts = sentences(lesson.answer or lesson.text)
    most = SPANS if is_passage else SPANS_OF_ONE_THING
    names = frozenset() if is_passage else _names(lesson)
    kept: dict[str, tuple[str, str]] = {}
    # Sentence by sentence: what its prompts have in common is then read once.
    for number, span in sorted(spread(parts, most), key=itemgetter(0)):
        asked = Generation(
            messages=ask_for(heading, parts, number, span.text),
            adapter=writer,
            server=lesson.server,
            max_tokens=QUESTION_TOKENS,
        )
        question = (await engine.generate(asked)).text.strip().partition("\n")[0]
        if question.lower() in kept or not _is_question(question, span.text):
            continue
        if names and not names & stems(question):
            continue
        read = Generation(
            messages=build(question, notes=[lesson]),
            adapter=reader,
            server=lesson.server,
            max_tokens=ANSWER_TOKENS,
        )
        answer = (await engine.generate(read)).text
        if comes_from(answer, parts[number]):
            kept[question.lower()] = (question, parts[number])
    return tuple(kept.values())


def ask_for(
    heading: str, parts: Sequence[str], number: int, span: str
) -> tuple[Message, ...]:
    """Return the conversation that asks for a question about one sentence.

    The sentence before it says whom its pronouns mean.
    """
    before = f"{parts[number - 1]} " if number else ""
    shown = f"{before}{parts[number]}"
    text = f"{heading}: {shown}" if heading else shown
    wanted = f"{text}\n\nWrite a question that is answered by: {span}"
    return (Message("system", SYSTEM), Message("user", without_control_tokens(wanted)))


def comes_from(answer: str, sentence: str) -> bool:
    """Say whether most of what an answer says stands in a sentence."""
    said = stems(answer)
    if not said or is_abstention(answer):
        return False
    return len(said & stems(sentence)) >= SAME_SENTENCE * len(said)


def _names(lesson: Lesson) -> frozenset[str]:
    """Return the words that name what a lesson is about: without any of them, a
    question about it could be one about its neighbours."""
    return frozenset(
        stem
        for name in subjects(lesson.question or lesson.text)
        for stem in stems(name)
    )


def _is_question(text: str, span: str) -> bool:
    """Say whether it asks for something, and does not give its answer away."""
    words = text.split()
    return (
        text.endswith("?")
        and FEWEST_WORDS <= len(words) <= MOST_WORDS
        and span.lower() not in text.lower()
        and bool(content_words(text))
    )
