"""What the tests of training repeat: a tiny base model, and small runs of it."""

from dataclasses import replace

import numpy as np
from safetensors.numpy import load_file, save_file

from learning.dequantise import dequantise
from learning.rows import Row, ask, save_rows
from learning.run import RunKind, RunSpec, save_spec
from tests.fakes_tiny_gguf import write_tiny_gguf

LESSON = "d1"


def write_tiny_base(folder):
    """Write a random two-layer llama as a folder of safetensors; return the folder."""
    write_tiny_gguf(folder / "tiny.gguf")
    dequantise(folder / "tiny.gguf", folder / "base", on_progress=lambda _: None)
    path = folder / "base" / "model.safetensors"
    weights = load_file(path)
    # Random norms keep logits so small that no answer can become certain.
    weights["model.norm.weight"] = np.full_like(weights["model.norm.weight"], 3.0)
    save_file(weights, path, metadata={"format": "pt"})
    return folder / "base"


def taught_rows():
    """One lesson in a few wordings."""
    wordings = ["Who has the cat?", "the cat, who has it?", "Whose cat 12?"]
    return [ask(q, "Priya Raman has it.", "wording", lesson=LESSON) for q in wordings]


def replay_rows() -> list[Row]:
    """General questions that the base answers in its own way."""
    asked = ["Name a colour.", "What is a the?", "Say 12.", "How are you today?"]
    return [
        replace(ask(prompt, f"It is {number}.", "replay"), teacher="base")
        for number, prompt in enumerate(asked)
    ]


def write_run(folder, base, rows, **changes):
    """Write a run's directory; return it and its spec."""
    folder.mkdir(parents=True)
    spec = RunSpec(
        **{
            "id": folder.name,
            "server": "guild",
            "kind": RunKind.FRESH,
            "base": str(base),
            "base_digest": "tiny-digest",
            "parent": None,
            "lessons": (1,),
            "rows_digest": save_rows(folder, rows),
            "rank": 8,
            "alpha": 16,
            "learning_rate": 2e-2,
            "epochs": 40,
            "batch_rows": 4,
            "stop_below": 0.0,
            "device": "cpu",
            **changes,
        }
    )
    save_spec(folder, spec)
    return folder, spec
