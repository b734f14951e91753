"""A task's tools as a community's: each a lesson, found as production finds them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.bench.adapters import SERVER
from bot.bench.tools.methods import Material
from bot.bench.tools.plan import COMMUNITY
from bot.bench.tools.tasks import Case, ToolTask
from learning.closeness import Closeness, Profile
from learning.lesson import Lesson, LessonKind, LessonState
from learning.lexicon import Encoder
from learning.tool import Call, Tool, from_fields, spoken_name
from learning.tool_decision import is_meant
from learning.toolbox import MOST, Candidate, Toolbox, leading
from moderation.provenance import Provenance

WINDOWS = (300, 150)
"""Characters at the end of a dialogue, which say what it came to: the encoder would
read its beginning alone. With both, the nearest other dialogue of the training has the
right tool for 90 of 117, with 300 alone for 81 (docs/LOG.md)."""
MOST_DESCRIPTION = 300

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Described:
    """A tool and the vectors of its texts."""

    tool: Tool
    vectors: NDArray[np.float32]


class _Calls:
    """Whole calls of a list, compared with requests as a community's tools are."""

    def __init__(self, material: Material, encode: Encode) -> None:
        found = _tools_with_requests(material)
        self._tools = [tool for tool, _ in found]
        self._encode = encode
        self._closeness = Closeness(
            [
                Profile(tool, requests, encode(requests))
                for tool, requests in (
                    (tool, requests or [tool.description]) for tool, requests in found
                )
            ]
        )

    def closest(self, request: str) -> list[Tool]:
        """Return the closest calls, the closest first."""
        [asked] = self._encode([request])
        closeness = self._closeness.of(request, asked)
        order = np.argsort(-closeness, kind="stable")[:MOST]
        return [self._tools[number] for number in order]


class Remembering:
    """An encoder that encodes each text once, whatever many cells ask."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimensions)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= dict(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


class Catalogue:
    """Finds the tools that a request may be meant for.

    A community's are found as production finds them. What is taught by plain examples
    alone is found by these and by what the tools do.
    """

    def __init__(self, material: Material, encoder: Encoder) -> None:
        self._train = material.task.train
        longest = max((len(case.request) for case in self._train), default=0)
        windows = WINDOWS if longest > max(WINDOWS) else WINDOWS[:1]
        self._encode = partial(_encoded, encoder, windows)
        self._tools = {tool.name: tool for tool in material.task.tools}
        self._vectors: NDArray[np.float32] | None = None
        self._box: Toolbox | None = None
        self._calls: _Calls | None = None
        self._described: list[_Described] = []
        if material.task.name == COMMUNITY:
            self._box = Toolbox(encoder)
            for lesson in lessons_of(material.task):
                self._box.add(lesson)
        elif material.apis:
            self._calls = _Calls(material, self._encode)
        else:
            self._described = [
                _Described(tool, self._encode(_texts(tool, requests)))
                for tool, requests in _tools_with_requests(material)
            ]

    def shown(self, request: str) -> list[Tool]:
        """Return what a request may be meant for, the nearest first, at most four.

        It is nothing where no tool of a community is near.
        """
        if self._box is not None:
            found = self.candidates(request)
            may_mean = any(is_meant(1.0, each.score) for each in found)
            return [each.tool for each in found] if may_mean else []
        if self._calls is not None:
            return self._calls.closest(request)
        [asked] = self._encode([request])
        ranked = sorted(
            self._described, key=lambda each: -float((each.vectors @ asked).max())
        )
        return [each.tool for each in ranked[:MOST]]

    def candidates(self, request: str) -> list[Candidate]:
        """Return the tools of a community that a request may mean, the closest first.

        There are none of any other task.
        """
        if self._box is None:
            return []
        return leading(self._box.near(SERVER, request, channel=None))

    def cosines(self, request: str) -> dict[str, float]:
        """Return how near a request is to the tools that it may mean."""
        if self._box is not None:
            return {each.tool.name: each.score for each in self.candidates(request)}
        nearest: dict[str, float] = {}
        for case, cosine in self.nearest(request, len(self._train)):
            if case.call is not None:
                nearest.setdefault(case.call.name, cosine)
        return nearest

    def nearest(self, request: str, count: int) -> list[tuple[Case, float]]:
        """Return the nearest requests of the training with their cosines, best first.

        Nothing where there is no training.
        """
        if not self._train:
            return []
        if self._vectors is None:
            requests = [each.request for each in self._train]
            self._vectors = self._encode(requests)
        [asked] = self._encode([request])
        cosines = self._vectors @ asked  # (requests,)
        order = np.argsort(-cosines, kind="stable")[:count]
        return [(self._train[number], float(cosines[number])) for number in order]

    @property
    def stored_bytes(self) -> int:
        """Of the vectors by which the nearest requests are found, once one was asked."""
        return 0 if self._vectors is None else self._vectors.nbytes

    def tools_nearby(self, request: str) -> list[Tool]:
        """Return the tools of the nearest requests, or of a list the closest call.

        What an adapter makes of a list's calls adds nothing to how close they are
        (docs/LOG.md), so it is not asked which it would take.
        """
        if self._calls is not None:
            return self._calls.closest(request)[:1]
        tools: dict[str, Tool] = {}
        for call in (case.call for case, _ in self.nearest(request, len(self._train))):
            if call is not None:
                tools.setdefault(call.name, self._tools[call.name])
            if len(tools) == MOST:
                break
        return list(tools.values())


def lessons_of(task: ToolTask) -> list[Lesson]:
    """Return a task's tools as approved lessons, with their examples."""
    examples: dict[str, list[Case]] = defaultdict(list)
    for case in task.train:
        if case.call is not None:
            examples[case.call.name].append(case)
    return [
        _lesson(number, tool, examples[tool.name])
        for number, tool in enumerate(task.tools, start=1)
    ]


