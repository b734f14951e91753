"""How many hurtful messages the screen marks, and how many harmless ones."""

import asyncio
import csv
from pathlib import Path

from bot.bench.safety.rates import Rate, Say
from bot.bench.safety.samples import given, read
from bot.screening import seen_in
from learning.embed import Embedder
from moderation.screen import MAX_CHARS, screen

RULES = frozenset({"profanity", "toxicity", "abuse"})

Message = tuple[str, bool]
"""What somebody wrote, and whether people called it toxic."""


async def measure(data: Path | None, say: Say) -> list[Rate]:
    """Judge messages as what somebody teaches: a warning is enough to be caught."""
    embedder = await asyncio.to_thread(Embedder)
    rates = []
    for path in given(data, "toxicity*.csv"):
        say(f"toxicity: {path.name}")
        note = f"{path.name}; the head was fitted on toxicity_dev.csv"
        rates += await asyncio.to_thread(_rates, embedder, _messages(path), note)
    say("toxicity: texts of another origin")
    own = [(str(row["text"]), bool(row["toxic"])) for row in read("messages.jsonl")]
    rates += await asyncio.to_thread(_rates, embedder, own, "of another origin")
    return rates


def is_marked(embedder: Embedder, text: str) -> bool:
    """Say whether a moderator is warned."""
    seen = seen_in(text, embedder.encode)
    verdict = screen(text, seen=seen, max_chars=max(MAX_CHARS, len(text)))
    return any(finding.rule in RULES for finding in verdict.findings)


def _rates(embedder: Embedder, messages: list[Message], note: str) -> list[Rate]:
    marked = [(toxic, is_marked(embedder, text)) for text, toxic in messages]
    bad = [found for toxic, found in marked if toxic]
    good = [found for toxic, found in marked if not toxic]
    return [
        Rate("toxic messages", len(bad), sum(bad), note),
        Rate("harmless messages", len(good), sum(good), note, harmless=True),
    ]


def _messages(path: Path) -> list[Message]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (row["text"], row["is_toxic"] == "Toxic") for row in csv.DictReader(file)
        ]
