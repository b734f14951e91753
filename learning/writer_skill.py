"""Builds the shipped writer adapter from readings: part of `make skills`.

It teaches the bundled model what `learning.writer` asks of it: a question about a
sentence, given the sentence, the one before it, and the span that shall answer.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from learning.readings import Reading, readings
from learning.rows import Row
from learning.sentences import sentences
from learning.skills import rebuild
from learning.writer import ask_for

WRITER = Path(__file__).with_name("skills") / "writer"
EPOCHS = 2


def rows(every: Sequence[Reading]) -> list[Row]:
    """Return a row for each question whose answer stands in one sentence."""
    built = {row.key: row for reading in every for row in _rows_of(reading)}
    return [row for _, row in sorted(built.items())]


def main(argv: Sequence[str]) -> int:
    """Rebuild learning/skills/writer from the bundled model."""
    parser = argparse.ArgumentParser(prog="python -m learning.writer_skill")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--readings", type=int, help="only so many, to try it")
    parser.add_argument("--into", type=Path, default=WRITER)
    arguments = parser.parse_args(argv)
    taught = rows(readings()[: arguments.readings])
    threads = arguments.threads
    rebuild(arguments.into, taught, name="writer", epochs=EPOCHS, threads=threads)
    return 0


def _rows_of(reading: Reading) -> Iterator[Row]:
    parts = sentences(reading.text)
    for question, answer in reading.pairs:
        number = next((i for i, part in enumerate(parts) if answer in part), None)
        if number is not None:
            asked = ask_for(reading.title, parts, number, answer)
            yield Row(asked, question, "writer")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
