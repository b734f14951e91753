"""Every answer of a cell with its score; answers are scored anew each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.bench.tools import torchhub
from bot.bench.tools.methods import Answer, Material, Shown
from bot.bench.tools.scoring import Score, score
from bot.bench.tools.tasks import Case
from learning.tool import Call, parse_call


@dataclass(frozen=True, slots=True)
class Judged:
    """One request or message, what was answered, and how right that is."""

    case: Case
    answer: Answer
    said: Call | None
    score: Score
    gorilla: torchhub.Verdict | None = None
    """By Gorilla's rule, where the task is TorchHub."""


def judged(material: Material, shown: Shown) -> Iterator[Judged]:
    """Judge all answers, those to ordinary messages last."""
    task = material.task
    ordinary = [Case(message, None) for message in task.ordinary]
    cases = [*task.test, *ordinary]
    answers = [*shown.answers, *shown.ordinary]
    for case, answer in zip(cases, answers, strict=True):
        said = parse_call(answer.text)
        yield Judged(
            case,
            answer,
            said,
            score(case, said, task.tools),
            _verdict(said, case, material),
        )


def scores(material: Material, shown: Shown) -> Sequence[Score]:
    """Return the scores alone."""
    return [each.score for each in judged(material, shown)]


def _verdict(
    said: Call | None, case: Case, material: Material
) -> torchhub.Verdict | None:
    if not material.apis or case.call is None:
        return None
    if said is None:
        return torchhub.Verdict(correct=False, invented=False)
    return torchhub.gorilla(said, case.call, material.apis)
