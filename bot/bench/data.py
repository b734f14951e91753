"""The bench's lessons and questions, and how an answer is scored."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the bench, and what a right answer contains."""

    question: str
    group: str
    """`taught`, `shared`, `unshared`, `far`, `near` or `general`."""
    keys: tuple[str, ...] = ()
    """Empty: nobody taught it, and abstaining is right."""


def lessons(limit: int | None = None) -> list[Mapping[str, Any]]:
    """Read the lessons to be taught."""
    return read("lessons.jsonl")[:limit]


def taught_questions(taught: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """Return the questions about these lessons: as taught, and in other words."""
    asked = []
    for lesson in taught:
        keys = (lesson["key"], *lesson["aliases"])
        asked.append(Asked(lesson["taught"], "taught", keys))
        asked += [Asked(h["question"], h["kind"], keys) for h in lesson["held_out"]]
    return asked


def untaught_questions(taught: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """Return questions that no lesson answers; near ones only about these lessons."""
    known = {lesson["id"] for lesson in taught}
    return [
        Asked(line["question"], line["kind"])
        for line in read("untaught.jsonl")
        if line["kind"] == "far" or line["near_lesson"] in known
    ]


def general_questions(limit: int | None = None) -> list[Asked]:
    """Return ordinary questions that need no teaching."""
    return [
        Asked(line["question"], "general", (line["key"], *line["aliases"]))
        for line in read("general.jsonl")[:limit]
    ]


def contains_key(answer: str, keys: Sequence[str]) -> bool:
    """Say whether a normalised key stands in the normalised answer, as whole words."""
    said = f" {normalised(answer)} "
    return any(f" {normalised(key)} " in said for key in keys)


def normalised(text: str) -> str:
    """Lower-case a text and reduce what is no letter or digit to single spaces."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def read(name: str) -> list[Mapping[str, Any]]:
    """Read the rows of one of the bench's files."""
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]
