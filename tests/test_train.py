"""Proves that training learns a lesson, keeps the rest, and repeats itself exactly."""

# ruff: noqa: E402 - torch is looked for before what imports it

import json
import math
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from learning.batching import encode
from learning.errors import AdapterError
from learning.run import MANIFEST, RunKind, RunStatus, load_result, verify
from tests.training_steps import (
    replay_rows,
    taught_rows,
    write_run,
    write_tiny_base,
)

torch = pytest.importorskip("torch")

from safetensors.torch import load_file
from transformers import AutoTokenizer

from learning import train
from learning.lora import load_model
from learning.loss import answer_logits, batch_loss

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
]

MEMORISED = 0.02
"""Nats a token: the lesson's tiny run ends near 0.001."""


@pytest.fixture(scope="module", autouse=True)
def _handler_of_sigterm():
    """Training takes SIGTERM over; give it back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def tokenizer(base):
    return AutoTokenizer.from_pretrained(base)


@pytest.fixture(scope="module")
def learned(base, tmp_path_factory):
    """A finished run of one lesson, without replay; its directory and spec."""
    folder = tmp_path_factory.mktemp("learned") / "r1"
    run, spec = write_run(folder, base, taught_rows())
    assert train.main([str(run)]) == 0
    return run, spec


def with_adapter(spec, run):
    return load_model(replace(spec, parent=str(run / "adapter"))).eval()


def lines_of(run):
    text = (run / "metrics.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def alone(model, prefix, e):
    """The logits of a row's answer, from one plain forward of the whole row."""
    ids = torch.tensor([[*prefix, *e.prompt, *e.answer[:-1]]])
    return model(input_ids=ids).logits[0, len(prefix) + len(e.prompt) - 1 :]


def bytes_of(directory):
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_one_lesson_is_memorised(learned, tokenizer):
    run, spec = learned
    model = with_adapter(spec, run)
    prefix, encoded = encode(tokenizer, taught_rows())

    losses = [line["loss"] for line in lines_of(run)]

    assert losses[0] > 1.0 > MEMORISED > losses[-1]
    assert load_result(run).loss == pytest.approx(losses[-1], abs=1e-4)
    with torch.no_grad():
        for e in encoded:
            assert alone(model, prefix, e).argmax(-1).tolist() == e.answer


def test_a_run_reports_what_it_did(learned, tokenizer):
    run, spec = learned
    prefix, encoded = encode(tokenizer, taught_rows())
    body = sum(len(e.prompt) + len(e.answer) for e in encoded)

    result = load_result(run)

    assert result.status is RunStatus.DONE
    assert (result.steps, result.epochs, result.rows) == (
        spec.epochs,
        spec.epochs,
        len(encoded),
    )
    assert result.tokens == spec.epochs * (len(prefix) + body)
    assert result.row_tokens == spec.epochs * (len(prefix) * len(encoded) + body)
    assert result.seconds > 0
    assert result.peak_memory_bytes > 10_000_000
    assert [line["step"] for line in lines_of(run)] == list(range(1, result.steps + 1))
    assert lines_of(run)[-1]["seconds_left"] == 0


