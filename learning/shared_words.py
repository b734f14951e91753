"""How much of what a text says, in rare words, other texts say too.

A small sentence encoder misses the one word that tells two like things apart. Words are
weighed by how few texts have them (inverse document frequency; Sparck Jones, 1972,
doi:10.1108/eb026526), and texts compared by the cosine of what they have.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
_PLURAL_FROM = 4


class SharedWords:
    """A few texts, and how rare their words are among all that is said there."""

    def __init__(self, texts: Sequence[str], said: Iterable[str]) -> None:
        self._texts = [_words(text) for text in texts]
        everything = [*self._texts, *map(_words, said)]
        self._seen = Counter(word for each in everything for word in each)
        self._count = len(everything)
        self._lengths = np.array([self._length(each) for each in self._texts])

    def cosines(self, text: str) -> NDArray[np.float64]:
        """Return how much each text shares with this one, from 0 to 1  # (texts,)."""
        asked = _words(text)
        shared = np.array([self._length(asked & each) for each in self._texts])
        lengths = self._length(asked) * self._lengths
        cosines: NDArray[np.float64] = np.divide(
            shared**2, lengths, out=np.zeros_like(lengths), where=lengths > 0
        )
        return cosines

    def _length(self, found: Iterable[str]) -> float:
        """Return the length of a vector of words, each as long as it is rare."""
        return math.sqrt(sum(self._rarity(word) ** 2 for word in found))

    def _rarity(self, word: str) -> float:
        return math.log((self._count + 1) / (self._seen[word] + 0.5))


def _words(text: str) -> frozenset[str]:
    """Return a text's words, singular; `model_name` has two."""
    found = (word[0].lower() for word in _WORD.finditer(text))
    return frozenset(
        word[:-1] if word.endswith("s") and len(word) >= _PLURAL_FROM else word
        for word in found
    )
