"""`myna check`: a sentence for each fault, and all of them at once."""

from pathlib import Path

import pytest

from bot import settings
from bot.check import find_faults


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


async def faults_of(data, **environ):
    flags = {"DATA_DIR": str(data), "MODEL": "/no/such/model"}
    loaded = settings.load(flags=flags, environ=environ, env_file=Path("none"))
    found = await find_faults(loaded, lambda fraction, what: None)
    return [fault for fault in found if "embedding" not in fault]


async def test_a_model_that_is_not_there_is_the_only_fault_of_a_new_directory(data):
    (fault,) = await faults_of(data)

    assert "/no/such/model" in fault


async def test_every_fault_is_named_at_once(data):
    await faults_of(data)
    (data / "myna.db").write_bytes(b"no database" * 1000)
    (data / "adapters" / "home" / "1").mkdir(parents=True)

    faults = await faults_of(data)

    assert len(faults) == 3
    assert "myna.db" in faults[0]
    assert str(data / "adapters" / "home" / "1") in faults[1]


async def test_a_directory_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    (fault,) = await faults_of(tmp_path / "file" / "data")

    assert str(tmp_path / "file") in fault


async def test_a_platform_that_is_half_set_up_is_a_fault(data):
    faults = await faults_of(data, SLACK_APP_TOKEN="xapp-1")  # noqa: S106

    assert "SLACK_BOT_TOKEN" in faults[0]
