"""Builds the shipped skills adapter from invented worlds: `make skills`.

The adapter answers from a note, ignores notes that do not answer, says that it does not
know when nothing helps, and leaves ordinary questions alone. It serves a server that
has no adapter yet, and every server's adapter starts from it.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from learning import worlds
from learning.dataset import EXAM_PROMPTS, replayed
from learning.errors import RunError
from learning.model import BaseModel
from learning.prompt import with_notes
from learning.rows import Row, ask, save_rows
from learning.run import RunKind, RunSpec, save_spec

SKILLS = Path(__file__).with_name("skills")
FILES = ("adapter_model.safetensors", "adapter_config.json")
SEED = 0
INVENTED_ROWS = 1300
# A general question may be asked while notes lie about: it is answered all the same.
GENERAL_WITH_NOTES = 100
RANK = 8
LEARNING_RATE = 1e-3
BATCH_ROWS = 16


def rows(count: int = INVENTED_ROWS) -> list[Row]:
    """Return the skills adapter's training rows."""
    draw = random.Random(f"skills {SEED}")  # noqa: S311
    invented = list(worlds.rows(SEED, count))
    notes = [
        line[2:]
        for row in invented
        if row.kind == "note"
        for line in row.messages[-1].content.splitlines()
        if line.startswith("- ")
    ]
    general = [
        replace(ask(prompt, answer, "replay"), teacher="base")
        for prompt, answer in replayed()[:-EXAM_PROMPTS]
    ]
    disturbed = [
        ask(
            with_notes(prompt, draw.sample(notes, draw.choice((1, 2)))),
            answer,
            "replay",
        )
        for prompt, answer in replayed()[:GENERAL_WITH_NOTES]
    ]
    built = {row.key: row for row in [*invented, *general, *disturbed]}
    return [row for _, row in sorted(built.items())]


def build(
    base: BaseModel,
    directory: Path,
    taught: Sequence[Row],
    *,
    name: str,
    epochs: int,
    threads: int,
    parent: Path | None = None,
) -> None:
    """Train an adapter that is shipped in `directory`, from nothing or from another."""
    from learning import train  # noqa: PLC0415

    directory.mkdir(parents=True, exist_ok=True)
    spec = RunSpec(
        id=name,
        server="skills",
        kind=RunKind.FRESH,
        base=str(base.folder),
        base_digest=base.digest,
        parent=str(parent) if parent else None,
        lessons=(),
        rows_digest=save_rows(directory, taught),
        seed=SEED,
        rank=RANK,
        alpha=2 * RANK,
        learning_rate=LEARNING_RATE,
        epochs=epochs,
        batch_rows=BATCH_ROWS,
        threads=threads,
    )
    save_spec(directory, spec)
    if train.main([str(directory)]):
        raise RunError(f"The {name} adapter was not trained to its end.")


def rebuild(
    into: Path,
    taught: Sequence[Row],
    *,
    name: str,
    epochs: int,
    threads: int,
    parent: Path | None = None,
) -> None:
    """Train an adapter of the bundled model, as `build` does, and keep it in `into`."""
    from learning.model import prepare  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as temporary:
        base = prepare(Path(temporary), on_progress=lambda _done, _what: None)
        directory = Path(temporary) / "run"
        build(
            base,
            directory,
            taught,
            name=name,
            epochs=epochs,
            threads=threads,
            parent=parent,
        )
        into.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            shutil.copy(directory / "adapter" / file, into / file)


def main(argv: Sequence[str]) -> int:
    """Rebuild learning/skills from the bundled model: about an hour."""
    from learning import (  # noqa: PLC0415
        caller_skill,
        fit_weights,
        passage_fit_weights,
        writer_skill,
    )
    from learning.engine_llama_cpp import LlamaCppEngine  # noqa: PLC0415
    from learning.model import prepare  # noqa: PLC0415
    from learning.replay import write_replay  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m learning.skills")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        base = prepare(Path(temporary), on_progress=lambda _done, _what: None)
        if base.gguf is not None:
            write_replay(LlamaCppEngine(base.gguf))
        fit_weights.main([])
        passage_fit_weights.main([])
        directory = Path(temporary) / "run"
        threads = arguments.threads
        build(base, directory, rows(), name="skills", epochs=1, threads=threads)
        for name in FILES:
            shutil.copy(directory / "adapter" / name, SKILLS / name)
    threaded = ["--threads", str(arguments.threads)]
    return writer_skill.main(threaded) or caller_skill.main(threaded)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
