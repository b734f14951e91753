"""Fits the weights of `learning.choice_likelihood` on what people ask of many tools.

`python -m learning.choice_fit` prints them, and how often the likeliest option is right
on tools that were held out from a fit.
"""

import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from learning.caller_skill import REQUESTS, Pair, requests
from learning.choice_likelihood import MOST_SHARED, Signs, Weights, is_closed, signs
from learning.lexicon import Encoder
from learning.recalling_encoder import RecallingEncoder
from learning.tool import Endpoint, Tool

EXAMPLES = 8
"""Of each tool; what else people ask of it is asked in a case."""
FOLDS = 5
RIDGE = 1.0
STEPS = 10
"""On these requests the weights stood still after 7."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a request says of each option of one parameter; absence is the last."""

    tool: str
    kind: str
    options: NDArray[np.float64]
    """What each of the Weights multiplies  # (choices + 1, weights)."""
    right: int


def main(argv: Sequence[str]) -> int:
    """Print both weights as they stand in `learning.choice_likelihood`."""
    from learning.embed import Embedder  # noqa: PLC0415

    del argv
    encoder, cases = RecallingEncoder(Embedder()), list[Case]()
    lines = REQUESTS.read_text(encoding="utf-8").splitlines()
    for fields, said in zip(map(json.loads, lines), requests(), strict=True):
        endpoint = Endpoint("POST", "https://example.org/")
        tool = Tool(said.name, fields["description"], fields["parameters"], endpoint)
        examples, others = drawn(tool, said.whole)
        cases += cases_of(tool, examples, [*others, *said.lacking], encoder)
    print(*report(cases), sep="\n")  # noqa: T201
    return 0


def report(cases: Sequence[Case]) -> Iterator[str]:
    """Yield a line for the weights of each kind, and for what they are worth."""
    for kind in ("ENUM", "BOOLEAN"):
        alike = [case for case in cases if case.kind == kind]
        fitted = Weights(*(round(each, 1) for each in astuple(fit(alike))))
        yield f"{kind} = {fitted}  # right: {right_share(alike):.1%} of {len(alike)}"


def drawn(tool: Tool, pairs: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Draw the same examples each time, which show what they can; return the others."""
    others, examples, shown = list(pairs), list[Pair](), set[tuple[str, str]]()
    random.Random(tool.name).shuffle(others)  # noqa: S311
    while len(examples) < EXAMPLES:
        best = max(others, key=lambda pair: len(_shows(tool, pair) - shown))
        others.remove(best)
        examples.append(best)
        shown |= _shows(tool, best)
    return examples, others


def cases_of(
    tool: Tool, examples: Sequence[Pair], asked: Iterable[Pair], encoder: Encoder
) -> Iterator[Case]:
    """Yield a case for each request and each parameter of a tool that has choices."""
    closed = [name for name, schema in tool.properties.items() if is_closed(schema)]
    for (request, call), name in ((pair, name) for pair in asked for name in closed):
        found = signs(tool, examples, name, request, encoder)
        given = call.arguments.get(name)
        values = [*(value for value, _ in found), None]
        same = [type(v) is type(given) and v == given for v in values]
        kind = "ENUM" if "enum" in tool.properties[name] else "BOOLEAN"
        rows = [_row(each, kind, name in tool.required) for _, each in found]
        options = np.array([*rows, [0] * len(rows[0])], np.float64)
        yield Case(tool.name, kind, options, same.index(True))


def fit(cases: Sequence[Case]) -> Weights:
    """Fit a conditional logit model (McFadden, 1973) by Newton's method."""
    rows = np.concatenate([case.options for case in cases])  # (options, weights)
    sizes = np.array([len(case.options) for case in cases])
    starts = np.cumsum(sizes) - sizes  # (cases,)
    right = rows[starts + [case.right for case in cases]]  # (cases, weights)
    weights, ridge = np.zeros(rows.shape[1]), RIDGE * np.eye(rows.shape[1])
    for _ in range(STEPS):
        scores = rows @ weights
        odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        chances = odds / np.repeat(np.add.reduceat(odds, starts), sizes)  # (options,)
        weighed = rows * chances[:, None]
        means = np.add.reduceat(weighed, starts)  # (cases, weights)
        slope = (right - means).sum(0) - ridge @ weights
        weights += np.linalg.solve(weighed.T @ rows - means.T @ means + ridge, slope)
    return Weights(*weights.tolist())


def right_share(cases: Sequence[Case]) -> float:
    """Return how often the likeliest option is right, each tool held out from a fit."""
    names = sorted({case.tool for case in cases})
    fold_of = {name: number % FOLDS for number, name in enumerate(names)}
    fitted = [fit([c for c in cases if fold_of[c.tool] != n]) for n in range(FOLDS)]
    best = [np.argmax(c.options @ astuple(fitted[fold_of[c.tool]])) for c in cases]
    return float(np.mean([b == c.right for b, c in zip(best, cases, strict=True)]))


def _row(said: Signs, kind: str, required: bool) -> Sequence[float]:  # noqa: FBT001
    means = said.named, min(said.shared, MOST_SHARED), said.about, said.more_about
    negated = said.negated and kind == "BOOLEAN"
    denied = said.is_false, negated and not said.is_false, negated and said.is_false
    return 1, *means, said.nearer, required, *denied


def _shows(tool: Tool, pair: Pair) -> set[tuple[str, str]]:
    given = pair[1].arguments.items()
    return {(n, repr(v) if is_closed(tool.properties[n]) else "") for n, v in given}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
