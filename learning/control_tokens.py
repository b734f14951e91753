"""Keeps people from typing the tokens that mark a turn of the conversation."""

import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from learning.errors import ModelError

CONTROL_KINDS = (2, 3)
"""Unknown and control: the kinds that llama.cpp reads from a prompt's text."""

_TOKENS = "tokenizer.ggml.tokens"
_KINDS = "tokenizer.ggml.token_type"
_STRING, _ARRAY = 8, 9
_NUMBERS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i",
    6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip


def of_gguf(path: Path) -> tuple[str, ...]:
    """Read a model's control tokens from its GGUF metadata.

    The gguf package's reader takes seconds over a vocabulary; this stops at the two
    lists it needs. Raises ModelError where the file is missing or corrupt.
    """
    found: dict[str, Any] = {}
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelError(f"{path} is not a GGUF file; install the model again.")
            file.seek(4 + 8, 1)  # the version and the number of tensors
            for _ in range(_number(file, "<Q")):
                key = _string(file)
                value = _value(file, _number(file, "<I"))
                if key in {_TOKENS, _KINDS}:
                    found[key] = value
                if len(found) == 2:  # noqa: PLR2004
                    break
    except FileNotFoundError as exc:
        raise ModelError(
            f"{path} is missing; install the model again, or set MODEL to another one."
        ) from exc
    except (OSError, struct.error, KeyError, MemoryError, OverflowError) as exc:
        raise ModelError(f"{path} is corrupt; install the model again.") from exc
    pairs = zip(found.get(_TOKENS, ()), found.get(_KINDS, ()), strict=False)
    return tuple(token for token, kind in pairs if kind in CONTROL_KINDS)


def pattern(tokens: Iterable[str]) -> re.Pattern[str]:
    """Compile what `strip` looks for: these tokens, and any other `<|...|>`."""
    longest_first = sorted(filter(None, tokens), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest_first), r"<\|[^<>|]{0,40}\|>"]))


def strip(text: str, control: re.Pattern[str]) -> str:
    """Remove control tokens, also those that appear once others are removed."""
    while True:
        stripped = control.sub("", text)
        if stripped == text:
            return text
        text = stripped


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        return _number(file, _NUMBERS[kind])
    item, length = _number(file, "<I"), _number(file, "<Q")
    if item in {_STRING, _ARRAY}:
        return [_value(file, item) for _ in range(length)]
    form = _NUMBERS[item]
    data = _exactly(file, length * struct.calcsize(form))
    return struct.unpack(f"<{length}{form[1]}", data)


def _string(file: BinaryIO) -> str:
    return _exactly(file, _number(file, "<Q")).decode("utf-8", "replace")


def _number(file: BinaryIO, form: str) -> Any:
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _exactly(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) != length:
        raise struct.error
    return data
