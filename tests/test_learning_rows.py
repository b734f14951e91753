"""Proves that rows are named by their content and survive being written down."""

import hashlib
import json

import pytest

from learning.engine import Message
from learning.prompt import SYSTEM
from learning.rows import ROWS, Row, ask, load_rows, save_rows

ROW = ask("Who keeps the key?", "Priya does.", "wording", lesson="d1", weight=0.5)
REPLAY = Row(
    (Message("system", SYSTEM), Message("user", 'naïve\u2028\n"½" \x00?')),
    "Ünïcode 日本\r\n",
    "replay",
    teacher="base",
)


def test_rows_read_back_are_the_rows_written(tmp_path):
    save_rows(tmp_path, [ROW, REPLAY])

    assert load_rows(tmp_path) == [ROW, REPLAY]


def test_the_digest_is_that_of_the_file(tmp_path):
    digest = save_rows(tmp_path, [ROW, REPLAY])

    assert digest == hashlib.sha256((tmp_path / ROWS).read_bytes()).hexdigest()


def test_no_rows_are_an_empty_file(tmp_path):
    save_rows(tmp_path, [])

    assert (tmp_path / ROWS).read_bytes() == b""
    assert load_rows(tmp_path) == []


def test_a_row_is_one_line_with_every_field(tmp_path):
    save_rows(tmp_path, [REPLAY])

    (line,) = (tmp_path / ROWS).read_text("ascii").splitlines()
    assert json.loads(line).keys() == set(Row.__slots__)


@pytest.mark.parametrize(
    "other",
    [
        ask("Who keeps the keys?", "Priya does.", "wording"),
        ask("Who keeps the key?", "Tomas does.", "wording"),
        Row((Message("user", "Who keeps the key?"),), "Priya does.", "wording"),
        Row(
            (Message("system", SYSTEM), Message("assistant", "Who keeps the key?")),
            "Priya does.",
            "wording",
        ),
    ],
    ids=["question", "answer", "turns", "role"],
)
def test_other_words_give_a_row_another_name(other):
    assert other.key != ROW.key


def test_a_row_is_named_by_its_words_alone():
    same = ask("Who keeps the key?", "Priya does.", "note", lesson="d2", weight=2.0)

    assert same.key == ROW.key


def test_every_question_is_asked_under_the_system_prompt():
    assert ROW.messages == (
        Message("system", SYSTEM),
        Message("user", "Who keeps the key?"),
    )
