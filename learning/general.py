"""Is a question about common knowledge, or about this community's own things?

A logistic model on the question's sentence vector, fitted on general prompts and on
the questions of the invented worlds (`python -m learning.fit_weights`). An adapter that
was taught to say "I don't know" says it to "Who painted the Mona Lisa?" too; where this
finds the question general, the bare base model answers instead.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

WEIGHTS = Path(__file__).with_name("skills") / "general.safetensors"
L2 = 0.02
STEPS = 3000
RATE = 2.0


def probability(vector: NDArray[np.float32]) -> float:
    """Return how likely a question, as a sentence vector, is general: 0 to 1."""
    weights, bias = _shipped()
    return float(1 / (1 + np.exp(-(vector @ weights + bias))))


def fit(
    general: NDArray[np.float32], community: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Fit by gradient descent, both classes weighing the same."""
    vectors = np.concatenate([general, community])
    labels = np.repeat([1.0, 0.0], [len(general), len(community)])
    balance = np.repeat(
        [0.5 / len(general), 0.5 / len(community)], [len(general), len(community)]
    )
    scale = 10.0  # unit vectors of 384 numbers: each is small
    weights, bias = np.zeros(vectors.shape[1]), 0.0
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-(scale * vectors @ weights + bias)))
        error = balance * (guess - labels)
        weights -= RATE * (scale * vectors.T @ error + L2 * weights)
        bias -= RATE * float(error.sum())
    return (scale * weights).astype(np.float32), bias


def save(weights: NDArray[np.float32], bias: float) -> None:
    """Write the weights that are shipped."""
    save_file({"weights": weights, "bias": np.array([bias], np.float32)}, WEIGHTS)


def share(
    vectors: NDArray[np.float32], weights: NDArray[np.float32], bias: float
) -> float:
    """Return the share of vectors that count as general."""
    return float((vectors @ weights + bias > 0).mean())


@cache
def _shipped() -> tuple[NDArray[np.float32], float]:
    tensors = load_file(WEIGHTS)
    return tensors["weights"], float(tensors["bias"][0])
