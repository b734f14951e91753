"""The bundled model from the first question to forgetting, as a script in a pipe.

This is the whole of Myna with nothing faked: read it first.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.torch]

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = {
    "unknown": "Who maintains the Orion staging server?",
    "taught": "/teach question: Who maintains the Orion staging server?"
    " answer: Priya Raman does.",
    "approved": "/approve 1",
    "remembered": "Who looks after Orion staging?",
    "learned": "/learn",
    "memory off": "/memory off",
    "learned by heart": "Who looks after Orion staging?",
    "memory on": "/memory on",
    "forgotten": "/forget 1",
    "unknown again": "Who looks after Orion staging?",
    "status": "/status",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the chat printed for each line of the script, by name."""
    folder = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--json", "--data-dir", folder / "data"],
        cwd=folder,  # no .env of the developer's
        env={**os.environ, "PYTHONPATH": str(ROOT), "MODEL": ""},
        input="".join(f"{line}\n" for line in SCRIPT.values()),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    adapters = [each.name for each in (folder / "data" / "adapters").glob("*/*")]
    shutil.rmtree(folder)  # half a gigabyte of weights
    said = dict(zip(SCRIPT, printed, strict=True))
    return {**said, "exit code": done.returncode, "adapters on disk": adapters}


def test_the_script_succeeds(said):
    assert said["exit code"] == 0
    assert all(said[step]["ok"] for step in SCRIPT)


def test_what_nobody_taught_is_not_known(said):
    assert said["unknown"]["abstained"]
    assert "/teach" in said["unknown"]["text"]


def test_an_approved_lesson_is_remembered_at_once_in_other_words(said):
    answer = said["remembered"]

    assert "Priya Raman" in answer["text"]
    assert [lesson["id"] for lesson in answer["lessons"]] == [1]
    assert answer["lessons"][0]["in_memory"]


def test_a_single_lesson_is_trained_examined_and_promoted(said):
    assert said["learned"]["promoted"], said["learned"]
    assert said["learned"]["adapter"] == "home/1"


def test_the_weights_know_the_lesson_without_a_note(said):
    answer = said["learned by heart"]

    assert "Priya Raman" in answer["text"]
    assert answer["adapter"] == "home/1"
    assert answer["notes"] == []


def test_a_forgotten_lesson_is_known_neither_by_memory_nor_by_any_adapter_in_use(said):
    answer = said["unknown again"]

    assert said["forgotten"]["withdrawn"] == ["home/1"]
    assert answer["abstained"]
    assert "Priya" not in answer["text"]
    assert answer["notes"] == []
    assert answer["adapter"] == said["status"]["adapter"] == said["unknown"]["adapter"]
    assert said["adapters on disk"] == []
