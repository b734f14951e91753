"""Where to train, by what the machine has."""

import pytest

from bot.device import choose


@pytest.mark.parametrize(
    ("loaded", "version", "expected"),
    [
        (True, "2.13.0", "cuda"),
        (True, "2.13.0+cu130", "cuda"),
        (True, "2.13.0+cpu", "cpu"),
        (False, "2.13.0", "cpu"),
    ],
)
def test_a_gpu_is_used_where_its_driver_and_torch_both_know_it(
    tmp_path, loaded, version, expected
):
    driver = tmp_path / "version"
    if loaded:
        driver.touch()

    assert choose("auto", driver=driver, torch_version=version) == expected


def test_a_device_that_was_set_is_used():
    assert choose("cuda:1") == "cuda:1"
