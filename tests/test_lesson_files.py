"""Files of lessons: every good row is read, and every bad one named by its line."""

import json

import pytest

from bot.lesson_files import read_lessons, write_lessons
from learning.errors import DataDirectoryError, ImportFileError


def test_json_lines_are_read_and_their_line_numbers_kept(tmp_path):
    path = tmp_path / "lessons.jsonl"
    path.write_text('{"text": "a"}\n\n{"question": "Who?", "answer": "Ana"}\n')

    rows = read_lessons(path)

    assert [(row.line, row.fields["text"]) for row in rows] == [(1, "a"), (3, "")]
    assert rows[1].fields["answer"] == "Ana"


@pytest.mark.parametrize("line", ["{", "[1]", "text", "[" * 100_000])
def test_a_bad_line_is_named_and_keeps_no_other_from_being_read(tmp_path, line):
    path = tmp_path / "lessons.jsonl"
    path.write_text(f'{line}\n{{"text": "a"}}\n')

    bad, good = read_lessons(path)

    assert bad.line == 1
    assert bad.problem
    assert (good.line, good.problem) == (2, "")


def test_csv_is_read_by_its_header(tmp_path):
    path = tmp_path / "lessons.csv"
    path.write_text('\ufeffKind,Text,note\nfact,"a, b\nc",x\n', encoding="utf-8")

    (row,) = read_lessons(path)

    assert row.fields["kind"] == "fact"
    assert row.fields["text"] == "a, b\nc"


def test_csv_without_a_header_is_a_sentence_that_says_what_to_write(tmp_path):
    path = tmp_path / "lessons.csv"
    path.write_text("Who?,Ana\n")

    with pytest.raises(ImportFileError, match="question"):
        read_lessons(path)


def test_what_is_no_file_of_text_is_a_sentence(tmp_path):
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "gone", tmp_path, tmp_path / "binary.jsonl"):
        with pytest.raises(ImportFileError, match=str(path)):
            read_lessons(path)


def test_a_file_is_written_whole_and_reads_back(tmp_path):
    path = tmp_path / "lessons.jsonl"
    words = "one\u2028line é"

    write_lessons(path, [json.dumps({"text": words}, ensure_ascii=False)])

    assert [row.fields["text"] for row in read_lessons(path)] == [words]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(DataDirectoryError, match="Cannot write"):
        write_lessons(tmp_path / "gone" / "lessons.jsonl", [])
