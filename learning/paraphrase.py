"""Vectors in which two wordings of one question lie close, and two questions apart.

Linear discriminant analysis over the relations of the lexicon: directions in which the
wordings of a relation vary are shrunk, those in which relations differ are kept. On
relations it never saw it tells a rewording from a near miss better than the plain
cosine (docs/LOG.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

PROJECTION = Path(__file__).with_name("skills") / "paraphrase.safetensors"
DIMENSIONS = 96
SHRINKAGE = 3.0
"""How much of the mean variance is added to every direction's own."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Projection:
    """An affine map of sentence vectors, followed by normalisation."""

    mean: Vectors  # (384,)
    matrix: Vectors  # (384, dimensions)

    def __call__(self, vectors: Vectors) -> Vectors:
        """Map (..., 384) to unit vectors (..., dimensions)."""
        mapped = (vectors - self.mean) @ self.matrix
        lengths = np.linalg.norm(mapped, axis=-1, keepdims=True)
        projected: Vectors = mapped / np.maximum(lengths, 1e-9)
        return projected

    def save(self, path: Path = PROJECTION) -> None:
        """Write it in half precision."""
        path.parent.mkdir(exist_ok=True)
        save_file(
            {
                "mean": self.mean.astype(np.float16),
                "matrix": np.ascontiguousarray(self.matrix.astype(np.float16)),
            },
            path,
        )


@cache
def shipped() -> Projection:
    """Read the projection that is shipped."""
    tensors = load_file(PROJECTION)
    return Projection(
        tensors["mean"].astype(np.float32), tensors["matrix"].astype(np.float32)
    )


def fit(classes: Sequence[Vectors]) -> Projection:
    """Fit to classes of wordings, each (wordings, 384)."""
    means = np.stack([wordings.mean(0) for wordings in classes])
    inner = np.concatenate([w - w.mean(0) for w in classes]).astype(np.float64)
    within = inner.T @ inner / (len(inner) - len(classes))
    size = len(within)
    within += SHRINKAGE * np.trace(within) / size * np.eye(size)
    values, vectors = np.linalg.eigh(within)
    whiten = vectors @ np.diag(values**-0.5) @ vectors.T
    between = np.cov((means @ whiten).T)
    _, directions = np.linalg.eigh(between)
    kept = whiten @ directions[:, -DIMENSIONS:]
    mean = np.concatenate(list(classes)).mean(0)
    return Projection(mean.astype(np.float32), kept.astype(np.float32))
