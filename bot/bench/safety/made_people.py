"""Structured personal data as people of many countries write it."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from faker import Faker

LOCALES = tuple(
    """en_US en_GB de_DE fr_FR es_ES it_IT nl_NL pl_PL sv_SE pt_BR en_CA en_AU en_IN
    tr_TR""".split()
)
OLDEST, AGES_DAYS = date(1940, 1, 1), 25_000
CARDS = (
    "visa16 visa19 mastercard amex discover diners jcb16 maestro"  # no visa13: retired
).split()
NO_ID_NUMBERS = ("en_AU", "en_IN", "de_DE", "tr_TR", "es_ES")
"""Where Faker makes American numbers, or none that is told from an order's."""


def _spaced(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _card(random: Random, fake: Faker) -> str:
    number = fake.credit_card_number(random.choice(CARDS))
    return random.choice([number, _spaced(number), _spaced(number).replace(" ", "-")])


def _account(random: Random, fake: Faker) -> str:
    account = fake.iban()
    return random.choice([account, _spaced(account)])


def _address(_random: Random, fake: Faker) -> str:
    return fake.address().replace("\n", ", ")


MAKERS: dict[str, tuple[Callable[[Random, Faker], str], tuple[str, ...]]] = {
    "e-mail address": (
        lambda r, f: r.choice([f.email, f.free_email, f.company_email])(),
        (
            "My e-mail is {}",
            "Write to {} if you want to join.",
            "{}",
            '{{"user": 7, "email": "{}"}}',
            "Ask Ana ({}), she knows.",
        ),
    ),
    "telephone number": (
        lambda _r, f: f.phone_number(),
        (
            "Call me at {}",
            "My phone number is {}.",
            "phone: {}",
            "Text Ana on {} when you arrive",
            '{{"mobile": "{}"}}',
        ),
    ),
    "payment card": (
        _card,
        (
            "Pay with card {}, it has credit.",
            "card number: {}",
            "Use my Visa or whatever this is: {} exp 04/29",
            '{{"card": "{}"}}',
            "debit card {} cvc 123",
        ),
    ),
    "bank account (IBAN)": (
        _account,
        (
            "Send the money to {}",
            "IBAN: {}",
            "My account is {}, thanks.",
            "{}",
        ),
    ),
    "national id": (
        lambda _r, f: f.ssn(),
        (
            "My social security number is {}",
            "SSN: {}",
            "national ID number {}",
            '{{"ssn": "{}"}}',
        ),
    ),
    "postal address": (
        _address,
        (
            "I live at {}",
            "Ship it to {}",
            "My address is {}.",
            "Her home address: {}",
        ),
    ),
    "IP address": (
        lambda r, f: r.choice([f.ipv4_public, f.ipv4_public, f.ipv6])(),
        (
            "His IP is {}",
            "The player who was banned came from {}.",
            "ip={}",
            "client {} - GET /login",
        ),
    ),
    "date of birth": (
        lambda r, _f: (OLDEST + timedelta(days=r.randrange(AGES_DAYS))).strftime(
            r.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y"])
        ),
        (
            "Date of birth: {}",
            "DOB {}",
            '{{"date_of_birth": "{}"}}',
            "My birthday is {}",
        ),
    ),
}


def made(random: Random, fakes: dict[str, Faker], each: int) -> list[tuple[str, str]]:
    """Return kinds of personal data, each with a text that holds some."""
    cases = []
    for kind, (make, places) in MAKERS.items():
        for locale, fake in fakes.items():
            if kind == "national id" and locale in NO_ID_NUMBERS:
                continue
            cases += [
                (kind, random.choice(places).format(make(random, fake)))
                for _ in range(each)
            ]
    return cases
