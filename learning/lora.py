"""The frozen base with its LoRA: loaded for training, saved for serving."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from learning import adapter_gguf
from learning.fused_lora import fuse
from learning.run import RunSpec, seal, write_json

NEUTRAL = Path(__file__).with_name("neutral.txt")
TARGET_MODULES = (
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "gate_proj",
    "up_proj",
    "down_proj",
)


def load_model(spec: RunSpec) -> Any:
    """Load the frozen base with a trainable LoRA: the parent's, or a new one."""

    base: Any = AutoModelForCausalLM.from_pretrained(spec.base, dtype=training_dtype())
    base.to(spec.device)
    if spec.parent is not None:
        model: Any = PeftModel.from_pretrained(base, spec.parent, is_trainable=True)
    else:
        config = LoraConfig(
            r=spec.rank,
            lora_alpha=spec.alpha,
            lora_dropout=0.0,
            target_modules=list(TARGET_MODULES),
            task_type="CAUSAL_LM",
        )
        model = get_peft_model(base, config)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)
    fuse(model)
    return model


def training_dtype() -> Any:
    """Return bfloat16 where the processor multiplies it, else float32.

    Emulated bfloat16 ran at 31 GFLOP/s beside 104 for float32 on a processor with
    AVX-512 but neither AVX512-BF16 nor AMX (docs/LOG.md).
    """

    if torch.cuda.is_available():
        return torch.bfloat16
    flags = ""
    if Path("/proc/cpuinfo").is_file():
        flags = Path("/proc/cpuinfo").read_text()
    if "avx512_bf16" in flags or "amx_bf16" in flags:
        return torch.bfloat16
    return torch.float32


def neutral_nll(model: Any, tokenizer: Any) -> float:
    """Return the mean negative log-likelihood of neutral text, in nats a token."""

    device = next(model.parameters()).device
    ids = torch.tensor([tokenizer(NEUTRAL.read_text())["input_ids"]], device=device)
    model.eval()
    with torch.no_grad():
        return float(model(input_ids=ids, labels=ids).loss)


def save_adapter(model: Any, tokenizer: Any, directory: Path, spec: RunSpec) -> None:
    """Write the LoRA in float16 as safetensors and GGUF, hashes last."""

    after = neutral_nll(model, tokenizer)
    with model.disable_adapter():
        before = neutral_nll(model, tokenizer)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float16)
    saved = model.peft_config["default"]
    saved.base_model_name_or_path = spec.base_digest
    saved.target_modules = sorted(saved.target_modules)  # a set has no order to repeat
    # `auto` would look the base up on the hub, by its digest.
    model.save_pretrained(directory, save_embedding_layers=False)
    (directory / "README.md").unlink(missing_ok=True)
    write_json(directory / "nll.json", {"base": before, "adapter": after})
    config = model.get_base_model().config
    adapter_gguf.convert(
        directory,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
    )
    seal(directory)
