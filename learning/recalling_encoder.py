"""An encoder that recalls the vectors of what it has encoded lately."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from learning.lexicon import Encoder

MOST = 4096
"""Vectors kept, 6 MB of 384 dimensions: a tool brings some 20, a request 41."""


class RecallingEncoder:
    """Encodes in one batch what it does not recall, and forgets the oldest."""

    def __init__(self, encoder: Encoder, *, most: int = MOST) -> None:
        self._encoder = encoder
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimensions)."""
        with self._lock:
            found = {t: self._known.pop(t) for t in set(texts) if t in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found |= dict(zip(new, self._encoder.encode(new), strict=True))
        with self._lock:
            self._known |= found
            for oldest in list(self._known)[: max(0, len(self._known) - self._most)]:
                del self._known[oldest]
        return np.stack([found[text] for text in texts])
