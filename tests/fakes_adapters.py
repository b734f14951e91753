"""Random adapters for the bundled model: strong, distinct and quick to make."""

import gguf
import numpy as np

from learning.engine import AdapterRef
from learning.run import seal

LAYERS, RANK, ALPHA = 30, 8, 16.0
SHAPES = {
    "attn_q": (576, 576),
    "attn_k": (576, 192),
    "attn_v": (576, 192),
    "attn_output": (576, 576),
    "ffn_gate": (576, 1536),
    "ffn_up": (576, 1536),
    "ffn_down": (1536, 576),
}


def random_adapter(folder, server, version=1, *, seed, strength=0.05):
    """Write and seal an adapter whose GGUF llama.cpp can serve."""
    directory = folder / server / str(version)
    directory.mkdir(parents=True)
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(directory / "adapter.gguf", "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    for layer in range(LAYERS):
        for name, (inputs, outputs) in SHAPES.items():
            for part, shape in (("a", (RANK, inputs)), ("b", (outputs, RANK))):
                values = random.standard_normal(shape) * strength
                writer.add_tensor(
                    f"blk.{layer}.{name}.weight.lora_{part}", values.astype(np.float16)
                )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    seal(directory)
    return AdapterRef(server=server, version=version, directory=directory)
