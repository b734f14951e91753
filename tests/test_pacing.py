"""Streamed text: edited no faster than allowed, and never after the last word."""

import asyncio
from itertools import pairwise

from bot.pacing import PacedText
from bot.splitting import split


async def test_pieces_that_come_fast_are_shown_together():
    shown = []

    async def show(text):
        shown.append(text)

    async with PacedText(show, interval_seconds=0.05) as text:
        for piece in "abcdefgh":
            text.feed(piece)
            await asyncio.sleep(0.01)

    assert shown[-1].startswith("abcd"[: len(shown[-1])])
    assert len(shown) < 8
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))


async def test_an_edit_under_way_ends_before_the_block_does():
    begun, ended = asyncio.Event(), []

    async def show(text):
        begun.set()
        await asyncio.sleep(0.05)
        ended.append(text)

    async with PacedText(show, interval_seconds=0) as text:
        text.feed("hello")
        await begun.wait()

    assert ended == ["hello"]


async def test_nothing_is_shown_where_nothing_came():
    shown = []

    async def show(text):
        shown.append(text)

    async with PacedText(show, interval_seconds=0):
        await asyncio.sleep(0)

    assert shown == []


def test_a_long_text_is_cut_between_its_paragraphs_or_words():
    text = "one two three\n\nfour five six"

    assert split(text, 20) == ["one two three", "four five six"]
    assert split("word " * 9 + "word", 12) == ["word word"] * 5
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert split("", 10) == [""]
    assert all(len(part) <= 7 for part in split("a bb ccc dddd eeeee ffffff", 7))
