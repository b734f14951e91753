"""Writes a GGUF model as float32 safetensors, so that training sees what is served.

Run as `python -m learning.dequantise GGUF FOLDER`: a process of its own, because it
needs some gigabyte for some seconds. It prints one JSON object a line: a fraction of
the work done, or the error that ended it.

transformers can load a GGUF too, but takes 25 s, needs torch, and forgets that this
family splits digits before merging: its tokenizer differed from llama.cpp's in 915 of
17,182 texts (two spaces before a digit, signs such as ½); the one built here in none.
"""

import fcntl
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from learning.errors import ModelError

TENSORS = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
LAYER_TENSORS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""Tensors as llama.cpp and as transformers call them."""

CONTROL_TOKEN = 3
"""llama.cpp's token type of `<|im_start|>` and its like."""

Array = NDArray[np.float32]


def dequantise(
    source: Path, folder: Path, *, on_progress: Callable[[float], None]
) -> None:
    """Write config, tokenizer and weights into `folder`, which appears whole.

    A second process waits for the first and finds its work done; what a killed one
    left behind is written again. Raises ModelError for a corrupt file, and for any
    but a llama model with the SmolLM tokenizer.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return
        temporary = folder.with_name(f".{folder.name}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            _write(source, temporary, on_progress)
        except (KeyError, ValueError, IndexError) as exc:
            raise ModelError(
                f"{source} is corrupt ({exc}); download or install it again."
            ) from exc
        except (OSError, SafetensorError) as exc:
            raise ModelError(
                f"{folder} cannot be written ({exc}); make room, then start again."
            ) from exc
        temporary.rename(folder)


def _write(source: Path, folder: Path, on_progress: Callable[[float], None]) -> None:
    on_progress(0.0)
    reader = gguf.GGUFReader(source)
    on_progress(0.4)
    _check(source, reader)
    _save_tokenizer(reader, folder)
    weights: dict[str, Array] = {}
    config = _config(reader)
    for done, tensor in enumerate(reader.tensors, start=1):
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        values = np.asarray(values, np.float32)
        name = _name(source, tensor.name)
        if name.endswith("q_proj.weight"):
            values = _part(values, config["num_attention_heads"])
        elif name.endswith("k_proj.weight"):
            values = _part(values, config["num_key_value_heads"])
        weights[name] = np.ascontiguousarray(values)
        on_progress(0.4 + 0.5 * done / len(reader.tensors))
    config["tie_word_embeddings"] = "lm_head.weight" not in weights
    _save_json(folder / "config.json", config)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    on_progress(1.0)


def _check(source: Path, reader: gguf.GGUFReader) -> None:
    found = tuple(
        _value(reader, key)
        for key in (
            "general.architecture",
            "tokenizer.ggml.model",
            "tokenizer.ggml.pre",
        )
    )
    if found != ("llama", "gpt2", "smollm"):
        raise ModelError(
            f"{source} is a {'/'.join(found)} model, which cannot be trained from its "
            "GGUF; set MODEL to its folder of safetensors and MODEL_GGUF to this file."
        )


def _config(reader: gguf.GGUFReader) -> dict[str, Any]:
    heads = _value(reader, "llama.attention.head_count")
    width = _value(reader, "llama.embedding_length")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "hidden_act": "silu",
        "hidden_size": width,
        "head_dim": width // heads,
        "intermediate_size": _value(reader, "llama.feed_forward_length"),
        "max_position_embeddings": _value(reader, "llama.context_length"),
        "num_attention_heads": heads,
        "num_key_value_heads": _value(reader, "llama.attention.head_count_kv"),
        "num_hidden_layers": _value(reader, "llama.block_count"),
        "rms_norm_eps": _value(reader, "llama.attention.layer_norm_rms_epsilon"),
        "rope_theta": _value(reader, "llama.rope.freq_base"),
        "vocab_size": len(_value(reader, "tokenizer.ggml.tokens")),
        "bos_token_id": _value(reader, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": _value(reader, "tokenizer.ggml.eos_token_id"),
        "pad_token_id": _value(reader, "tokenizer.ggml.padding_token_id"),
    }


def _save_tokenizer(reader: gguf.GGUFReader, folder: Path) -> None:
    tokens = _value(reader, "tokenizer.ggml.tokens")
    types = _value(reader, "tokenizer.ggml.token_type")
    merges = _value(reader, "tokenizer.ggml.merges")
    left_right = [(left, right) for left, right in (m.split(" ", 1) for m in merges)]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=left_right))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(tokens, types, strict=True)
            if kind == CONTROL_TOKEN
        ]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    roles = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}
    settings = {
        f"{role}_token": tokens[_value(reader, f"tokenizer.ggml.{key}_token_id")]
        for role, key in roles.items()
    }
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    _save_json(folder / "tokenizer_config.json", settings)
    template = _value(reader, "tokenizer.chat_template")
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")


def _name(source: Path, name: str) -> str:
    stem, _, kind = name.rpartition(".")
    if stem in TENSORS and kind == "weight":
        return f"{TENSORS[stem]}.weight"
    block, _, part = stem.removeprefix("blk.").partition(".")
    if part in LAYER_TENSORS and kind == "weight":
        return f"model.layers.{block}.{LAYER_TENSORS[part]}.weight"
    raise ModelError(f"{source} holds {name}, which a plain llama model has not.")


def _part(values: Array, heads: int) -> Array:
    """Undo llama.cpp's reordering of each head's rows; see adapter_gguf."""
    rows, columns = values.shape
    pairs = values.reshape(heads, rows // heads // 2, 2, columns)
    return np.asarray(pairs.swapaxes(1, 2).reshape(rows, columns))


def _value(reader: gguf.GGUFReader, key: str) -> Any:
    return reader.fields[key].contents()


def _save_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _report(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        dequantise(
            Path(sys.argv[1]),
            Path(sys.argv[2]),
            on_progress=lambda fraction: _report(fraction=fraction),
        )
    except ModelError as error:
        _report(error=str(error))
        sys.exit(1)
