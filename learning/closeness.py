"""How close a request is to each of several tools: in meaning, and in words.

Sentence vectors hold it against how each tool is asked for; the words that few others
have, against what each is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.shared_words import SharedWords
from learning.tool import Tool, spoken_name

CLOSEST = 16
"""The wordings whose cosines say how close a tool is. In communities of eight tools of
one trade the closest was the right one for 75 % of requests, and for 67 % where a single
wording decided (docs/LOG.md)."""
WORDS = 0.6
"""What the words weigh beside that; with them it was right for 78 % (docs/LOG.md)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A tool, and how it is asked for."""

    tool: Tool
    wordings: Sequence[str]
    vectors: NDArray[np.float32]
    """Of the wordings  # (wordings, dimensions)."""


class Closeness:
    """Compares requests with the tools of one server."""

    def __init__(self, tools: Sequence[Profile]) -> None:
        self._vectors = [each.vectors for each in tools]
        self._words = SharedWords(
            [_about(each.tool) for each in tools],
            [wording for each in tools for wording in each.wordings],
        )

    def of(self, request: str, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how close each tool is to a request of this vector  # (tools,).

        It is the mean cosine to the nearest CLOSEST of its wordings, and WORDS times
        what the request shares with its description and its parameters.
        """
        meanings = [np.sort(each @ vector)[-CLOSEST:].mean() for each in self._vectors]
        closeness: NDArray[np.float64] = np.array(meanings) + WORDS * (
            self._words.cosines(request)
        )
        return closeness


def _about(tool: Tool) -> str:
    """Say all that a tool is: what it does, and what may be given to it."""
    said = [spoken_name(tool.name), tool.description]
    for name, schema in tool.properties.items():
        choices = map(str, schema.get("enum", ()))
        said += [name, schema.get("description", ""), *choices]
    return " ".join(said)
