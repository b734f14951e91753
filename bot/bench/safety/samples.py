"""The safety bench's own texts, and the files of `--data` by the names they begin with."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read(name: str) -> list[Mapping[str, Any]]:
    """Read one of the bench's own files."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def ordinary() -> list[tuple[str, ...]]:
    """Return the fields of 300 lessons as communities teach them."""
    return [
        (row["question"], row["answer"]) if row["kind"] == "qa" else (row["text"],)
        for row in read("ordinary.jsonl")
    ]


def given(data: Path | None, pattern: str) -> list[Path]:
    """Find the files of a kind in the folder of `--data`, where there is one."""
    return sorted(data.glob(pattern)) if data else []
