"""Documents for `myna bench learn`: read, refused, ordered, drawn and scored."""

import json
import random
from pathlib import Path

import pytest

from bot.bench.learning import data
from bot.bench.learning.scoring import normalised, score
from bot.settings import development_data
from learning.errors import CommandError
from tests.bench_learn_steps import row, write


def documents(tmp_path, count):
    return data.load(write(tmp_path / "d.json", [row(i) for i in range(count)]))


def test_a_question_with_a_long_answer_is_left_out_and_counted(tmp_path):
    one = row(1, questions=4)
    one["questions"][0]["answer"] = "one two three four five six"
    one["questions"][1]["answer"] = "one two three four five"

    found = data.load(write(tmp_path / "d.json", [one]))

    assert found.long_answers == 1
    assert [q.answer for q in found.documents[0].questions] == [
        "one two three four five",
        "answer 2",
        "answer 3",
    ]


def test_a_document_with_fewer_than_three_questions_is_left_out_and_counted(tmp_path):
    found = data.load(write(tmp_path / "d.json", [row(1, 3), row(2, 2)]))

    assert [each.title for each in found.documents] == ["Title 1"]
    assert found.short_documents == 1


def test_the_order_of_documents_is_that_of_their_text_and_not_of_the_file(tmp_path):
    rows = [row(i) for i in range(20)]
    first = data.load(write(tmp_path / "a.json", rows))
    random.Random(1).shuffle(rows)  # noqa: S311

    again = data.load(write(tmp_path / "b.json", rows))

    assert again.documents == first.documents
    assert again.digest != first.digest


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "should be a list of documents"),
        (["text"], "document 1: it should have a title"),
        ([{**row(1), "questions": {}}], "document 1: it should have a title"),
        ([row(1), {**row(2), "context": " "}], "document 2: its context should be"),
        ([{**row(1), "title": 3}], "document 1: its title should be"),
        ([{**row(1), "questions": ["?"]}], "question 1: it should have a question"),
        (
            [{**row(1), "questions": [{"question": "?"}]}],
            "question 1: its answer should be",
        ),
        (
            [{**row(1), "questions": [{"question": "?", "answer": "!"}]}],
            "no letter or digit",
        ),
        (
            [{**row(1), "questions": [{"question": "?", "answer": "a", "aliases": 1}]}],
            "its aliases should be a list",
        ),
        ([row(1), row(2), row(1)], "documents 1 and 3 have the same context"),
        ([row(1, 2)], "no document with 3 questions"),
    ],
)
def test_a_malformed_file_is_refused_with_a_sentence(tmp_path, rows, said):
    path = write(tmp_path / "d.json", rows)

    with pytest.raises(CommandError, match=said):
        data.load(path)


@pytest.mark.parametrize("content", [b"[", b"\xff\xfe\x00"])
def test_what_is_no_json_is_refused(tmp_path, content):
    path = tmp_path / "d.json"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="is no JSON"):
        data.load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="name a file of documents with --data"):
        data.load(tmp_path / "none.json")


def test_sequences_do_not_overlap_while_documents_last(tmp_path):
    found = documents(tmp_path, 12 + 3 * 8 + 5).documents

    drawn = data.sequences(found, None)

    used = [each.title for sequence in drawn for each in sequence]
    assert len(drawn) == 3
    assert len(set(used)) == len(used) == 24
    assert not {each.title for each in found[:12]} & set(used)
    assert data.sequences(found, 2) == drawn[:2]


def test_more_sequences_go_round_again_in_another_order(tmp_path):
    found = documents(tmp_path, 12 + 8).documents

    first, second = data.sequences(found, 2)

    assert set(first) == set(second)
    assert first != second
    assert data.sequences(found, 2) == [first, second]


def test_a_small_file_has_sequences_of_all_its_documents(tmp_path):
    found = documents(tmp_path, 9).documents

    (drawn,) = data.sequences(found, None)

    assert set(drawn) <= set(found)


def test_fewer_than_eight_documents_make_no_sequence(tmp_path):
    found = documents(tmp_path, 7).documents

    assert data.sequences(found, 0) == []
    with pytest.raises(CommandError, match="--sequences 0"):
        data.sequences(found, 1)


def test_other_aliases_leave_a_documents_digest_alone_and_other_questions_do_not():
    def digest(question):
        return data.Document("t", "c", (question,)).digest

    plain = digest(data.Question("q?", "a1"))

    assert digest(data.Question("q?", "a1", ("b",))) == plain
    assert digest(data.Question("why?", "a1")) != plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The  Cestida!", "cestida"),
        ("an Apple, a day", "apple day"),
        ("Venus' girdle", "venus girdle"),
        ("A", "a"),
        ("theatre", "theatre"),
    ],
)
def test_a_text_is_normalised_as_squad_does(text, plain):
    assert normalised(text) == plain


@pytest.mark.parametrize(
    ("reply", "exact", "contained"),
    [
        ("the Cestum veneris.", True, True),
        ("It is Cestum veneris, I think.", False, True),
        ("Cestum", False, False),
        ("Cestum venerisque", False, False),
        ("Venus girdle", True, True),
        ("", False, False),
    ],
)
def test_a_reply_is_right_as_a_whole_or_as_whole_words_or_by_an_alias(
    reply, exact, contained
):
    found = score(reply, ("Cestum veneris", "Venus' girdle"))

    assert (found.exact, found.contained) == (exact, contained)


def test_the_folder_of_development_data_is_named_by_the_environment():
    assert development_data({"MYNA_DATA": "/elsewhere"}) == Path("/elsewhere")
    assert development_data({}) == Path("../shared/data")


def test_the_development_documents_are_enough_for_the_stated_subset():
    path = development_data() / data.FILE
    if not path.exists():
        pytest.skip("MYNA_DATA does not name the folder of development data")

    found = data.load(path)

    raw = json.loads(path.read_text())
    every = sum(len(document["questions"]) for document in raw)
    assert found.long_answers < every / 4
    drawn = data.sequences(found.documents, data.SEQUENCES)
    used = [each for sequence in drawn for each in sequence]
    assert len(set(used)) == len(used) == 80
    assert not set(found.documents[: data.DOCUMENTS]) & set(used)
