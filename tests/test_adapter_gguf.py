"""Proves that llama.cpp computes with a converted adapter what PEFT computes."""

# ruff: noqa: PLC0415 - torch takes seconds to import

import json
import secrets

import gguf
import numpy as np
import pytest
from safetensors.numpy import save_file

from learning.adapter_gguf import convert
from learning.dequantise import dequantise
from learning.errors import AdapterError
from tests.fakes_tiny_gguf import HEADS, KV_HEADS, write_tiny_gguf

LAYER = "base_model.model.model.layers.0."
PROMPT = [1, 40, 41, 42, 50, 60, 70, 71, 12, 13]


def write_adapter(directory, tensors, **config):
    directory.mkdir(exist_ok=True)
    save_file(tensors, directory / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "lora_alpha": 16, "r": 2} | config
    (directory / "adapter_config.json").write_text(json.dumps(settings))
    return directory


def pair(module="mlp.up_proj", *, rank=2, rows=8, columns=6, dtype=np.float32):
    rng = np.random.default_rng(0)
    return {
        f"{LAYER}{module}.lora_A.weight": rng.normal(size=(rank, columns)).astype(
            dtype
        ),
        f"{LAYER}{module}.lora_B.weight": rng.normal(size=(rows, rank)).astype(dtype),
    }


def convert_small(directory):
    return convert(directory, heads=2, kv_heads=1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_an_adapter_keeps_its_values_and_alpha(tmp_path, dtype):
    tensors = pair(dtype=dtype)

    path = convert_small(write_adapter(tmp_path, tensors))

    reader = gguf.GGUFReader(path)
    found = {tensor.name: np.array(tensor.data) for tensor in reader.tensors}
    expected = tensors[f"{LAYER}mlp.up_proj.lora_A.weight"].astype(np.float16)
    assert path == tmp_path / "adapter.gguf"
    assert set(found) == {"blk.0.ffn_up.weight.lora_a", "blk.0.ffn_up.weight.lora_b"}
    assert np.array_equal(found["blk.0.ffn_up.weight.lora_a"], expected)
    assert reader.fields["adapter.lora.alpha"].contents() == 16
    assert reader.fields["general.type"].contents() == "adapter"
    assert reader.fields["adapter.type"].contents() == "lora"


def test_nothing_but_the_finished_file_is_left_behind(tmp_path):
    convert_small(write_adapter(tmp_path, pair()))

    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"adapter_model.safetensors", "adapter_config.json", "adapter.gguf"}


@pytest.mark.parametrize(
    "tensors",
    [
        {"base_model.model.lm_head.lora_A.weight": np.ones((2, 6), np.float32)},
        pair("mlp.router"),
        {},
        dict(list(pair().items())[:1]),
        pair("self_attn.q_proj", rows=6),
        {name: values * 1e6 for name, values in pair().items()},
    ],
    ids=["head", "unknown", "empty", "half", "heads", "overflow"],
)
def test_what_llama_cpp_cannot_serve_is_refused(tmp_path, tensors):
    directory = write_adapter(tmp_path, tensors)

    with pytest.raises(AdapterError):
        convert_small(directory)

    assert not (tmp_path / "adapter.gguf").exists()


@pytest.mark.parametrize(
    "config",
    [
        {"use_dora": True},
        {"use_rslora": True},
        {"peft_type": "IA3"},
        {"lora_alpha": None},
    ],
)
def test_anything_but_plain_lora_is_refused(tmp_path, config):
    directory = write_adapter(tmp_path, pair(), **config)

    with pytest.raises(AdapterError):
        convert_small(directory)


def test_a_truncated_or_missing_adapter_is_refused(tmp_path):
    directory = write_adapter(tmp_path, pair())
    weights = directory / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])

    with pytest.raises(AdapterError, match="missing or corrupt"):
        convert_small(directory)
    weights.unlink()
    with pytest.raises(AdapterError, match="missing or corrupt"):
        convert_small(directory)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
@pytest.mark.parametrize("rank", [2, 5])
def test_llama_cpp_with_the_converted_adapter_agrees_with_peft(tmp_path, rank):
    write_tiny_gguf(tmp_path / "tiny.gguf")
    dequantise(tmp_path / "tiny.gguf", tmp_path / "base", on_progress=lambda _: None)
    with_peft, without = peft_log_probabilities(tmp_path, rank)
    adapter = convert(tmp_path / "adapter", heads=HEADS, kv_heads=KV_HEADS)

    with_gguf = llama_cpp_log_probabilities(tmp_path / "tiny.gguf", adapter)

    shared = [with_peft[token] for token in with_gguf]
    assert np.allclose(shared, list(with_gguf.values()), atol=5e-3)
    assert np.abs(with_peft - without).max() > 0.1


def peft_log_probabilities(folder, rank):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    base = AutoModelForCausalLM.from_pretrained(folder / "base").eval()
    config = LoraConfig(
        r=rank, lora_alpha=8, target_modules="all-linear", init_lora_weights=False
    )
    model = get_peft_model(base, config).eval()
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    model.save_pretrained(folder / "adapter")
    with torch.no_grad():
        adapted = model(torch.tensor([PROMPT])).logits[0, -1].log_softmax(-1)
        with model.disable_adapter():
            bare = model(torch.tensor([PROMPT])).logits[0, -1].log_softmax(-1)
    return adapted.numpy(), bare.numpy()


def llama_cpp_log_probabilities(model, adapter):
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = 128
    params.warmup = False
    params.cpuparams.n_threads = 1
    params.api_keys = [secrets.token_hex()]
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 0.0)]
    server = xllamacpp.Server(params)
    reply = server.handle_completions(
        {
            "prompt": PROMPT,
            "max_tokens": 1,
            "temperature": 0.0,
            "logprobs": 30,
            "lora": [{"id": 0, "scale": 1.0}],
        }
    )
    first = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    return {entry["id"]: entry["logprob"] for entry in first}
