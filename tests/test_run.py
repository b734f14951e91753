"""Proves that a run's directory reads back as written, and that any change shows."""

import json
from math import isnan, nan

import pytest

from learning.errors import AdapterError
from learning.run import (
    MANIFEST,
    RunKind,
    RunResult,
    RunSpec,
    RunStatus,
    load_result,
    load_spec,
    save_result,
    save_spec,
    seal,
    verify,
    write_json,
)

SPEC = RunSpec(
    id="r1",
    server="guild",
    kind=RunKind.WARM,
    base="/models/tiny",
    base_digest="abc",
    parent=None,
    lessons=(1, 7),
    versions={"torch": "2"},
)
RESULT = RunResult(RunStatus.DONE, 9, 3, 5, 100, 300, 1.5, 0.25, 7, "Ünïcode")


@pytest.fixture
def sealed(tmp_path):
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "weights").write_bytes(b"\0" * 2000)
    (tmp_path / "rows.jsonl").write_text("{}\n")
    save_spec(tmp_path, SPEC)
    seal(tmp_path)
    return tmp_path


def test_a_spec_reads_back_as_written(tmp_path):
    save_spec(tmp_path, SPEC)

    assert load_spec(tmp_path) == SPEC


def test_a_result_reads_back_as_written(tmp_path):
    save_result(tmp_path, RESULT)

    assert load_result(tmp_path) == RESULT


def test_a_result_without_a_loss_reads_back(tmp_path):
    save_result(
        tmp_path, RunResult(RunStatus.CANCELLED, 0, 0, 0, 0, 0, 0.0, nan, 0, "")
    )

    assert isnan(load_result(tmp_path).loss)


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    write_json(tmp_path / "a.json", {"a": 1})

    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"a": object()})

    assert json.loads((tmp_path / "a.json").read_text()) == {"a": 1}


def test_an_untouched_run_is_whole(sealed):
    verify(sealed)

    assert set(json.loads((sealed / MANIFEST).read_text())) == {
        *["adapter/weights", "rows.jsonl", "run.json"]
    }


def test_one_changed_byte_shows(sealed):
    path = sealed / "adapter" / "weights"
    path.write_bytes(b"\0" * 1999 + b"\1")

    with pytest.raises(AdapterError, match="adapter/weights does not match its hash"):
        verify(sealed)


def test_a_missing_file_shows(sealed):
    (sealed / "rows.jsonl").unlink()

    with pytest.raises(AdapterError, match=r"rows\.jsonl is missing"):
        verify(sealed)


def test_a_run_without_its_manifest_was_never_finished(sealed):
    (sealed / MANIFEST).unlink()

    with pytest.raises(AdapterError, match="never finished"):
        verify(sealed)


@pytest.mark.parametrize("content", [b"", b'{"run.json": ', b"[1, 2]", b"7", b"\xff"])
def test_a_corrupt_manifest_is_a_sentence(sealed, content):
    (sealed / MANIFEST).write_bytes(content)

    with pytest.raises(AdapterError, match="corrupt"):
        verify(sealed)


def test_half_written_files_are_not_sealed(sealed):
    (sealed / ".result.json.tmp").write_text("{")

    seal(sealed)
    (sealed / ".result.json.tmp").unlink()

    verify(sealed)
