"""Spans: what of a sentence somebody may ask for."""

import pytest

from learning.spans import Span, SpanKind, spans, spread

SENTENCE = (
    "Duke Ottmar led about 6,200 men across the swollen brook on 14 October 1387."
)


@pytest.mark.parametrize(
    "span",
    [
        Span("14 October 1387", SpanKind.TIME),
        Span("Duke Ottmar", SpanKind.NAME),
        Span("6,200 men", SpanKind.NUMBER),
        Span("swollen brook", SpanKind.THING),
    ],
)
def test_dates_names_numbers_and_things_are_found(span):
    assert span in spans(SENTENCE)


def test_every_span_stands_in_its_sentence():
    assert all(each.text in SENTENCE for each in spans(SENTENCE))


def test_a_text_without_content_words_has_no_span():
    assert spans("it is what it was") == []


def test_sentences_take_turns_until_there_are_enough():
    chosen = spread([SENTENCE, "The Orion server runs in Vienna."], 3)

    assert [number for number, _ in chosen] == [0, 1, 0]
