"""Proves that a run in its own process is watched to its end, whatever that is."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from learning.errors import AdapterError, DiskFullError, RunError, RunKilledError
from learning.run import (
    MANIFEST,
    Progress,
    RunResult,
    RunStatus,
    load_result,
    save_result,
    seal,
    verify,
)
from learning.trainer import LocalTrainer, _outcome, _watch
from tests.training_steps import replay_rows, taught_rows, write_run, write_tiny_base

ENDLESS = {"epochs": 2000}
"""Steps enough for any machine to be interrupted in the middle."""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("model"))


def trainers():
    """The training processes that this one started and that still run."""
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
        and "learning.train" in child.cmdline()
    ]


async def trained(run, *, on_progress=lambda _: None, timeout_seconds=300):
    trainer = LocalTrainer(timeout_seconds=timeout_seconds)
    return await trainer.train(run, on_progress=on_progress)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
async def test_a_run_trains_in_a_niced_process_and_its_adapter_is_the_same(
    base, tmp_path
):
    pytest.importorskip("torch")
    from learning.train import train  # noqa: PLC0415 - takes seconds

    rows = [*taught_rows(), *replay_rows()]
    run, spec = write_run(tmp_path / "r1", base, rows, epochs=3)
    twin, _ = write_run(tmp_path / "twin", base, rows, epochs=3)
    seen, niceness, waits = [], [], []

    def watch(progress):
        seen.append(progress)
        for child in trainers():
            niceness.append(child.nice())
            waits.append(child.environ()["OMP_WAIT_POLICY"])

    result = await trained(run, on_progress=watch)

    steps = result.steps
    assert result.status is RunStatus.DONE
    assert result == load_result(run)
    verify(run)
    assert [(each.done, each.total) for each in seen] == [
        (step, steps) for step in range(1, steps + 1)
    ]
    assert all(each.stage == "training" and each.loss > 0 for each in seen)
    assert seen[-1].seconds_left == 0
    assert min(niceness) > psutil.Process().nice()
    assert set(waits) == {"PASSIVE"}
    train(twin, spec, rows)
    for path in (run / "adapter").iterdir():
        assert path.read_bytes() == (twin / "adapter" / path.name).read_bytes()


@pytest.mark.torch
async def test_a_killed_trainer_leaves_no_finished_run(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows(), **ENDLESS)

    def kill(_):
        for child in trainers():
            child.kill()

    with pytest.raises(RunKilledError, match="SIGKILL"):
        await trained(run, on_progress=kill)

    assert not (run / MANIFEST).exists()
    with pytest.raises(AdapterError, match="never finished"):
        verify(run)


@pytest.mark.torch
async def test_cancelling_stops_the_process(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows(), **ENDLESS)
    begun = asyncio.Event()
    task = asyncio.create_task(trained(run, on_progress=lambda _: begun.set()))
    await begun.wait()
    (running,) = trainers()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert trainers() == []
    assert not running.is_running()
    assert load_result(run).status is RunStatus.CANCELLED
    assert not (run / MANIFEST).exists()


async def test_a_run_that_takes_too_long_is_stopped(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows(), **ENDLESS)

    with pytest.raises(RunError, match="RUN_TIMEOUT_SECONDS"):
        await trained(run, timeout_seconds=0.01)

    assert trainers() == []
    assert not (run / MANIFEST).exists()


@pytest.mark.torch
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
async def test_a_full_disk_is_told_even_where_no_result_can_be_written(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows(), **ENDLESS)
    for name in ("metrics.jsonl", ".result.json.tmp"):
        (run / name).symlink_to("/dev/full")

    with pytest.raises(DiskFullError):
        await trained(run)

    assert not (run / MANIFEST).exists()


async def test_a_failure_is_told_in_the_trainers_own_last_words(base, tmp_path):
    run, _ = write_run(tmp_path / "r1", base, taught_rows())
    (run / "rows.jsonl").unlink()

    with pytest.raises(RunError, match=r"code 1: .*No such file .*rows\.jsonl"):
        await trained(run)


async def test_what_is_no_progress_is_passed_over():
    said = asyncio.StreamReader()
    said.feed_data(
        b'a warning\n{"step": 1}\n[1]\n\xff\n'
        b'{"step": 2, "steps": 9, "loss": 0.5, "seconds_left": 3.5}\n'
    )
    said.feed_eof()
    seen = []

    await _watch(SimpleNamespace(stdout=said), seen.append)

    assert seen == [Progress("training", 2, 9, 0.5, 3.5)]


def finished(run, status):
    save_result(run, RunResult(status, 1, 1, 1, 1, 1, 1.0, 0.5))


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (RunStatus.CANCELLED, 3, RunKilledError),
        (RunStatus.OUT_OF_MEMORY, 3, RunError),
        (RunStatus.DISK_FULL, 3, DiskFullError),
        (RunStatus.DONE, -9, RunKilledError),
        (RunStatus.DONE, 0, AdapterError),
    ],
)
def test_a_run_that_did_not_end_well_is_an_error(tmp_path, status, code, error):
    finished(tmp_path, status)

    with pytest.raises(error):
        _outcome(tmp_path, code, "")


def test_a_disk_that_fills_up_before_the_manifest_is_full(tmp_path):
    finished(tmp_path, RunStatus.DONE)

    with pytest.raises(DiskFullError):
        _outcome(tmp_path, 1, "OSError: [Errno 28] No space left on device")


def test_only_a_sealed_result_counts(tmp_path):
    finished(tmp_path, RunStatus.DONE)
    seal(tmp_path)

    assert _outcome(tmp_path, 0, "") == load_result(tmp_path)
