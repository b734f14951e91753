"""Tests that the replay prompts are many, varied and apart from the held-out benchmark."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMPTS_FILE = ROOT / "learning" / "general_prompts.jsonl"
BENCH_FILE = ROOT / "bot" / "bench" / "general.jsonl"

STOPWORDS = frozenset(
    """
    a an and answer are as at be by called can city could do does for from get give
    has have how i in into is it its know many me much my name of on one or our please
    s say sentence tell that the their there these they this to us was we were what
    whats when where which who whom whose with word would you your
    """.split()
)


def read(path):
    lines = path.read_text(encoding="ascii").splitlines()
    return [json.loads(line) for line in lines]


ROWS = read(PROMPTS_FILE)
PROMPTS = [row["prompt"] for row in ROWS]
QUESTIONS = [row["question"] for row in read(BENCH_FILE)]


def tokens(text):
    text = text.lower().replace("colour", "color")
    return re.findall(r"[a-z0-9]+", text)


def normalise(text):
    return " ".join(tokens(text))


def content_words(text):
    return frozenset(tokens(text)) - STOPWORDS


def test_rows_have_a_prompt_and_a_topic():
    for row in ROWS:
        assert sorted(row) == ["prompt", "topic"]
        for value in row.values():
            assert isinstance(value, str)
            assert value
            assert value == value.strip()


def test_prompts_are_many_and_distinct():
    distinct = {normalise(prompt) for prompt in PROMPTS}
    assert len(distinct) == len(PROMPTS)
    assert len(distinct) >= 450


def test_topics_are_varied():
    assert len({row["topic"] for row in ROWS}) >= 20


def test_no_prompt_is_a_bench_question():
    held_out = {normalise(question) for question in QUESTIONS}
    assert [prompt for prompt in PROMPTS if normalise(prompt) in held_out] == []


def test_no_prompt_has_the_content_words_of_a_bench_question():
    held_out = {content_words(question) for question in QUESTIONS}
    assert frozenset() not in held_out
    assert [prompt for prompt in PROMPTS if content_words(prompt) in held_out] == []
