"""Tests that keys are well-formed, apart from each other, and open only their own."""

import os
from base64 import b64encode

import pytest

from learning.encryption import database_key, decrypt, encrypt, is_key, rows_key
from learning.rows import ENCRYPTED_ROWS, are_encrypted, ask, load_rows, save_rows
from tests.encryption_steps import KEY, OTHER_KEY, files_with, forms

ROWS = [ask("Who keeps the brass key?", "Ünsal keeps it.", "wording")]
RUN_KEY = rows_key(KEY)


@pytest.mark.parametrize(
    "text",
    ["", "k", KEY[:-4], f"{KEY}AAAA", KEY[:-1], f" {KEY}", "é" * 44, "!" * 44],
)
def test_what_is_no_key_is_told(text):
    assert is_key(KEY)
    assert not is_key(text)


def test_each_purpose_has_a_key_of_its_own():
    made = {KEY, rows_key(KEY), rows_key(OTHER_KEY)}
    made |= {database_key(KEY), database_key(OTHER_KEY)}

    assert len(made) == 5
    assert is_key(RUN_KEY)


def test_only_its_key_opens_what_was_encrypted():
    body = encrypt(b"words", RUN_KEY)

    assert decrypt(body, RUN_KEY) == b"words"
    with pytest.raises(ValueError, match="another key"):
        decrypt(body, rows_key(OTHER_KEY))


def test_encrypted_rows_read_back_and_hold_no_words(tmp_path):
    digest = save_rows(tmp_path, ROWS, key=RUN_KEY)

    assert [path.name for path in tmp_path.iterdir()] == [ENCRYPTED_ROWS]
    assert are_encrypted(tmp_path)
    assert load_rows(tmp_path, key=RUN_KEY) == ROWS
    assert files_with(tmp_path, "the brass key", "Ünsal keeps it") == set()
    (tmp_path / "plain").mkdir()
    assert save_rows(tmp_path / "plain", ROWS) == digest
    assert files_with(tmp_path, "Ünsal keeps it") == {"plain/rows.jsonl"}


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_the_search_for_words_sees_through_every_way_of_writing(tmp_path, before):
    text = "Ünsal keeps the brass key"
    for number, form in enumerate(forms(text)):
        (tmp_path / str(number)).write_bytes(os.urandom(before) + form + b"...")
    sentence = f"{'x' * before}{text} in the hall".encode()
    (tmp_path / "base64").write_bytes(b64encode(sentence))

    assert len(files_with(tmp_path, text)) == number + 2
    assert files_with(tmp_path, "Ünsal keeps the brass bell") == set()


def test_no_setting_that_is_a_key_is_shown():
    from bot.settings import Settings  # noqa: PLC0415

    settings = Settings(encryption_key=KEY, encryption_key_before=OTHER_KEY)

    assert KEY not in repr(settings)
    assert OTHER_KEY not in repr(settings)
