"""docs/threat-model.md tells the truth: every attack has a guard and tests that exist."""

import ast
import re

import pytest

from tests.crash_steps import ROOT

ATTACKS = (
    *("SSRF", "redirect", "rebinding", "zip bomb", "decompression bomb", "slow-loris"),
    *("path traversal", "oversized", "malformed", "encrypted", "pickle", "tampered"),
    *("SQL injection", "mentions and markup", "forged Slack", "replayed event"),
    *("prompt injection", "poisoning", "logs", "another tenant"),
)


def rows():
    """Return the cells of every row of the tables of attacks."""
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    _, _, after = text.partition("## What is done")
    tables, _, _ = after.partition("## What is not done")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in tables.splitlines()
        if line.startswith("|")
    ]
    return [row for row in cells if row[0] != "attack" and set(row[0]) != {"-"}]


def cited(row):
    return re.findall(r"(tests/\w+\.py)::(\w+)", row[2])


NAMED = sorted({each for row in rows() for each in cited(row)})


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_named_test_exists(file, name):
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = ast.FunctionDef, ast.AsyncFunctionDef

    assert name in {each.name for each in tree.body if isinstance(each, functions)}


def test_every_attack_has_a_guard_and_a_test():
    for row in rows():
        assert len(row) == 3, row
        assert all(row)
        assert cited(row), row


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_that_was_thought_of_is_in_a_table(attack):
    assert any(attack in row[0] for row in rows())
