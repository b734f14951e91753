"""Fuzzes the text pipeline by coverage, for as long as one likes; not run in CI.

`pip install atheris`, then `python -m tests.fuzz.atheris_text -max_total_time=600`
(libFuzzer's options). The same properties are held with hypothesis in
tests/test_fuzz_text.py and tests/test_fuzz_commands.py; this finds what takes luck.
"""

import sys

import atheris

with atheris.instrument_imports(include=["bot", "learning", "moderation"]):
    from bot.commands import parse
    from bot.lesson_files import parse_lessons
    from bot.slack_app import rendering
    from bot.splitting import split
    from learning import dialogue
    from learning.errors import MynaError
    from learning.web_address import web_address
    from moderation.screen import screen, screen_answer
    from moderation.text import clean, control_token_spans, hidden_spans

READERS = (parse, dialogue.parse, web_address)
"""They return something, or raise Myna's own errors."""


def one(data):
    """Hold one input's text against what must be true of any."""
    provider = atheris.FuzzedDataProvider(data)
    text = provider.ConsumeUnicode(4000)
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not hidden_spans(cleaned)
    assert not control_token_spans(cleaned)
    screen(text)
    screen_answer(text)
    assert "<" not in rendering.escape(text)
    assert all(len(part) <= 100 for part in split(text, 100))
    for read in READERS:
        try:
            read(text)
        except MynaError:
            continue
    for name in ("a.jsonl", "a.csv"):
        try:
            parse_lessons(data, name=name)
        except MynaError:
            continue


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
