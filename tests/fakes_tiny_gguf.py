"""A random two-layer llama as a GGUF file, small enough to make in every test."""

from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
from tokenizers import pre_tokenizers

WIDTH, HEADS, KV_HEADS, INNER, LAYERS = 64, 4, 2, 96, 2
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MERGES = ["Ġ Ġ", "Ġ a", "h e", "Ġ t", "Ġt he", "c a", "ca t", "ĠĠ ĠĠ", "1 2"]
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_tiny_gguf(
    path: Path,
    *,
    seed: int = 0,
    kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
    architecture: str = "llama",
    extra_tensor: str = "",
    merges: Sequence[str] = MERGES,
    context_tokens: int = 256,
    always_says: str = "",
) -> dict[str, np.ndarray]:
    """Write the file and return its tensors as llama.cpp reads them, by name.

    With `always_says`, a token, that is its answer to everything, so firmly that
    training does not change it.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*SPECIAL, *alphabet, *("".join(merge.split()) for merge in merges)]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(context_tokens)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(tokens) - len(SPECIAL)))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_bool("tokenizer.ggml.add_bos_token", val=False)
    writer.add_chat_template(TEMPLATE)
    rng = np.random.default_rng(seed)
    written = {}
    shapes = _shapes(len(tokens), extra_tensor)
    if always_says:
        shapes["output.weight"] = (len(tokens), WIDTH)
    for name, shape in shapes.items():
        values = rng.normal(0, 0.3, shape).astype(np.float32)
        if always_says:
            _make_firm(name, values, tokens, always_says)
        if len(shape) == 1:
            writer.add_tensor(name, values)
            written[name] = values
            continue
        raw = gguf.quants.quantize(values, kind)
        writer.add_tensor(name, raw, raw_dtype=kind)
        written[name] = gguf.quants.dequantize(raw, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return written


def _make_firm(name: str, values: np.ndarray, tokens: list[str], says: str) -> None:
    """Let the token follow the newline that ends each prompt, and the end follow it.

    Both stand alone in a direction of their own, too large for the layers to turn.
    """
    newline, said, end = (tokens.index(token) for token in ("Ċ", says, SPECIAL[2]))
    if name == "token_embd.weight":
        values[newline], values[said] = 1000 * np.eye(2, WIDTH)
    if name == "output_norm.weight":
        values[:] = 1.0
    if name == "output.weight":
        values[:] = 0.0
        values[said, 0] = values[end, 1] = 2.0


def _shapes(vocabulary: int, extra_tensor: str) -> dict[str, tuple[int, ...]]:
    narrow = WIDTH * KV_HEADS // HEADS
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
    }
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        shapes |= {
            block + "attn_norm.weight": (WIDTH,),
            block + "attn_q.weight": (WIDTH, WIDTH),
            block + "attn_k.weight": (narrow, WIDTH),
            block + "attn_v.weight": (narrow, WIDTH),
            block + "attn_output.weight": (WIDTH, WIDTH),
            block + "ffn_norm.weight": (WIDTH,),
            block + "ffn_gate.weight": (INNER, WIDTH),
            block + "ffn_up.weight": (INNER, WIDTH),
            block + "ffn_down.weight": (WIDTH, INNER),
        }
    return shapes | ({extra_tensor: (WIDTH,)} if extra_tensor else {})
