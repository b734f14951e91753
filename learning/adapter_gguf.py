"""Turns a PEFT adapter into the GGUF file that llama.cpp serves."""

import json
import re
from pathlib import Path
from typing import Any, cast

import gguf
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from learning.errors import AdapterError

GGUF_NAME = "adapter.gguf"

MODULES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The llama architecture's linear layers, as PEFT and as llama.cpp call them."""

KEY = re.compile(r"base_model\.model\.model\.layers\.(\d+)\.(.+)\.lora_([AB])\.weight")

UNSUPPORTED = (
    "alpha_pattern",
    "fan_in_fan_out",
    "lora_bias",
    "modules_to_save",
    "rank_pattern",
    "use_dora",
    "use_rslora",
)
"""PEFT options that change what an adapter computes; llama.cpp knows none of them."""

Weights = NDArray[np.floating[Any]]


def convert(directory: Path, *, heads: int, kv_heads: int) -> Path:
    """Write `adapter.gguf`, in float16, beside the PEFT files of a llama adapter.

    `heads` and `kv_heads` are the base model's query and key/value heads. The file
    appears whole or not at all. Raises AdapterError where the adapter is missing,
    corrupt, or anything but plain LoRA on the layers of MODULES.
    """
    alpha = _alpha(directory)
    tensors = {
        _gguf_name(key): _gguf_values(key, values, heads=heads, kv_heads=kv_heads)
        for key, values in sorted(_tensors(directory).items())
    }
    _check_pairs(tensors, directory)
    temporary = directory / f".{GGUF_NAME}.tmp"
    writer = gguf.GGUFWriter(temporary, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, values in tensors.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return temporary.rename(directory / GGUF_NAME)


def _alpha(directory: Path) -> float:
    path = directory / "adapter_config.json"
    try:
        config = json.loads(path.read_text())
        kind, alpha = config["peft_type"], float(config["lora_alpha"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise AdapterError(f"{path} cannot be read; learn again.") from exc
    unsupported = [option for option in UNSUPPORTED if config.get(option)]
    if kind != "LORA" or unsupported:
        what = ", ".join(unsupported) or kind
        raise AdapterError(
            f"{directory} uses {what}; only plain LoRA can be served by llama.cpp."
        )
    return alpha


def _tensors(directory: Path) -> dict[str, Weights]:
    path = directory / "adapter_model.safetensors"
    try:
        return load_file(path)
    except (OSError, SafetensorError, KeyError, TypeError) as exc:
        raise AdapterError(f"{path} is missing or corrupt; learn again.") from exc


def _gguf_name(key: str) -> str:
    match = KEY.fullmatch(key)
    if match is None or match[2] not in MODULES:
        raise AdapterError(
            f"The adapter holds {key}, which llama.cpp has no place for."
        )
    return f"blk.{match[1]}.{MODULES[match[2]]}.weight.lora_{match[3].lower()}"


def _gguf_values(
    key: str, values: Weights, *, heads: int, kv_heads: int
) -> NDArray[np.float16]:
    if key.endswith(".q_proj.lora_B.weight"):
        values = _interleave(key, values, heads)
    elif key.endswith(".k_proj.lora_B.weight"):
        values = _interleave(key, values, kv_heads)
    with np.errstate(over="ignore"):
        half = np.ascontiguousarray(values, dtype=np.float16)
    if not np.isfinite(half).all():
        raise AdapterError(f"{key} holds values beyond float16; learn again.")
    return half


def _interleave(key: str, values: Weights, heads: int) -> Weights:
    """Reorder the rows of each head for llama.cpp's rotary embedding.

    Hugging Face rotates row i with row i + half, llama.cpp row 2i with row 2i + 1;
    the base model's q and k were reordered the same way when it became GGUF
    (LlamaModel.permute in llama.cpp's convert_hf_to_gguf.py).
    """
    rows, rank = values.shape
    if rows % (2 * heads):
        raise AdapterError(f"{key} has {rows} rows, which {heads} heads cannot share.")
    halves = values.reshape(heads, 2, rows // heads // 2, rank)
    return cast("Weights", halves.swapaxes(1, 2).reshape(rows, rank))


def _check_pairs(tensors: dict[str, NDArray[np.float16]], directory: Path) -> None:
    """A without B (or with B of another rank) would be ignored or crash at load."""
    for name, values in tensors.items():
        other = tensors.get(name[:-1] + ("b" if name.endswith("a") else "a"))
        lora_a, lora_b = (values, other) if name.endswith("a") else (other, values)
        if lora_a is None or lora_b is None or lora_a.shape[0] != lora_b.shape[1]:
            raise AdapterError(f"{directory} is incomplete at {name}; learn again.")
    if not tensors:
        raise AdapterError(f"{directory} holds no LoRA weights; learn again.")
