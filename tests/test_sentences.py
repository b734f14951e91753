"""Sentences: where a text is cut, and where it is not."""

import pytest

from learning.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gate is blue. It opens at nine.", 2),
        ("Ask Dr. Rao. She knows.", 2),
        ("J. Ilse wrote it, e.g. at night.", 1),
        ("Really?! Yes.", 2),
        ("The fee is 3.50 crowns.", 1),
        ("First line\nSecond line", 2),
        ("\u5f00\u95e8\u3002\u5173\u95e8\u3002", 2),
        ("", 0),
        ("no stop at all", 1),
    ],
)
def test_a_text_is_cut_at_its_punctuation(text, expected):
    assert len(sentences(text)) == expected


def test_no_word_is_lost_or_doubled():
    text = 'He said: "Go." Then 14 men left, led by Dr. Rao. Nobody knew.'

    assert " ".join(sentences(text)).replace('"', "") == text.replace('"', "")
