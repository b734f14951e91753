"""Proves that every row is trained on once an epoch, in an order of its own."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.batching import BUCKET_BATCHES, Encoded, batches, encode
from learning.engine import Message
from learning.rows import Row, ask
from learning.run import RunKind, RunSpec


class WordTokenizer:
    """Numbers words as it meets them; a turn is `<role> ... <end>`."""

    eos_token_id = 0

    def __init__(self):
        self.ids = {"<end>": 0}

    def apply_chat_template(self, messages, *, tokenize, add_generation_prompt=False):
        turns = [f"<{m['role']}> {m['content']} <end> " for m in messages]
        return "".join(turns) + ("<assistant> " if add_generation_prompt else "")

    def __call__(self, text, *, add_special_tokens, return_offsets_mapping=False):
        words = list(re.finditer(r"\S+", text))
        ids = [self.ids.setdefault(each[0], len(self.ids)) for each in words]
        spans = [each.span() for each in words]
        return {"input_ids": ids, "offset_mapping": spans}


def spec(**changes):
    return RunSpec(
        **{
            "id": "r1",
            "server": "guild",
            "kind": RunKind.FRESH,
            "base": "base",
            "base_digest": "digest",
            "parent": None,
            "lessons": (),
            **changes,
        }
    )


def encoded(number, length):
    row = ask(f"q{number}", f"a{number}", "wording")
    return Encoded(row, [1] * length, [2], [False])


def names(cut):
    return [[e.row.key for e in batch] for batch in cut]


@given(st.lists(st.integers(1, 50), max_size=90), st.integers(1, 9))
@settings(deadline=None, max_examples=30)
def test_an_epoch_goes_over_every_row_once_in_batches_of_the_size(lengths, size):
    rows = [encoded(number, length) for number, length in enumerate(lengths)]

    cut = list(batches(rows, spec(batch_rows=size), 0))

    assert Counter(e.row.key for batch in cut for e in batch) == Counter(
        e.row.key for e in rows
    )
    assert all(0 < len(batch) <= size for batch in cut)


def test_the_order_does_not_depend_on_the_order_of_the_rows():
    rows = [encoded(number, 1 + number % 7) for number in range(40)]

    one = names(batches(rows, spec(), 0))

    assert names(batches(rows[::-1], spec(), 0)) == one
    assert names(batches(rows, spec(), 1)) != one
    assert names(batches(rows, spec(seed=1), 0)) != one


def test_rows_of_a_batch_are_about_as_long():
    size = 4
    count = size * BUCKET_BATCHES
    rows = [encoded(number, 1 + number) for number in range(count)]

    cut = list(batches(rows, spec(batch_rows=size), 0))

    for batch in cut:
        lengths = [len(e.prompt) for e in batch]
        assert max(lengths) - min(lengths) == size - 1


def test_a_row_is_the_shared_system_turn_then_its_prompt_then_its_answer():
    tokenizer = WordTokenizer()
    row = ask("Who keeps it?", "Priya does.", "wording")

    prefix, (one,) = encode(tokenizer, [row])

    words = {number: word for word, number in tokenizer.ids.items()}
    told = [words[number] for number in (*prefix, *one.prompt, *one.answer)]
    rendered = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in row.messages],
        tokenize=False,
        add_generation_prompt=True,
    )
    assert told == [*rendered.split(), "Priya", "does.", "<end>"]
    assert words[one.prompt[0]] == "<user>"
    assert one.row == row


def test_rows_under_different_system_prompts_do_not_mix():
    other = Row((Message("system", "Be rude."), Message("user", "Who?")), "Me.", "chat")

    with pytest.raises(ValueError, match="share one system prompt"):
        encode(WordTokenizer(), [ask("Who?", "Me.", "wording"), other])


@pytest.mark.parametrize(
    ("answer", "own", "followed"),
    [
        ("It is.", "", [True, True, True]),
        ("It is. Fly safe!", "It is.", [True, True, False, False, False]),
        ("Ahoy, it is.", "is.", [False, False, True, False]),
        ("It is.", "It is.", [True, True, False]),  # the base had gone on
    ],
)
def test_a_teacher_is_followed_only_in_its_own_words(answer, own, followed):
    row = replace(ask("q", answer, "replay"), teacher="base", own=own)

    _, [encoded_row] = encode(WordTokenizer(), [row])

    assert encoded_row.followed == followed
