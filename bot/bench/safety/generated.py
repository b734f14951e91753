"""Secrets and personal data against the screen, and what it must let pass.

Everything is generated from a seed: the forms that providers and countries give
them, in prose, code and settings, with near misses; lessons as communities write
them are the second set of harmless texts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from faker import Faker

from bot.bench.safety import made_people, made_secrets, near_misses
from bot.bench.safety.rates import Rate, Say
from moderation.screen import screen
from moderation.verdict import Severity

SEED = 20
EACH = 10
"""Texts of each form; each form of personal data once more for each country."""
ORDINARY = Path(__file__).parent / "ordinary.jsonl"
GRAVE = frozenset({"secret", "password", "identity", "personal"})
TOLD = frozenset({Severity.HOLD, Severity.REFUSE})


@dataclass(frozen=True, slots=True)
class Cases:
    """What is screened: the first two with the kind of each text."""

    secrets: list[tuple[str, str]]
    people: list[tuple[str, str]]
    near_misses: list[str]


def measure(_data: Path | None, say: Say, seed: int = SEED) -> list[Rate]:
    """Count what is refused or held of what should be, and of what should not."""
    say("Screening generated secrets and personal data")
    made = cases(seed)
    return [
        *_by_kind("secret", made.secrets),
        _rate("secrets", [text for _, text in made.secrets]),
        *_by_kind("personal", made.people),
        _rate("personal data", [text for _, text in made.people]),
        _rate("near misses", made.near_misses, "ids, placeholders", harmless=True),
        _rate("lessons, secrets and personal data", ordinary(), harmless=True),
    ]


def cases(seed: int) -> Cases:
    """Make every text from a seed."""
    random = Random(seed)  # noqa: S311 (nothing real is made)
    fake = _faker("en_US", seed)
    fakes = {locale: _faker(locale, seed) for locale in made_people.LOCALES}
    return Cases(
        secrets=made_secrets.made(random, fake, EACH),
        people=made_people.made(random, fakes, EACH),
        near_misses=near_misses.made(random, fake, EACH),
    )


def ordinary() -> list[str]:
    """Return the ordinary lessons, fields joined as the screen joins them."""
    rows = map(json.loads, ORDINARY.read_text(encoding="utf-8").splitlines())
    fields = ("question", "answer", "text")
    return ["\n".join(row[f] for f in fields if row.get(f)) for row in rows]


def is_told(text: str) -> bool:
    """Say whether the screen refuses or holds a text for what is measured here."""
    found = screen(text, max_chars=len(text)).findings
    return any(each.rule in GRAVE and each.severity in TOLD for each in found)


def _by_kind(group: str, cases: Iterable[tuple[str, str]]) -> list[Rate]:
    told: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for kind, text in cases:
        total[kind] += 1
        told[kind] += is_told(text)
    return [Rate(f"{group}: {kind}", total[kind], told[kind]) for kind in total]


def _rate(
    name: str, texts: Sequence[str], note: str = "", *, harmless: bool = False
) -> Rate:
    caught = sum(map(is_told, texts))
    return Rate(name, len(texts), caught, note, harmless=harmless)


def _faker(locale: str, seed: int) -> Faker:
    fake = Faker(locale)
    fake.seed_instance(seed)
    return fake
