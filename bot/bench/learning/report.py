"""The tables of `myna bench learn`: for people, for a page and for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bench.learning.data import (
    DOCUMENTS,
    MAX_ANSWER_WORDS,
    MIN_QUESTIONS,
    SEQUENCE_DOCUMENTS,
)
from bot.bench.learning.lasting import SequenceResult
from bot.bench.learning.results import MethodResult
from bot.bench.learning.sheets import Sheet, sheets
from learning.errors import CommandError
from learning.run import write_json

PAGE, NUMBERS = "learning.md", "learning.json"
WIDTH = 150


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a run has to tell."""

    about: Mapping[str, Any]
    """Which data, how much of it, with which settings, on which machine."""
    methods: Sequence[MethodResult]
    sequences: Sequence[SequenceResult]

    def to_json(self) -> dict[str, Any]:
        """Return JSON-ready fields."""
        return asdict(self)


def show(report: Report) -> None:
    """Print the tables."""
    show_sheets(sheets(report.methods, report.sequences))


def show_sheets(shown: Iterable[Sheet]) -> None:
    """Print tables of any bench."""
    console = Console(width=WIDTH)
    for sheet in shown:
        table = Table(*sheet.columns, title=sheet.title, title_justify="left")
        for row in sheet.rows:
            table.add_row(*row)
        console.print(table)
        for caption in sheet.captions:
            console.print(caption)


def write(report: Report, folder: Path) -> None:
    """Write the page and the numbers; CommandError where that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text(page(report), encoding="utf-8")
        write_json(folder / NUMBERS, report.to_json())
    except OSError as exc:
        raise CommandError(
            f"{folder} cannot be written ({exc.strerror}): name another folder with "
            "--results; finished cells are kept."
        ) from exc


def page(report: Report) -> str:
    """Return the tables as Markdown."""
    return page_of(
        "What `myna bench learn` measured",
        _told(report.about),
        sheets(report.methods, report.sequences),
    )


def page_of(title: str, told: Iterable[str], shown: Iterable[Sheet]) -> str:
    """Return a page of any bench: a title, sentences, then its tables."""
    lines = [f"# {title}", "", *told]
    for sheet in shown:
        lines += ["", f"## {sheet.title}", ""]
        lines += [f"| {' | '.join(sheet.columns)} |", "|---" * len(sheet.columns) + "|"]
        lines += [f"| {' | '.join(row)} |" for row in sheet.rows]
        lines += ["", *sheet.captions] if sheet.captions else []
    return "\n".join(lines) + "\n"


def _told(about: Mapping[str, Any]) -> list[str]:
    sequences = (
        f"{about['sequences']} sequences of {SEQUENCE_DOCUMENTS} documents "
        f"from those after the first {DOCUMENTS}"
    )
    what = (
        f"{about['documents']} documents, the first by SHA-256 of their text, of "
        f"{about['usable_documents']} usable ones in `{about['file']}`; {sequences}; "
        f"seeds: {about['seeds']}."
    )
    left_out = (
        f"Left out: {about['long_answers']} questions with answers of more than "
        f"{MAX_ANSWER_WORDS} words, then {about['short_documents']} documents with "
        f"fewer than {MIN_QUESTIONS} questions."
    )
    scores = (
        "Exact is SQuAD's exact match, contained is the answer as whole words in the "
        "reply, both in per cent of the questions."
    )
    brackets = (
        "In brackets: 95 % bootstrap intervals, documents or sequences resampled whole."
    )
    return [what, left_out, scores, brackets]
