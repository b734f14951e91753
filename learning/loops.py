"""Loops to compare with: ours, a plain fp32 PEFT loop, transformers' generate.

`python -m learning.loops ours|plain RUN THREADS BATCHES` trains some batches of a run's
rows; `generate FOLDER THREADS TOKENS PROMPT...` decodes. Each prints one JSON line.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from learning.batching import batches, encode
from learning.prompt import build
from learning.rows import load_rows
from learning.run import load_spec
from learning.train import peak_memory_bytes

PLAIN_BATCH_ROWS = 8


def main(argv: Sequence[str]) -> int:
    """Run one loop and print tokens a second and the peak memory."""
    import torch  # noqa: PLC0415

    what, path, threads, count, *prompts = argv
    torch.set_num_threads(int(threads))
    if what == "generate":
        rate = generate(Path(path), int(count), prompts)
    else:
        rate = (ours if what == "ours" else plain)(Path(path), int(count))
    line = {"tokens_per_second": rate, "peak_memory_bytes": peak_memory_bytes()}
    print(json.dumps(line))  # noqa: T201
    return 0


def ours(run: Path, count: int) -> float:
    """Return row tokens a second of the training script's own step."""
    import torch  # noqa: PLC0415
    from transformers import AutoTokenizer  # noqa: PLC0415

    from learning.lora import load_model  # noqa: PLC0415
    from learning.loss import batch_loss  # noqa: PLC0415

    spec = replace(load_spec(run), parent=None, device="cpu")
    prefix, encoded = encode(AutoTokenizer.from_pretrained(spec.base), load_rows(run))
    model = load_model(spec)
    optimizer = torch.optim.AdamW(p for p in model.parameters() if p.requires_grad)
    model.train()
    rates = []
    for batch in _spread(list(batches(encoded, spec, 0)), count + 1):
        started = time.perf_counter()
        batch_loss(model, prefix, batch, {})[0].backward()
        optimizer.step()
        optimizer.zero_grad()
        tokens = sum(len(prefix) + len(e.prompt) + len(e.answer) for e in batch)
        rates.append(tokens / (time.perf_counter() - started))
    return median(rates[1:])


def plain(run: Path, count: int) -> float:
    """Return row tokens a second of the loop that any PEFT tutorial writes.

    float32, padded batches in random order, logits and loss by the model itself.
    """
    import torch  # noqa: PLC0415
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415

    from learning.lora import TARGET_MODULES  # noqa: PLC0415

    spec = load_spec(run)
    prefix, encoded = encode(AutoTokenizer.from_pretrained(spec.base), load_rows(run))
    base = AutoModelForCausalLM.from_pretrained(spec.base, dtype=torch.float32)
    config = LoraConfig(
        r=spec.rank, lora_alpha=spec.alpha, target_modules=list(TARGET_MODULES)
    )
    model: Any = get_peft_model(base, config)
    optimizer = torch.optim.AdamW(p for p in model.parameters() if p.requires_grad)
    model.train()
    order = sorted(encoded, key=lambda e: e.row.key)
    cut = [
        order[i : i + PLAIN_BATCH_ROWS] for i in range(0, len(order), PLAIN_BATCH_ROWS)
    ]
    rates = []
    for batch in _spread(cut, count + 1):
        started = time.perf_counter()
        rows = [prefix + e.prompt + e.answer for e in batch]
        longest = max(map(len, rows))
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        mask = torch.zeros(len(rows), longest, dtype=torch.long)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
        labels = ids.masked_fill(mask == 0, -100)
        model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        rates.append(sum(map(len, rows)) / (time.perf_counter() - started))
    return median(rates[1:])


def generate(folder: Path, tokens: int, prompts: Sequence[str]) -> float:
    """Return tokens a second of transformers' generate in float32, past the prompt."""
    import torch  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rates = []
    for prompt in prompts:
        messages = [{"role": m.role, "content": m.content} for m in build(prompt)]
        text = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        seconds = []
        lengths = []
        for limit in (1, tokens):
            started = time.perf_counter()
            out = model.generate(ids, max_new_tokens=limit, do_sample=False)
            seconds.append(time.perf_counter() - started)
            lengths.append(out.shape[1] - ids.shape[1])
        rates.append((lengths[1] - lengths[0]) / (seconds[1] - seconds[0]))
    return float(median(rates))


def _spread(cut: list[Any], count: int) -> list[Any]:
    """Take `count` batches from all over the order."""
    step = max(1, len(cut) // count)
    return cut[::step][:count]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
