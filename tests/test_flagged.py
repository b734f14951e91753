"""Tests that moderators see which words a finding is about."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.cards import review_card
from bot.document_phrases import reasons
from bot.flagged import explained
from bot.messages import DocumentPassage, Waiting
from bot.phrases import waiting
from learning.lesson import Lesson, LessonKind, LessonState
from moderation.policy import may_train
from moderation.provenance import Provenance
from moderation.screen import screen
from moderation.verdict import Finding, Severity

LESSON = Lesson(
    server="chat:1",
    id=7,
    kind=LessonKind.QA,
    question="Who knows?",
    answer="Ask ana@example.org about it.",
    text="",
    author="u1",
    author_name="Ana",
    provenance=Provenance.TYPED,
    state=LessonState.PENDING,
    taught_at=datetime(2026, 3, 1, tzinfo=UTC),
    platform="discord",
)
VERDICT = screen(LESSON.question, LESSON.answer)
GATE = may_train(LESSON.provenance, "discord", LESSON.scope, permissions={})


def told(lesson, *findings):
    return [reason for _, reason in explained(lesson, findings)]


def test_the_card_and_the_queue_quote_the_flagged_words():
    of = Waiting(LESSON, VERDICT, GATE)

    assert '("ana@example.org")' in review_card(of).plain
    assert '("ana@example.org")' in waiting(of)


def test_a_passage_is_quoted_with_its_heading_counted():
    text = "Ask ana@example.org about it."
    passage = replace(
        LESSON,
        kind=LessonKind.PASSAGE,
        question="",
        answer="",
        text=text,
        heading="Help",
    )
    verdict = screen(f"Help: {text}")

    [reason] = reasons(DocumentPassage(passage, verdict))

    assert reason.endswith('("ana@example.org")')


def test_a_password_is_masked():
    lesson = replace(LESSON, answer="The wifi password is hunter2!")

    [reason] = told(lesson, *screen(lesson.question, lesson.answer).findings)

    assert "hunter2" not in reason
    assert "(hu\N{BULLET}" in reason


def test_a_character_that_nobody_sees_is_named():
    lesson = replace(LESSON, answer="pay\u200bload")

    [reason] = told(lesson, *screen(lesson.question, lesson.answer).findings)

    assert reason.endswith("(U+200B)")


def test_what_is_about_the_whole_lesson_quotes_nothing_and_long_words_are_cut():
    said = f"{LESSON.question}\n{LESSON.answer}"
    whole = Finding("tone", Severity.WARN, "It is rude.", 0, len(said))
    nowhere = Finding("similar", Severity.WARN, "It is close.", lesson=3)
    long = replace(LESSON, answer="a" * 100)
    part = Finding("tone", Severity.WARN, "It is rude.", 11, 111)

    assert told(LESSON, whole, nowhere) == ["It is rude.", "It is close."]
    assert told(long, part) == [f'It is rude. ("{"a" * 60}\N{HORIZONTAL ELLIPSIS}")']
