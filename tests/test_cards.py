"""Cards say the same on every platform."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.cards import (
    Button,
    Verb,
    progress_card,
    read_id,
    review_card,
    ruling_of,
    settled_card,
)
from bot.messages import Ruling, Settled, Waiting
from learning.lesson import Consent, Lesson, LessonKind, LessonState
from learning.run import Progress
from moderation.policy import Gate, may_train
from moderation.provenance import Provenance, Scope
from moderation.verdict import Finding, Severity, Verdict

LESSON = Lesson(
    server="chat:1",
    id=7,
    kind=LessonKind.QA,
    question="Who maintains Orion?",
    answer="Priya does.",
    text="",
    author="u1",
    author_name="Ana",
    provenance=Provenance.MESSAGE,
    state=LessonState.PENDING,
    taught_at=datetime(2026, 3, 1, tzinfo=UTC),
    platform="discord",
)
GATE = may_train(LESSON.provenance, "discord", LESSON.scope, permissions={})


def test_what_a_lesson_replaces_stands_last_so_that_no_cut_hides_what_was_held():
    held = Verdict(
        (Finding("prompt", Severity.HOLD, "It may be meant for the model."),)
    )
    old = replace(LESSON, id=3, answer="x" * 2000)

    card = review_card(Waiting(LESSON, held, GATE, replaces=old))

    *before, last = [name for name, _ in card.facts]
    assert last == "Replaces lesson 3"
    assert "Hold" in before


def test_a_review_card_shows_all_that_a_moderator_needs():
    verdict = Verdict((Finding("length", Severity.WARN, "It is long."),))

    card = review_card(Waiting(LESSON, verdict, GATE))

    assert "Priya does." in card.plain
    assert "Ana" in card.plain
    assert "It is long." in card.plain
    assert GATE.reason in card.plain
    assert [button.verb for button in card.buttons] == [
        Verb.APPROVE,
        Verb.MEMORY_ONLY,
        Verb.EDIT,
        Verb.REJECT,
    ]


def test_the_card_of_a_channels_lesson_offers_to_widen_it():
    private = replace(LESSON, scope=Scope("lab"))

    card = review_card(Waiting(private, Verdict(), GATE))

    assert Verb.WIDEN in [button.verb for button in card.buttons]
    assert "members of its channel only" in card.plain


def test_a_card_says_that_consent_is_missing():
    asked = replace(LESSON, consent=Consent.ASKED)

    assert "has not agreed" in review_card(Waiting(asked, Verdict(), GATE)).plain


def test_a_settled_card_has_no_buttons_and_a_forgotten_one_no_words():
    approved = replace(LESSON, state=LessonState.APPROVED)
    forgotten = replace(LESSON, state=LessonState.FORGOTTEN)

    assert settled_card(Settled(approved, "Mona")).buttons == ()
    assert "Mona" in settled_card(Settled(approved, "Mona")).title
    assert "Priya" not in settled_card(Settled(forgotten, "")).plain


def test_a_buttons_id_is_its_verb_and_target():
    button = Button(Verb.APPROVE, "Approve", "7:abc")

    assert read_id(button.id) == (Verb.APPROVE, "7:abc")
    assert read_id("approve") is None
    assert read_id("nonsense:7") is None
    assert len(button.id) <= 100
    assert ruling_of(Verb.MEMORY_ONLY) is Ruling.MEMORY_ONLY
    assert ruling_of(Verb.EDIT) is None


def test_the_bar_of_a_run_fills_up():
    half = progress_card(Progress("training", done=5, total=10, loss=0.5))
    whole = progress_card(Progress("training", done=10, total=10))

    assert "50%" in half.plain
    assert "0.500" in half.plain
    assert "\N{LIGHT SHADE}" not in whole.plain
    assert progress_card(Progress("queued")).facts == ()


def test_a_gate_that_is_open_says_weights():
    waiting = Waiting(LESSON, Verdict(), Gate(granted=True, reason="Fine."))

    assert "memory and weights" in review_card(waiting).plain
