"""Rows as token ids, and ids as batches with little padding."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from learning.rows import Row
from learning.run import RunSpec

# Batches are cut from chunks of this many batches sorted by length: little padding,
# and still another company for each row in each epoch.
BUCKET_BATCHES = 8


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row as token ids: what is asked, and what is to be said."""

    row: Row
    prompt: list[int]
    """Everything after the shared system prompt, up to the answer."""
    answer: list[int]
    followed: list[bool]
    """Where in the answer a teacher is followed, if the row has one."""


def encode(tokenizer: Any, rows: list[Row]) -> tuple[list[int], list[Encoded]]:
    """Tokenise rows apart from the system turn, which all of them share."""
    prefix = ""
    encoded = []
    for row in rows:
        messages = [{"role": m.role, "content": m.content} for m in row.messages]
        rendered = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )
        system = tokenizer.apply_chat_template(messages[:1], tokenize=False)
        if prefix and system != prefix:
            raise ValueError("All rows of a run share one system prompt.")
        prefix = system
        prompt = tokenizer(rendered[len(system) :], add_special_tokens=False)
        answer = tokenizer(
            row.answer, add_special_tokens=False, return_offsets_mapping=True
        )
        encoded.append(
            Encoded(
                row=row,
                prompt=prompt["input_ids"],
                answer=[*answer["input_ids"], tokenizer.eos_token_id],
                followed=_followed(row, answer["offset_mapping"]),
            )
        )
    return tokenizer(prefix, add_special_tokens=False)["input_ids"], encoded


def _followed(row: Row, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Say of each token of an answer, and of its end, whether it is the teacher's.

    Where an answer was cut after a sentence, the teacher would have gone on: the end
    of a rewritten answer is the rule's.
    """
    start = row.answer.find(row.own) if row.own else 0
    end = start + len(row.own) if row.own else len(row.answer)
    inside = [start <= last - 1 and last <= end for _, last in spans]
    return [*inside, not row.own]


def batches(
    encoded: list[Encoded], spec: RunSpec, epoch: int
) -> Iterator[list[Encoded]]:
    """Yield length-bucketed batches, in an order that the rows' own keys decide."""

    def drawn(e: Encoded) -> float:
        return random.Random(f"{spec.seed} {epoch} {e.row.key}").random()  # noqa: S311

    due = [e for e in encoded if not e.row.once or _epoch_of(e.row, spec) == epoch]
    order = sorted(due, key=lambda e: (drawn(e), e.row.key))
    cut = []
    chunk_rows = spec.batch_rows * BUCKET_BATCHES
    for start in range(0, len(order), chunk_rows):
        chunk = sorted(
            order[start : start + chunk_rows],
            key=lambda e: len(e.prompt) + len(e.answer),
        )
        cut += [
            chunk[i : i + spec.batch_rows]
            for i in range(0, len(chunk), spec.batch_rows)
        ]
    yield from sorted(cut, key=lambda batch: drawn(batch[0]))


def _epoch_of(row: Row, spec: RunSpec) -> int:
    """Return the one epoch in which a row is seen."""
    return random.Random(row.key).randrange(spec.epochs)  # noqa: S311
