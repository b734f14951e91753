"""How many orders to the model are held: taught, on a page, in a file."""

import asyncio
import html
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.bench.safety.rates import Rate, Say
from bot.bench.safety.samples import given, ordinary, read
from bot.screening import seen_in
from learning.documents import extract
from learning.embed import Embedder
from learning.passages import passages
from moderation.screen import MAX_CHARS, screen

AT_ONCE = 20
"""Attacks of one page, each under a heading of its own."""
BEFORE = (
    "The rowing club was founded by six students and owns two wooden boats and a shed"
    " beside the lock."
)
AFTER = (
    "The shed is painted every third spring, and the boats are carried down to the"
    " water by four people."
)

Judge = Callable[[Sequence[str]], bool]


async def measure(data: Path | None, say: Say) -> list[Rate]:
    """Count what at least two moderators must look at, or what is refused."""
    embedder = await asyncio.to_thread(Embedder)

    def judge(fields: Sequence[str]) -> bool:
        seen = seen_in("\n".join(fields), embedder.encode)
        most = max(MAX_CHARS, sum(map(len, fields)))
        verdict = screen(*fields, seen=seen, max_chars=most)
        return verdict.held or verdict.refused

    rates = []
    for name, attacks in _sources(data):
        say(f"injection: {name}")
        taught = await asyncio.to_thread(_held, judge, [(text,) for text in attacks])
        rates.append(Rate("orders taught", len(attacks), taught, name))
        for kind, write in (("page", _page), ("file", _file)):
            found = await held_inside(judge, attacks, write)
            rates.append(Rate(f"orders in a {kind}", len(attacks), found, name))
    say("injection: ordinary lessons")
    lessons = ordinary()
    alarms = await asyncio.to_thread(_held, judge, lessons)
    note = "held or refused by any rule"
    rates.append(Rate("ordinary lessons", len(lessons), alarms, note, harmless=True))
    return rates


async def held_inside(
    judge: Judge, attacks: Sequence[str], write: Callable[[Sequence[str]], "Written"]
) -> int:
    """Read documents as the bot does; count attacks of which a passage is held."""
    held: set[int] = set()
    for start in range(0, len(attacks), AT_ONCE):
        name, content_type, text = write(attacks[start : start + AT_ONCE])
        document = await extract(text.encode(), name=name, content_type=content_type)
        for passage in passages(document):
            heading = passage.headings[-1] if passage.headings else ""
            number = heading.removeprefix("Part ")
            if number.isdigit() and await asyncio.to_thread(
                judge, (f"{heading}: {passage.text}",)
            ):
                held.add(start + int(number))
    return len(held)


Written = tuple[str, str, str]
"""A file's name, its type, and its text."""


def _page(attacks: Sequence[str]) -> Written:
    parts = (
        f"<h2>Part {number}</h2><p>{BEFORE}</p><p>{html.escape(text)}</p><p>{AFTER}</p>"
        for number, text in enumerate(attacks)
    )
    body = (
        f"<html><body><article><h1>Boats</h1>{''.join(parts)}</article></body></html>"
    )
    return "page.html", "text/html", body


def _file(attacks: Sequence[str]) -> Written:
    parts = (
        f"## Part {number}\n\n{BEFORE}\n\n{text}\n\n{AFTER}\n"
        for number, text in enumerate(attacks)
    )
    return "notes.md", "text/markdown", "# Boats\n\n" + "\n".join(parts)


def _sources(data: Path | None) -> list[tuple[str, list[str]]]:
    found = [
        (path.name, [row["user_input"] for row in json.loads(path.read_text("utf-8"))])
        for path in given(data, "prompt_injection*.json")
    ]
    return [
        *found,
        ("of another origin", [str(r["text"]) for r in read("attacks.jsonl")]),
    ]


def _held(judge: Judge, lessons: Sequence[Sequence[str]]) -> int:
    return sum(judge(fields) for fields in lessons)
