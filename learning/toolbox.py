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

from learning.closeness import Closeness, Profile
from learning.lesson import Lesson
from learning.lexicon import Encoder
from learning.recalling_encoder import RecallingEncoder
from learning.tool import Tool, spoken_name, tool_of
from learning.tool_expand import expand

CLEARLY_FARTHER = 0.11
"""How much less close than the closest tool one may be for the model to choose it: of
2,689 held-out requests 36 were meant for one that was (docs/LOG.md)."""
COMPARED = 112
"""How many wordings of a tool a request is compared with."""
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
    """By which tools are compared, as `learning.closeness` has it."""
    examples: tuple[int, ...]
    """The numbers of its examples, the nearest first."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A tool, how it is asked for, and the vector of what it does."""

    lesson: Lesson
    profile: Profile
    own: NDArray[np.float32]  # (texts, dimensions)

    def candidate(self, asked: NDArray[np.float32], closeness: float) -> Candidate:
        """Hold a request's vector against all of them."""
        cosines = self.profile.vectors @ asked  # (wordings,)
        numbers = range(len(self.lesson.examples))
        return Candidate(
            self.lesson,
            self.profile.tool,
            score=float(max(cosines.max(), (self.own @ asked).max())),
            closeness=closeness,
            examples=tuple(sorted(numbers, key=lambda n: -float(cosines[n]))),
        )


class Toolbox:
    """The approved tools of all servers, found by what people asked them for."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.encoder: Encoder = RecallingEncoder(encoder)
        """Recalls what it has encoded: the choices and examples of tools come again."""
        self._lock = threading.Lock()
        self._tools: dict[str, dict[int, _Known]] = {}
        self._closeness: dict[str, Closeness] = {}
        """Of servers that were asked since their tools changed."""

    def clear(self) -> None:
        """Know no tool."""
        with self._lock:
            self._tools.clear()
            self._closeness.clear()

    def add(self, lesson: Lesson) -> None:
        """Know a tool from now on. Raises LessonError where the lesson is none."""
        tool = tool_of(lesson)
        own = [tool.description, spoken_name(tool.name)]
        wordings = _wordings(lesson) or own
        profile = Profile(tool, wordings, self._encoder.encode(wordings))
        known = _Known(lesson, profile, self._encoder.encode(own))
        with self._lock:
            self._tools.setdefault(lesson.server, {})[lesson.id] = known
            self._closeness.pop(lesson.server, None)

    def remove(self, server: str, number: int) -> None:
        """Know a tool no more."""
        with self._lock:
            self._tools.get(server, {}).pop(number, None)
            self._closeness.pop(server, None)

    def has_any(self, server: str) -> bool:
        """Say whether a server taught any tool."""
        return bool(self._tools.get(server))

    def near(
        self, server: str, request: str, *, channel: str | None
    ) -> tuple[Candidate, ...]:
        """Return the tools closest to a request asked in `channel`, the best first."""
        known, compared = self._of(server)
        if not any(each.lesson.scope.admits(channel) for each in known):
            return ()
        [asked] = self._encoder.encode([request])
        found = [
            each.candidate(asked, float(closeness))
            for each, closeness in zip(known, compared.of(request, asked), strict=True)
            if each.lesson.scope.admits(channel)
        ]
        return tuple(sorted(found, key=lambda each: -each.closeness)[:MOST])

    def named(self, draft: Lesson) -> int | None:
        """Return the tool that a draft of the same name, in its scope, would replace."""
        with self._lock:
            known = list(self._tools.get(draft.server, {}).values())
        name = tool_of(draft).name
        same = [
            each.lesson.id
            for each in known
            if each.profile.tool.name == name and each.lesson.scope == draft.scope
        ]
        return same[0] if same else None

    def _of(self, server: str) -> tuple[list[_Known], Closeness]:
        with self._lock:
            known = list(self._tools.get(server, {}).values())
            if server not in self._closeness:
                profiles = [each.profile for each in known]
                self._closeness[server] = Closeness(profiles)
            return known, self._closeness[server]


def leading(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what is clearly farther than the closest one, which comes first."""
    least = candidates[0].closeness - CLEARLY_FARTHER if candidates else 0.0
    return [each for each in candidates if each.closeness >= least]


def _wordings(lesson: Lesson) -> list[str]:
    """Return what a request is compared with: the examples, and others like them."""
    requests = [asked.request for asked in expand(lesson).taught]
    return requests[: max(len(lesson.examples), COMPARED)]
