"""What `myna bench tools` writes: a page, numbers, and every answer by itself."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.bench.learning.report import page_of, show_sheets
from bot.bench.tools.results import Comparison, Finished, MethodResult
from bot.bench.tools.sheets import sheets
from learning.errors import CommandError
from learning.run import write_json
from learning.tool_decision import ENOUGH, NEARNESS
from learning.toolbox import MOST

PAGE, NUMBERS, ANSWERS = "tools.md", "tools.json", "tools.jsonl"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a run has to tell."""

    about: Mapping[str, Any]
    """Which data, how much of it, with which settings, on which machine."""
    methods: Sequence[MethodResult]
    compared: Sequence[Comparison]

    def to_json(self) -> dict[str, Any]:
        """Return JSON-ready fields; intervals have value, low and high."""
        return {
            "about": dict(self.about),
            "methods": [
                asdict(each) | {"right": each.right._asdict()} for each in self.methods
            ],
            "compared": [
                asdict(each) | {"difference": each.difference._asdict()}
                for each in self.compared
            ],
        }


def show(report: Report) -> None:
    """Print the tables."""
    show_sheets(sheets(report.methods, report.compared))


def write(report: Report, finished: Finished, folder: Path) -> None:
    """Write page, numbers and answers; CommandError where that is impossible."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(finished)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text(page(report), encoding="utf-8")
        (folder / ANSWERS).write_text("".join(lines), encoding="utf-8")
        write_json(folder / NUMBERS, report.to_json())
    except OSError as exc:
        raise CommandError(
            f"{folder} cannot be written ({exc.strerror}): name another folder with "
            "--results; finished cells are kept."
        ) from exc


def page(report: Report) -> str:
    """Return the tables as Markdown."""
    shown = sheets(report.methods, report.compared)
    return page_of("What `myna bench tools` measured", _told(report.about), shown)


def rows(finished: Finished) -> Iterator[dict[str, Any]]:
    """Return every answer of every cell, for whoever wants to look."""
    for wanted, _, answered in finished.cells:
        for each in answered:
            verdict = asdict(each.gorilla) if each.gorilla else None
            yield {
                "task": wanted.key.task,
                "method": wanted.key.method,
                "examples": wanted.key.examples,
                "seed": wanted.key.seed,
                "request": each.case.request,
                "expected": each.case.call.text if each.case.call else None,
                "seen": each.case.seen,
                "answer": each.answer.text,
                **asdict(each.score),
                "gorilla": verdict,
                "prompt_tokens": each.answer.prompt_tokens,
                "seconds_to_first_token": each.answer.seconds_to_first_token,
            }


def _told(about: Mapping[str, Any]) -> list[str]:
    seeds = (
        f"{about['general_questions']} general questions; seeds: {about['seeds']}, each "
        "its own choice of examples. The split of each task is the same for all seeds."
    )
    right = (
        "Right is the whole call, once case, spaces, dates, times and numbers are "
        "written alike. In brackets: Wilson's 95 % interval of one seed's requests; "
        "differences have bootstrap intervals over requests and seeds."
    )
    choosing = (
        f"Descriptions are of the {MOST} nearest tools, of TorchHub of its {MOST} closest "
        "calls, read by the skills adapter; they and the adapter write within one "
        "grammar. In the community nothing is called "
        f"where the log-probability of beginning a call and {NEARNESS:g} times the "
        f"cosine to the tool do not sum to {ENOUGH}. Of API-Bank the adapter's are those "
        f"of the {MOST} tools with the nearest requests in the training, so that none is "
        "among them that was never taught; one of another tool than the nearest is held "
        "against the nearest one's. Of TorchHub it is the closest call of the list: there "
        "the adapter writes it, and does not choose it."
    )
    full = (
        "Adapters start from the caller adapter. So does full fine-tuning, which adds it "
        "to the base, trains all weights on the same rows and is decoded freely by "
        "transformers, so its first token is another engine's."
    )
    tested_on = [f"Of {about['tested_on']} (--eval)."] if about["tested_on"] else []
    return [*tested_on, seeds, right, choosing, full]
