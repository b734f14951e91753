"""What the tests of learning repeat: lessons, and a lexicon that needs no model."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from learning.lesson import Lesson, LessonKind, LessonState
from learning.lexicon import Lexicon
from moderation.provenance import Provenance
from tests.fakes import FakeEmbedder

BENCH = Path(__file__).resolve().parent.parent / "bot" / "bench"


def lesson(kind, number=1, **fields):
    return Lesson(
        **{
            "server": "guild",
            "id": number,
            "kind": kind,
            "question": "",
            "answer": "",
            "text": "",
            "author": "u1",
            "author_name": "Tomas",
            "provenance": Provenance.TYPED,
            "state": LessonState.APPROVED,
            "taught_at": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
            **fields,
        }
    )


def qa(question, answer, number=1, **fields):
    return lesson(LessonKind.QA, number, question=question, answer=answer, **fields)


def fact(text, number=1, **fields):
    return lesson(LessonKind.FACT, number, text=text, **fields)


def rule(text, number=1, **fields):
    return lesson(LessonKind.RULE, number, text=text, **fields)


@cache
def lexicon():
    """Return the shipped lexicon, searched by words instead of meaning."""
    return Lexicon(FakeEmbedder())


def read_bench(name):
    """Return the rows of one of the bench's files."""
    lines = (BENCH / f"{name}.jsonl").read_text("ascii").splitlines()
    return [json.loads(line) for line in lines]


@cache
def bench_lessons():
    """Return the bench's lessons, of all kinds."""
    return tuple(
        lesson(
            LessonKind(row["kind"]),
            row["id"],
            question=row.get("question", ""),
            answer=row.get("answer", "") if row["kind"] == "qa" else "",
            text=row.get("text", ""),
        )
        for row in read_bench("lessons")
    )
