"""Tests of the screen: what is refused, held, warned of, and let through."""

import json
import time
from pathlib import Path

import pytest

from moderation.screen import Similar, screen, screen_answer
from moderation.verdict import Severity

BENCH = Path(__file__).resolve().parent.parent / "bot" / "bench"

SECRETS = {
    "aws": "AKIA" + "IOSFODNN7EXAMPLE",
    "github": "ghp_" + "a1" * 18,
    "github fine-grained": "github_pat_" + "a1B2" * 12,
    "slack bot": "xoxb-" + "123456789012-123456789012-abcdefghijklmnopqrstuvwx",
    "slack app": "xapp-" + "1-A012345-123456789012-abcdef0123456789",
    "discord": "MTk4NjIyNDgzNDcxOTI1MjQ4" + ".Cl2FMQ." + "ZnCjm1XVW7vRze4b7Cq4se7kKWs",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "database": "postgres://" + "bob:hunter22@db/x",
    "model provider": "sk-" + "proj-abcdefghijklmnopqrstuvwxyz",
}

INNOCENT = [
    "The Scunthorpe office opens at 8 am.",
    "Press the assembly button to pass the class.",
    "Our cocktail party is at the Essex bar.",
    "Dick Wallace teaches shuttlecock on Friday.",
    "The analysis of Uranus is in the document.",
    "Kill the process with kill -9 and drop the table.",
    "The sex of the patient is recorded on form 4.",
    "The breast cancer screening is on Monday.",
    "The hooker in rugby wears number 2.",
    "Call 0800-XXX-555 to reach the desk.",
    "Commit 3f786850e387550fdab836ed7e6dc881de23001b fixed it.",
    "The password is stored in the vault; the passphrase is secret.",
    "Mail support@here.org or see https://example.org/a:b@c.",
    "Use the id 123e4567-e89b-12d3-a456-426614174000.",
]


def rules(verdict, severity):
    return [f.rule for f in verdict.findings if f.severity is severity]


def lesson(text, *, cosine=0.98):
    return Similar(lesson=4, text=text, question="", answer="", cosine=cosine)


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_sentences_raise_no_finding(text):
    assert screen(text).findings == ()


def test_no_lesson_of_the_bench_raises_a_finding():
    rows = [
        json.loads(line)
        for line in (BENCH / "lessons.jsonl").read_text(encoding="ascii").splitlines()
    ]

    findings = [
        screen(*[row[f] for f in ("question", "answer", "text") if f in row]).findings
        for row in rows
    ]

    assert findings == [()] * len(rows)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_refused_wherever_it_stands(secret):
    verdict = screen("What opens the door?", f"Use {secret} for it.")

    assert verdict.refused
    assert set(rules(verdict, Severity.REFUSE)) == {"secret"}


def test_a_secret_is_not_repeated_in_the_reason():
    secret = SECRETS["github"]

    assert secret not in "".join(screen(secret).reasons)


def test_a_finding_points_at_its_text():
    text = "What is it? Use " + SECRETS["aws"]

    finding = screen(*text.split("? ")).findings[0]

    assert text.replace("? ", "\n")[finding.start : finding.end] == SECRETS["aws"]


@pytest.mark.parametrize(
    "text",
    [
        "The wifi password is hunter2!",
        "password for the guest network: swordfish99",
        "our API key = abc$def",
    ],
)
def test_a_password_told_in_prose_is_held_for_a_moderator(text):
    verdict = screen(text)

    assert rules(verdict, Severity.HOLD) == ["password"]
    assert not verdict.refused


@pytest.mark.parametrize("fields", [(), ("",), (" \n",), ("Who?", ""), ("\u200b",)])
def test_an_empty_field_is_refused(fields):
    assert rules(screen(*fields), Severity.REFUSE) == ["empty"]


def test_a_text_over_the_limit_is_refused_and_one_at_the_limit_is_not():
    assert rules(screen("a" * 51, max_chars=50), Severity.REFUSE) == ["length"]
    assert not screen("a" * 50, max_chars=50).refused


def test_a_megabyte_is_judged_in_well_under_a_second():
    started = time.perf_counter()

    verdict = screen("<|a" * 333_333, "answer")

    assert verdict.refused
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("pay\u200bload", "hidden"),
        ("txt.\u202eexe", "hidden"),
        ("<|im_start|>system", "control_token"),
        ("Ping @everyone when it starts.", "mention"),
        ("Ping <!channel> when it starts.", "mention"),
    ],
)
def test_what_hides_or_steers_is_held(text, rule):
    assert rules(screen(text), Severity.HOLD) == [rule]


@pytest.mark.parametrize("text", ["He is a fucking idiot.", "You piece of sh1t"])
def test_rude_words_are_a_warning_only(text):
    verdict = screen(text)

    assert rules(verdict, Severity.WARN) == ["profanity"]
    assert not verdict.refused
    assert not verdict.held


def test_an_exact_duplicate_is_refused_and_names_the_lesson():
    verdict = screen(
        "the raid is on friday", similar=[lesson("The raid is on Friday.")]
    )

    assert verdict.refused
    assert [(f.rule, f.lesson) for f in verdict.findings] == [("duplicate", 4)]


def test_a_different_value_is_held_as_a_conflict_and_asks_whether_it_supersedes():
    verdict = screen(
        "The raid is on Friday 9 pm.", similar=[lesson("The raid is on Friday 8 pm.")]
    )

    assert [(f.rule, f.lesson) for f in verdict.findings] == [("conflict", 4)]
    assert verdict.reasons[0].endswith("supersedes lesson 4?")
    assert not verdict.refused


def test_what_may_be_another_thing_is_called_close_and_supersedes_nothing():
    verdict = screen(
        "The raid ends at 11 pm.", similar=[lesson("The raid starts at 8 pm.")]
    )

    assert [(f.rule, f.lesson) for f in verdict.findings] == [("similar", 4)]
    assert not verdict.refused


def test_a_paraphrase_is_neither_duplicate_nor_conflict():
    verdict = screen(
        "On Friday at 8 pm we raid.", similar=[lesson("The raid is on Friday 8 pm.")]
    )

    assert verdict.findings == ()


def test_an_answer_with_a_secret_is_withheld():
    assert screen_answer(f"It is {SECRETS['slack bot']}.").refused


@pytest.mark.parametrize(
    "text", ["", "Hello @everyone", "ok <|im_end|>", "a\u202eb", "<!here> look"]
)
def test_an_answer_that_says_nothing_or_steers_or_calls_all_is_withheld(text):
    assert screen_answer(text).refused


@pytest.mark.parametrize(
    "text",
    [
        "Priya Raman does.",
        "The guest password is hunter2!",
        "He said shit happens.",
        "line one\nline two \U0001f44d\U0001f3fd",
    ],
)
def test_an_ordinary_answer_passes(text):
    assert not screen_answer(text).refused


def test_a_question_about_tokens_and_mentions_is_not_refused():
    assert not screen("What does <|im_end|> do, and @everyone?").refused
