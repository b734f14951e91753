"""The core and all below it name no platform, but for the table of the policy."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ABOVE_THE_CORE = {
    "bot/settings.py",
    "bot/platforms.py",
    "bot/wiring.py",
    "bot/__main__.py",
    "bot/command_line.py",
}
"""Entry points and what they are made of."""
THE_TABLE = "moderation/policy.py"
KEYS = {"moderation/key_formats.py", "bot/bench/safety/made_secrets.py"}
"""What keys look like, whoever gives them out."""
NAMES = re.compile("discord|slack", re.IGNORECASE)


def sources():
    for folder in ("bot", "storage", "learning", "moderation"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in {".py", ".sql"} or "_app/" in name:
                continue
            if name not in ABOVE_THE_CORE | KEYS and name != THE_TABLE:
                yield name


@pytest.mark.parametrize("name", list(sources()))
def test_no_line_names_a_platform(name):
    lines = (ROOT / name).read_text().splitlines()

    assert [line for line in lines if NAMES.search(line)] == []


def test_the_core_is_among_what_is_searched():
    assert "bot/core.py" in set(sources())
    assert NAMES.search((ROOT / THE_TABLE).read_text())
