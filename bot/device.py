"""Where to train: decided without torch, which the bot's process never loads."""

import importlib.metadata
from pathlib import Path

AUTO = "auto"
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")


def choose(
    device: str, *, driver: Path = NVIDIA_DRIVER, torch_version: str | None = None
) -> str:
    """Return the device to use: as set, or by what this machine has.

    A GPU counts where its driver is loaded and torch was not built for CPUs alone.
    """
    if device != AUTO:
        return device
    version = torch_version or importlib.metadata.version("torch")
    if driver.exists() and not version.endswith("+cpu"):
        return "cuda"
    return "cpu"
