"""A head: tells from a sentence's vector what its words alone do not show.

Logistic regression over the vectors of the sentence embedder; the weights are fitted
and measured by `python -m learning.screening_heads`. This is arithmetic on numbers that
are handed in: whoever embeds is above.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path
from typing import SupportsFloat

from moderation.text import Span

HEADS = Path(__file__).with_name("heads")


Vector = Iterable[SupportsFloat]
Seen = tuple[Span, Vector]
"""Where a window of a text lies, and its vector."""

ASKED = re.compile(r"[?\uff1f\u061f\u037e][\"'\u2019\u201d)\]\s]*\Z")


@dataclass(frozen=True, slots=True)
class Head:
    """Weights, and the log-odds from which it speaks, and from which it is sure."""

    weights: tuple[float, ...]
    question: float
    """What is added where a window ends with a question: lessons tell, orders ask."""
    bias: float
    flagged: float
    sure: float

    def score(self, window: str, vector: Vector) -> float:
        """Return the log-odds that a window is of the head's kind."""
        asked = self.question if is_asked(window) else 0.0
        return sum(map(mul, self.weights, map(float, vector)), self.bias + asked)

    def spans(self, text: str, seen: Sequence[Seen]) -> list[Span]:
        """Return the windows that are of its kind, the clearest first."""
        return self._from(text, seen, self.flagged)

    def sure_spans(self, text: str, seen: Sequence[Seen]) -> list[Span]:
        """Return the windows about which there is hardly a doubt."""
        return self._from(text, seen, self.sure)

    def _from(self, text: str, seen: Sequence[Seen], least: float) -> list[Span]:
        scored = [
            (self.score(text[span[0] : span[1]], vector), span) for span, vector in seen
        ]
        return [span for score, span in sorted(scored, reverse=True) if score >= least]


def is_asked(window: str) -> bool:
    """Say whether a window ends with a question."""
    return ASKED.search(window) is not None


@cache
def head(name: str) -> Head:
    """Read one of the heads that come with the package."""
    read = json.loads((HEADS / f"{name}.json").read_text(encoding="utf-8"))
    return Head(
        weights=tuple(read["weights"]),
        question=read["question"],
        bias=read["bias"],
        flagged=read["flagged"],
        sure=read["sure"],
    )