def fixed(call: Call, description: str) -> Tool:
    """Return a tool that admits this one call alone."""
    return from_fields(
        {
            "name": call.name,
            "description": description[:MOST_DESCRIPTION],
            "parameters": {
                "type": "object",
                "properties": {n: {"enum": [v]} for n, v in call.arguments.items()},
                "required": list(call.arguments),
            },
            "endpoint": {"method": "POST", "url": "https://example.org/"},
        }
    )


def _tools_with_requests(material: Material) -> list[tuple[Tool, list[str]]]:
    """Return what descriptions are of: the tools, or each call of TorchHub's list."""
    requests: dict[str, list[str]] = defaultdict(list)
    for case in material.task.train:
        name = case.call.name if case.call else ""
        requests[case.kind or name].append(case.request)
    if not material.apis:
        return [(tool, requests[tool.name]) for tool in material.task.tools]
    return [
        (
            fixed(api.call, f"{api.functionality}. {api.description}".strip(". ")),
            requests[api.call.text],
        )
        for api in material.apis
    ]


def _texts(tool: Tool, requests: Sequence[str]) -> list[str]:
    return [*requests, tool.description, spoken_name(tool.name)]


def _encoded(
    encoder: Encoder, windows: Sequence[int], texts: Sequence[str]
) -> NDArray[np.float32]:
    """Return (texts, windows x dimensions): cosines are the means of the ends'."""
    longest = max(windows)
    ends = [
        encoder.encode([t[-window:] if len(t) > longest else t for t in texts])
        for window in windows
    ]
    joined: NDArray[np.float32] = np.hstack(ends) / np.sqrt(np.float32(len(windows)))
    return joined


def _lesson(number: int, tool: Tool, cases: Sequence[Case]) -> Lesson:
    return Lesson(
        server=SERVER,
        id=number,
        kind=LessonKind.TOOL,
        question="",
        answer="",
        text=tool.text,
        author="bench",
        author_name="bench",
        provenance=Provenance.TYPED,
        state=LessonState.APPROVED,
        taught_at=datetime(2026, 1, 1, tzinfo=UTC),
        examples=tuple((c.request, c.call.text) for c in cases if c.call is not None),
    )
