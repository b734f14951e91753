"""The shipped skills adapter, made ready once for the base model it was trained on."""

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


def install(
    models: Path, base: BaseModel, *, shipped: Path = SHIPPED
) -> AdapterRef | None:
    """Copy and convert the adapter into `models`; None where none is shipped.

    Raises AdapterError where what is shipped is corrupt.
    """
    if not all((shipped / name).is_file() for name in FILES):
        return None
    target = models / f"skills-{VERSION}-{base.digest[:12]}"
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
    return AdapterRef(SKILLS, VERSION, target)


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
