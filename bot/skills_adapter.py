"""The shipped adapters, made ready once for the base model they were trained on."""

import shutil
from pathlib import Path

from learning import adapter_gguf
from learning.engine import SKILLS, AdapterRef
from learning.errors import AdapterError
from learning.model import BaseModel
from learning.run import MANIFEST, seal, verify

SHIPPED = Path(adapter_gguf.__file__).with_name("skills")
FILES = ("adapter_model.safetensors", "adapter_config.json")
VERSION = 1
"""Raised by whoever ships other weights: the folder's name follows it."""
WRITER, CALLER = SHIPPED / "writer", SHIPPED / "caller"
WRITER_VERSION, CALLER_VERSION = 0, -1
"""They share the skills' name, which no server may have, and never its versions."""


def install(
    models: Path, base: BaseModel, *, shipped: Path = SHIPPED
) -> AdapterRef | None:
    """Copy and convert the skills adapter into `models`; None where none is shipped.

    Raises AdapterError where what is shipped is corrupt.
    """
    target = models / f"skills-{VERSION}-{base.digest[:12]}"
    return _install(shipped, target, VERSION, base)


def install_writer(models: Path, base: BaseModel) -> AdapterRef | None:
    """Do the same for the adapter that writes questions about passages."""
    target = models / f"writer-{base.digest[:12]}"
    return _install(WRITER, target, WRITER_VERSION, base)


def install_caller(models: Path, base: BaseModel) -> AdapterRef | None:
    """Do the same for the adapter that calls tools, and that learns them from there."""
    target = models / f"caller-{base.digest[:12]}"
    return _install(CALLER, target, CALLER_VERSION, base)


def _install(
    shipped: Path, target: Path, version: int, base: BaseModel
) -> AdapterRef | None:
    if not all((shipped / name).is_file() for name in FILES):
        return None
    if not _is_whole(target, shipped):
        shutil.rmtree(target, ignore_errors=True)
        temporary = target.with_name(f".{target.name}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700)
        for name in FILES:
            shutil.copyfile(shipped / name, temporary / name)
        adapter_gguf.convert(temporary, heads=base.heads, kv_heads=base.kv_heads)
        seal(temporary)
        temporary.rename(target)
    return AdapterRef(SKILLS, version, target)


def _is_whole(target: Path, shipped: Path) -> bool:
    if not (target / MANIFEST).is_file():
        return False
    try:
        verify(target)
    except AdapterError:  # ours to repair: it was copied from what is shipped
        return False
    return all(
        (target / name).read_bytes() == (shipped / name).read_bytes() for name in FILES
    )