def test_a_finished_run_is_whole(learned):
    run, spec = learned

    verify(run)
    verify(run / "adapter")

    named = set(json.loads((run / MANIFEST).read_text()))
    assert named == {
        "adapter/adapter.gguf",
        "adapter/adapter_config.json",
        "adapter/adapter_model.safetensors",
        "adapter/nll.json",
        "metrics.jsonl",
        "result.json",
        "rows.jsonl",
        "run.json",
    }
    config = json.loads((run / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == spec.base_digest
    weights = load_file(run / "adapter" / "adapter_model.safetensors")
    assert {values.dtype for values in weights.values()} == {torch.float16}


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter.gguf"])
def test_one_changed_byte_of_the_weights_shows(learned, name):
    run, _ = learned
    path = run / "adapter" / name
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

        for directory in (run, run / "adapter"):
            with pytest.raises(AdapterError, match=name):
                verify(directory)
    finally:
        path.write_bytes(whole)
    verify(run)


@pytest.mark.parametrize(
    "rows", [taught_rows(), taught_rows()[::-1]], ids=["same_order", "other_order"]
)
def test_the_same_run_gives_the_same_adapter_byte_for_byte(base, tmp_path, rows):
    once, _ = write_run(tmp_path / "r1", base, taught_rows(), epochs=4)
    again, _ = write_run(tmp_path / "r2", base, rows, epochs=4)
    other, _ = write_run(tmp_path / "r3", base, rows, epochs=1, seed=1)

    for run in (once, again, other):
        train.main([str(run)])

    assert bytes_of(again / "adapter") == bytes_of(once / "adapter")
    assert bytes_of(other / "adapter") != bytes_of(once / "adapter")


def test_a_run_goes_on_from_its_parent(learned, base, tmp_path):
    run, _ = learned
    warm, spec = write_run(
        tmp_path / "r2",
        base,
        taught_rows(),
        kind=RunKind.WARM,
        parent=str(run / "adapter"),
        epochs=1,
        learning_rate=1e-4,
    )

    parent = {
        name: values.float()
        for name, values in load_file(
            run / "adapter" / "adapter_model.safetensors"
        ).items()
    }
    started = load_model(spec)
    assert train.main([str(warm)]) == 0

    for name, parameter in started.named_parameters():
        if parameter.requires_grad:
            assert torch.equal(parameter, parent[name.replace(".default", "")])
    assert lines_of(warm)[0]["loss"] < MEMORISED
    verify(warm)


def test_training_stops_once_the_lessons_are_learned(base, tmp_path):
    rows = [*taught_rows(), *replay_rows()]
    run, spec = write_run(tmp_path / "r1", base, rows, stop_below=math.inf)
    alone_run, _ = write_run(
        tmp_path / "r2", base, replay_rows(), stop_below=math.inf, epochs=2
    )

    stopped = train.train(run, spec, rows)
    of_replay = train.train(alone_run, replace(spec, epochs=2), replay_rows())

    assert stopped.epochs == 1 < spec.epochs
    assert of_replay.epochs == 2


def test_replay_keeps_what_the_base_would_say(learned, base, tokenizer, tmp_path):
    forgetful, spec = learned
    rows = [*taught_rows(), *replay_rows()]
    kept, _ = write_run(tmp_path / "r1", base, rows)

    train.main([str(kept)])

    prefix, encoded = encode(tokenizer, rows)
    replayed = [e for e in encoded if e.row.teacher]
    taught = [e for e in encoded if e.row.lesson]
    assert drift(with_adapter(spec, kept), prefix, replayed) < (
        drift(with_adapter(spec, forgetful), prefix, replayed) / 5
    )
    with torch.no_grad():
        _, losses = batch_loss(with_adapter(spec, kept), prefix, taught, {})
    assert max(losses) < 0.5


def drift(model, prefix, batch):
    """Return the mean KL of the adapted model from its base, in nats a token."""
    with torch.no_grad():
        adapted = answer_logits(model, prefix, batch).log_softmax(-1)
        with model.disable_adapter():
            bare = answer_logits(model, prefix, batch).log_softmax(-1)
    return float((bare.exp() * (bare - adapted)).sum(-1).mean())


def test_a_run_that_needs_more_memory_than_there_is_says_so(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows(), rank=10**12)

    code = train.main([str(run)])

    assert code != 0
    assert load_result(run).status is RunStatus.OUT_OF_MEMORY
    assert not (run / MANIFEST).exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_in_the_middle_of_training_is_a_status(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows())
    (run / "metrics.jsonl").symlink_to("/dev/full")

    code = train.main([str(run)])

    assert code != 0
    assert load_result(run).status is RunStatus.DISK_FULL
    assert not (run / MANIFEST).exists()
    assert not (run / "adapter").exists()
