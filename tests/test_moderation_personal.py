"""Tests of personal data: found in the forms of many countries, and public things not."""

import time

import pytest

from moderation.screen import screen, screen_answer
from moderation.verdict import Severity

IDENTITIES = [
    "Pay with 4111 1111 1111 1111, please.",
    "card 5500-0000-0000-0004 exp 04/29",
    "CC 378282246310005 12/27",
    "My SSN is 078-05-1120.",
    '{"ssn": "078051120"}',
    "His national insurance number is AB 12 34 56 C.",
    "codice fiscale RSSMRA85T10A562S",
    "CPF 529.982.247-25",
    "Her DNI is 12345678Z.",
    "personnummer 811228-9874",
    "passport number X1234567",
    "PESEL: 44051401359",
]
PERSONAL = {
    "e-mail": [
        "Mail ana.lopez@example.org.",
        "ana [at] example [dot] org",
        "<a.b@c.io>",
    ],
    "telephone": [
        "Call me at +44 20 7946 0958.",
        "My number is (591)341-7776.",
        "phone: 206.269.0743x9150",
        "Text Ana on 04 15 39 15 00",
        "0161 496 0066",
        "mobile 609 141 777",
    ],
    "bank account": ["IBAN DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819"],
    "postal": [
        "I live at 921 Johnson Spring Apt. 6, Stephensbury, SC 91602",
        "My address is Eberthplatz 4, 14426 Darmstadt.",
        "Ship it to 84, chemin de Mahe, 60216 Sainte Alice",
        "She lives at 12 Mill Lane.",
    ],
    "birth": ["DOB: 1976-12-13", "Her birthday is 3 May 1984", "born on June 3, 1984"],
    "IP address": ["His IP is 84.249.180.36.", "client 195.91.59.227 - GET /"],
}
PUBLIC = [
    "Write to support@example.org or info@example.org.",
    "git clone git@github.com:example/example.git",
    "ssh deploy@build.example.org",
    "Use logo@2x.png and @types/node.",
    "The help desk is at 0800 123 4567, the hotline at +49 30 901820.",
    "Our front desk: (212) 555-0147.",
    "Test with 4111 1111 1111 1112: it is not valid.",
    "IBAN DE88 3704 0044 0532 0130 00 is wrong.",
    "000-12-3456 is no number of anybody.",
    "The server's address is 84.249.180.36, its gateway 10.0.0.1.",
    "Install version 10.4.22.7; 1.1.1.1 resolves names.",
    "ISBN 978-3-16-148410-0 and 0-306-40615-2",
    "Order 4539578763621486 was shipped.",
    "The channel is 987654321098765432, the user 1234567890123456789.",
    "It starts on 2026-03-01 at 10:00 and costs $1,234,567.89.",
    "Epoch 1700000000 is the cut-off, 1700000000000 in milliseconds.",
    "The museum is at 12 Harbour Road; we meet in room 4.",
    "Priya Raman maintains it, and Baldrin Oaks leads the guild.",
    "Bring your passport by 2026-03-01; photos cost 12.50.",
    "Tracking number 1Z1234567890123456.",
]


def found(text):
    return [(f.rule, f.severity) for f in screen(text).findings]


@pytest.mark.parametrize("text", IDENTITIES)
def test_a_card_or_a_national_id_is_refused(text):
    assert ("identity", Severity.REFUSE) in found(text)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind in PERSONAL for text in PERSONAL[kind]]
)
def test_personal_data_is_held_and_the_reason_names_its_kind(kind, text):
    verdict = screen(text)

    assert verdict.held
    assert not verdict.refused
    assert kind in " ".join(verdict.reasons)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_things_and_other_numbers_raise_no_finding(text):
    assert found(text) == []


def test_every_place_is_told_with_its_span():
    text = "Ask ana@example.org or bo@example.org."

    spans = [text[f.start : f.end] for f in screen(text).findings]

    assert spans == ["ana@example.org", "bo@example.org"]


def test_an_expiry_date_after_a_card_is_no_part_of_it():
    text = "Use 4111111111111111 12/27 for it."

    [finding] = screen(text).findings

    assert text[finding.start : finding.end] == "4111111111111111"


def test_what_moderators_let_through_may_be_answered_and_a_card_may_not():
    assert not screen_answer("Mail ana@example.org or call +44 20 7946 0958.").refused
    assert screen_answer("It is 4111 1111 1111 1111.").refused


@pytest.mark.parametrize(
    "unit",
    ["0", "1 A ", "rue A", "1-", "A", "a@", "ssn for a ", "password is for ", "\n"],
)
def test_no_text_takes_long(unit):
    started = time.perf_counter()

    screen((unit * 2000)[:2000])

    assert time.perf_counter() - started < 3
