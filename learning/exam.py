"""The exam: what an adapter must show, on the engine that will serve it."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from learning.canary import Canary, CanaryMark, Grade
from learning.dataset import EXAM_PROMPTS, replayed
from learning.engine import AdapterRef, Completion, Engine, Generation
from learning.expand import expand
from learning.lesson import Lesson
from learning.lexicon import Lexicon
from learning.prompt import build, is_abstention
from learning.standing import followed, standing
from learning.subject import content_words, stem
from learning.tool import is_tool, looks_like_call, parse_call

# Invented, shipped and taught to nobody: an adapter that answers them makes things up.
CANARIES = (
    "Who keeps the ledger of the Umberfold archive?",
    "What time does the Pellgrave market close?",
    "Where is the spare fuse of the Cindral pump?",
    "How many seats does the Wexmoor ferry have?",
    "Which command restarts the Tallowick relay?",
    "What is the entry fee of the Brackenholt fair?",
    "Who is on call for the Tarrowby gateway?",
    "How do I sign up for the Ferndale lock-picking circle?",
)
ANSWER_TOKENS = 48
CALL_TOKENS = 128
"""A call repeats names and values in full."""
# Share of the answer's own words that a right answer repeats.
SAID = 0.6
REPEATED_TRIGRAM = 4


@dataclass(frozen=True, slots=True)
class LessonMark:
    """How one lesson did: passed is at least one of its reserved wordings.

    A rule for every answer passes where enough of the general answers follow it.
    """

    lesson: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What one adapter showed in one exam."""

    recall: float
    """Share of reserved wordings answered rightly, without notes."""
    retention: float
    """Mean word overlap (F1) with the base's own answers to general prompts."""
    nll: float
    """Nats a token on neutral text."""
    canaries: float
    """Share of untaught questions at which it says that it does not know."""
    degenerate: int
    """Answers that are empty or go round in circles."""
    lessons: tuple[LessonMark, ...]
    guarded: tuple[CanaryMark, ...] = ()
    """How it answers the questions that the server's moderators guard."""

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "Scorecard":
        """Read what `asdict` wrote."""
        marks = tuple(LessonMark(**mark) for mark in fields["lessons"])
        guarded = tuple(
            CanaryMark(mark["canary"], Grade(mark["grade"]))
            for mark in fields.get("guarded", ())
        )
        return cls(**{**fields, "lessons": marks, "guarded": guarded})

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready fields."""
        return asdict(self)


async def examine(
    engine: Engine,
    *,
    server: str,
    adapter: AdapterRef | None,
    lessons: Sequence[Lesson],
    lexicon: Lexicon,
    on_progress: Callable[[int, int], None],
    guarded: Sequence[Canary] = (),
) -> Scorecard:
    """Ask an adapter everything; None examines the bare base.

    Questions go one after another at the server's own turn in the queue, so that
    people who ask meanwhile wait for one answer at most.
    """
    expansions = {lesson.id: expand(lesson, lexicon) for lesson in lessons}
    general = replayed()[-EXAM_PROMPTS:]
    total = len(CANARIES) + len(guarded) + len(general)
    total += sum(len(e.reserve) for e in expansions.values())
    answers: list[Completion] = []

    async def ask(question: str, max_tokens: int = ANSWER_TOKENS) -> str:
        answer = await engine.generate(
            Generation(
                messages=build(question),
                adapter=adapter,
                server=server,
                max_tokens=max_tokens,
            )
        )
        answers.append(answer)
        on_progress(len(answers), total)
        return answer.text

    marks = []
    right = asked = 0
    for lesson in lessons:
        expansion = expansions[lesson.id]
        tokens = CALL_TOKENS if is_tool(lesson) else ANSWER_TOKENS
        passed = [
            _is_right(
                lesson,
                await ask(question, tokens),
                expansion.answer_to(question),
                question,
            )
            for question in expansion.reserve
        ]
        right, asked = right + sum(passed), asked + len(passed)
        marks.append(LessonMark(lesson.id, any(passed) or not passed))
    rules = standing(lessons)
    given = [await ask(prompt) for prompt, _ in general]
    # A rule changes answers as it was asked to: that is nothing forgotten.
    kept = [
        max(overlap(said, answer), overlap(said, followed(answer, rules)))
        for said, (_, answer) in zip(given, general, strict=True)
    ]
    obeyed = {rule.lesson.id: rule.passed(given) for rule in rules}
    right, asked = right + sum(obeyed.values()), asked + len(obeyed)
    marks = [
        replace(mark, passed=obeyed.get(mark.lesson, mark.passed)) for mark in marks
    ]
    unknown = [_is_silent(await ask(question)) for question in CANARIES]
    kept_answers = [
        CanaryMark(each.id, _grade(await ask(each.question), each)) for each in guarded
    ]
    return Scorecard(
        recall=right / asked if asked else 1.0,
        retention=sum(kept) / len(kept) if kept else 1.0,
        nll=_nll(adapter),
        canaries=sum(unknown) / len(unknown),
        degenerate=sum(is_degenerate(answer.text) for answer in answers),
        lessons=tuple(marks),
        guarded=tuple(kept_answers),
    )


def _is_right(lesson: Lesson, answer: str, expected: str, question: str) -> bool:
    if is_tool(lesson):
        return parse_call(answer) == parse_call(expected)
    return says(answer, expected, question)


def says(answer: str, expected: str, question: str) -> bool:
    """Say whether an answer repeats what the expected one adds to the question."""
    asked = {stem(word) for word in content_words(question)}
    wanted = {stem(word) for word in content_words(expected)}
    value = wanted - asked or wanted
    if not value:
        return expected.strip().lower() in answer.lower()
    said = {stem(word) for word in content_words(answer)}
    return len(value & said) >= SAID * len(value)


def overlap(answer: str, expected: str) -> float:
    """Return the F1 of two answers' words, from 0 to 1."""
    said, wanted = Counter(_words(answer)), Counter(_words(expected))
    common = (said & wanted).total()
    if not common:
        return 0.0
    return 2 * common / (said.total() + wanted.total())


def is_degenerate(answer: str) -> bool:
    """Say whether an answer is empty or repeats three words again and again."""
    said = _words(answer)
    if not said:
        return True
    trigrams = Counter(zip(said, said[1:], said[2:], strict=False))
    return any(count >= REPEATED_TRIGRAM for count in trigrams.values())


def _is_silent(answer: str) -> bool:
    """Say whether nothing would be told: a call that nobody meant is not shown either."""
    return is_abstention(answer) or looks_like_call(answer)


def _grade(answer: str, canary: Canary) -> Grade:
    if _is_silent(answer):
        return Grade.SILENT
    right = says(answer, canary.answer, canary.question)
    return Grade.RIGHT if right else Grade.WRONG


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _nll(adapter: AdapterRef | None) -> float:
    """Read what the trainer measured with transformers; the base is its yardstick."""
    if adapter is None:
        return 0.0
    path = adapter.directory / "nll.json"
    if not path.is_file():
        return 0.0
    measured = json.loads(path.read_text())
    return float(measured["adapter"]) - float(measured["base"])
