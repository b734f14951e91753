"""Which of a server's tools a request may be meant for, before the model is asked.

A small model that was taught a few calls sees a call in much. Only a request that is
near to what somebody taught reaches it; what is far is answered as if there were no
tools.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.lesson import Lesson
from learning.lexicon import Encoder
from learning.recalling_encoder import RecallingEncoder
from learning.tool import Tool, spoken_name, tool_of
from learning.tool_expand import expand

CLEARLY_FARTHER = 0.1
"""How much less close than the closest tool one may be for the model to choose it: of
1,465 held-out requests 33 were meant for one that was (docs/LOG.md)."""
COMPARED = 112
"""How many wordings of a tool a request is compared with."""
CLOSEST = 16
"""The wordings whose cosines say how close a tool is. In communities of eight tools of
one trade the closest was the right one for 77 % of requests, and for 70 % where a single
wording decided (docs/LOG.md)."""
MOST = 4
"""How many tools the model chooses from."""
MOST_SHOWN = 4
"""How many of the nearest examples are shown where weights do not know a tool."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tool that a request may be meant for."""

    lesson: Lesson
    tool: Tool
    score: float
    """The cosine to the nearest of its wordings, or to what it does."""
    closeness: float
    """The mean cosine to the nearest CLOSEST of them, by which tools are compared."""
    examples: tuple[int, ...]
    """The numbers of its examples, the nearest first."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A tool with the vectors of its wordings: (wordings, dimensions)."""

    lesson: Lesson
    tool: Tool
    vectors: NDArray[np.float32]


class Toolbox:
    """The approved tools of all servers, found by what people asked them for."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.encoder: Encoder = RecallingEncoder(encoder)
        """Recalls what it has encoded: the choices and examples of tools come again."""
        self._lock = threading.Lock()
        self._tools: dict[str, dict[int, _Known]] = {}

    def clear(self) -> None:
        """Know no tool."""
        with self._lock:
            self._tools.clear()

    def add(self, lesson: Lesson) -> None:
        """Know a tool from now on. Raises LessonError where the lesson is none."""
        tool = tool_of(lesson)
        vectors = self._encoder.encode(_texts(lesson, tool))
        known = _Known(lesson, tool, vectors)
        with self._lock:
            self._tools.setdefault(lesson.server, {})[lesson.id] = known

    def remove(self, server: str, number: int) -> None:
        """Know a tool no more."""
        with self._lock:
            self._tools.get(server, {}).pop(number, None)

    def has_any(self, server: str) -> bool:
        """Say whether a server taught any tool."""
        return bool(self._tools.get(server))

    def near(
        self, server: str, request: str, *, channel: str | None
    ) -> tuple[Candidate, ...]:
        """Return the tools closest to a request asked in `channel`, the best first."""
        known = self._of(server, channel)
        if not known:
            return ()
        [asked] = self._encoder.encode([request])
        found = [_candidate(each, asked) for each in known]
        return tuple(sorted(found, key=lambda each: -each.closeness)[:MOST])

    def named(self, draft: Lesson) -> int | None:
        """Return the tool that a draft of the same name, in its scope, would replace."""
        with self._lock:
            known = list(self._tools.get(draft.server, {}).values())
        name = tool_of(draft).name
        same = [
            each.lesson.id
            for each in known
            if each.tool.name == name and each.lesson.scope == draft.scope
        ]
        return same[0] if same else None

    def _of(self, server: str, channel: str | None) -> list[_Known]:
        with self._lock:
            known = list(self._tools.get(server, {}).values())
        return [each for each in known if each.lesson.scope.admits(channel)]


def leading(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what is clearly farther than the closest one, which comes first."""
    least = candidates[0].closeness - CLEARLY_FARTHER if candidates else 0.0
    return [each for each in candidates if each.closeness >= least]


def _texts(lesson: Lesson, tool: Tool) -> list[str]:
    """Return what a request is compared with: the examples, and other wordings of them."""
    requests = [asked.request for asked in expand(lesson).taught]
    asked = requests[: max(len(lesson.examples), COMPARED)]
    return [*asked, tool.description, spoken_name(tool.name)]


def _candidate(known: _Known, asked: NDArray[np.float32]) -> Candidate:
    cosines = known.vectors @ asked
    count = len(known.lesson.examples)
    ranked = sorted(range(count), key=lambda number: -float(cosines[number]))
    nearest = np.sort(cosines)[-CLOSEST:]
    return Candidate(
        known.lesson,
        known.tool,
        float(nearest[-1]),
        float(nearest.mean()),
        tuple(ranked),
    )
