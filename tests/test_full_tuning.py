"""All weights are trained on a run's rows, and the folder that comes of it loads."""

# ruff: noqa: E402 - torch is looked for before what imports it

import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest

from learning.engine import Generation
from learning.prompt import build
from learning.run import RunStatus, load_result, verify
from tests.training_steps import replay_rows, taught_rows, write_run, write_tiny_base

torch = pytest.importorskip("torch")

from safetensors.torch import load_file

from learning import full_tuning, train
from learning.engine_transformers import TransformersEngine

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def tuned(base, tmp_path_factory):
    """A finished run as its own process; its directory and what it printed."""
    rows = [*taught_rows(), *replay_rows()]
    run, _ = write_run(
        tmp_path_factory.mktemp("tuned") / "r1", base, rows, learning_rate=2e-3
    )
    command = [sys.executable, "-m", "learning.full_tuning", str(run)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return run, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_loss_falls_with_every_weight_trained(tuned, base):
    run, steps = tuned
    before, after = (
        load_file(folder / "model.safetensors") for folder in (base, run / "model")
    )

    assert steps[-1]["step"] == steps[-1]["steps"] == 40 * 2
    assert sum(s["loss"] for s in steps[-8:]) < sum(s["loss"] for s in steps[:8]) / 4
    moved = {
        name
        for name, weight in after.items()
        if not torch.equal(weight, before[name].to(torch.float16))
    }
    assert moved == before.keys()


def test_the_run_is_sealed_and_says_what_it_took(tuned):
    run, steps = tuned

    result = load_result(run)

    assert result.status is RunStatus.DONE
    assert (result.steps, result.epochs, result.rows) == (80, 40, 7)
    assert math.isclose(result.loss, steps[-1]["loss"], abs_tol=1e-4)
    assert result.row_tokens > result.tokens > 0
    verify(run)


async def test_the_folder_is_served_and_says_what_was_taught(tuned):
    run, _ = tuned
    engine = TransformersEngine(run / "model")
    await engine.start()
    try:
        said = await engine.generate(
            Generation(build("Whose cat 12?"), adapter=None, server="s", max_tokens=40)
        )
    finally:
        await engine.close()

    assert "has it." in said.text


def test_it_stops_once_the_lesson_is_known(base, tmp_path):
    run, spec = write_run(
        tmp_path / "r", base, taught_rows(), learning_rate=5e-3, stop_below=0.5
    )

    result = full_tuning.train(run, spec, taught_rows())

    assert result.epochs < spec.epochs


def test_the_same_run_gives_the_same_weights(base, tmp_path):
    weights = []
    for name in ("a", "b"):
        run, spec = write_run(tmp_path / name, base, taught_rows(), epochs=2)
        full_tuning.train(run, replace(spec, learning_rate=1e-3), taught_rows())
        weights.append((run / "model" / "model.safetensors").read_bytes())

    assert weights[0] == weights[1]


def test_it_goes_on_from_an_adapter(base, tmp_path):
    learned, spec = write_run(tmp_path / "adapter", base, taught_rows())
    train.train(learned, spec, taught_rows())
    losses = []
    for name, parent in (("bare", None), ("taught", str(learned / "adapter"))):
        run, spec = write_run(tmp_path / name, base, taught_rows(), parent=parent)
        spec = replace(spec, epochs=1, learning_rate=1e-9)
        losses.append(full_tuning.train(run, spec, taught_rows()).loss)

    bare, taught = losses
    assert taught < bare / 4
