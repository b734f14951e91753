"""Readings: short texts with questions that they answer, written for Myna.

`readings.jsonl` teaches the writer to ask what people ask of a text, the skills adapter
to answer from one, and the judge of passages which text answers. Names and numbers are
invented, so that they must be read and cannot be remembered.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

READINGS = Path(__file__).with_name("readings.jsonl")


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, and what can be asked of it."""

    title: str
    text: str
    pairs: tuple[tuple[str, str], ...]
    """Questions, each with its answer as a span of the text."""
    near: tuple[str, ...]
    """Questions about the same subject that the text does not answer."""


@cache
def readings() -> tuple[Reading, ...]:
    """Read readings.jsonl, once."""
    lines = [json.loads(line) for line in READINGS.read_text().splitlines()]
    return tuple(
        Reading(
            line["title"],
            line["text"],
            tuple((question, answer) for question, answer in line["pairs"]),
            tuple(line["near"]),
        )
        for line in lines
    )
