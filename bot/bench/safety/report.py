"""The table of `myna bench safety`: for people and for programs."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bench.safety.rates import Rate

WIDTH = 110


def show(rates: Sequence[Rate]) -> None:
    """Print what was caught, and in columns of their own the false alarms."""
    table = Table("kind", "cases", "caught", "rate", "false alarms", "rate", "note")
    for each in rates:
        figures = [str(each.caught), f"{each.share:.1%}"]
        blank = ["", ""]
        columns = [*blank, *figures] if each.harmless else [*figures, *blank]
        table.add_row(each.name, str(each.cases), *columns, each.note)
    Console(width=WIDTH).print(table)


def to_json(rates: Sequence[Rate]) -> list[dict[str, Any]]:
    """Return JSON-ready rows."""
    return [
        {
            "kind": each.name,
            "cases": each.cases,
            "false alarms" if each.harmless else "caught": each.caught,
            "rate": each.share,
            "note": each.note,
        }
        for each in rates
    ]
