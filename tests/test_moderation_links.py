"""Tests of links that deceive, and of letters that pass for others."""

import pytest

from moderation.confusables import confusable_spans
from moderation.links import bad_links
from moderation.screen import screen, screen_answer

BAD = [
    "javascript:alert(1)",
    "[rules](javascript:fetch('//x'))",
    "data:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd",
    "smb://10.0.0.5/share",
    "https://discord.com@evil.example/login",
    "http://3232235777/",
    "http://0x7f000001/admin",
    "https://xn--pypal-4ve.com/",
    "https://p\u0430ypal.com/",
    "https://\u0430\u0440\u0440\u04cf\u0435.com/",
    "[https://discord.com/rules](https://evil.example/rules)",
]
GOOD = [
    "See https://example.org/a:b@c and http://example.org:8080/x?y=1#z.",
    "Never paste what begins with javascript: into the address bar.",
    "Data: 5 GB a month. File: config.yaml. JavaScript: the good parts.",
    "https://m\u00fcnchen.de and https://\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
    "[the rules](https://example.org/rules)",
    "[www.example.org](https://example.org/)",
    "mailto:team and ssh://git@git.example.org/x.git",
    "C:\\\\Users and D:/games",
]
WORDS = {
    "a Cyrillic letter in a Latin word": "Log in at p\u0430ypal today",
    "a Latin letter in a Cyrillic word": "\u043f\u0430p\u043e\u043b\u044c",
    "a Greek letter": "Micr\u03bfsoft",
    "lookalikes alone among Latin words": "The \u0430\u0440\u0440\u04cf\u0435 shop",
    "letters of formulas": "Send it to \U0001d41a\U0001d41d\U0001d426\U0001d422\U0001d427",
}
ORDINARY = [
    "\u041f\u0430\u0440\u043e\u043b\u044c \u0432 \u0441\u0435\u0439\u0444\u0435 Discord",
    "USB-\u043a\u0430\u0431\u0435\u043b\u044c",
    "5 \u03bcm, 3 k\u03a9, \u0394t and \u03c0r\u00b2",
    "na\u00efve caf\u00e9 M\u00fcller \u0141\u00f3d\u017a",
    "\u03b7 \u03b1\u03c0\u03ac\u03bd\u03c4\u03b7\u03c3\u03b7 is Greek",
]


@pytest.mark.parametrize("link", BAD)
def test_a_deceiving_link_is_held(link):
    text = f"Read {link} first."

    [(_, (start, end)), *_] = bad_links(text)

    assert screen(text).held
    assert text[start:end] in f"{link} first."


@pytest.mark.parametrize("text", GOOD)
def test_ordinary_links_pass(text):
    assert bad_links(text) == []


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_a_word_of_mixed_alphabets_is_held(text):
    [finding] = [f for f in screen(text).findings if f.rule == "confusable"]

    assert screen(text).held
    assert not text[finding.start : finding.end].isascii()
    assert not screen_answer(text).refused


@pytest.mark.parametrize("text", ORDINARY)
def test_other_alphabets_and_units_are_ordinary(text):
    assert confusable_spans(text) == []
