"""Tests of finding claims about named people."""

import pytest

from moderation.claims import claims
from moderation.screen import screen


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Priya Raman stole money from the guild bank.", "crime"),
        ("Everybody knows that Marek Dvorak was arrested in 2019.", "crime"),
        ("Tomas is a liar.", "crime"),
        ("Ilse Vanderholt has been diagnosed with something.", "health"),
        ("Baldrin Oaks is secretly an alcoholic.", "health"),
        ("Priya Raman is pregnant.", "health"),
        ("Marek is gay.", "sexuality"),
        ("Ana Lima was fired last week.", "dismissal"),
        ("Juan de la Cruz got sacked.", "dismissal"),
        ("Priya Raman is in debt.", "money"),
        ("@marek owes 400 euros to the club.", "money"),
    ],
)
def test_a_claim_about_a_named_person_is_found(text, kind):
    assert [found for found, _ in claims(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Priya Raman maintains the staging server.",
        "Baldrin Oaks leads the Thornwick guild.",
        "Priya fired up the new server.",
        "Marek broke the build on Friday.",
        "The raid leader is Priya Raman, and she likes tea.",
        "Members who cheat are suspended for a week.",
        "Whoever cheated is kicked out.",
        "The server was hacked in May.",
        "Nobody is fired for asking.",
        "Our cancer charity run is led by Ana Lima.",
        "Tomas Berg earns points for every review.",
        "Ana Lima is on sabbatical until June.",
        "Ask Marek Dvorak about the expense policy.",
    ],
)
def test_an_ordinary_fact_is_no_claim(text):
    assert claims(text) == []


def test_a_claim_is_held_for_review_where_it_stands():
    verdict = screen("As is known, Priya Raman stole the keys.")

    (finding,) = verdict.findings
    assert verdict.held
    assert finding.rule == "claim"
    assert (finding.start, finding.end) == (13, 30)
