"""The safety bench measures the screen, and the screen keeps to its targets."""

import json

import pytest

from bot.bench.safety import generated, made_people, made_secrets
from bot.bench.safety.command import main
from bot.bench.safety.rates import Rate
from learning.errors import CommandError

SEED = 3
"""Another than the bench's own."""


def silent(_text):
    pass


async def toxicity(data, say):
    say("Measuring")
    return [Rate("toxicity", 10, 9, f"from {data.name}")]


def harmless(_data, _say):
    return [Rate("lessons", 300, 3, harmless=True)]


@pytest.fixture(scope="module")
def rates():
    return {rate.name: rate for rate in generated.measure(None, silent, SEED)}


@pytest.mark.parametrize("group", ["secrets", "personal data"])
def test_at_least_95_percent_of_what_should_be_found_is(rates, group):
    assert rates[group].cases > 400
    assert rates[group].share >= 0.95


@pytest.mark.parametrize("group", ["near misses", "lessons, secrets and personal data"])
def test_at_most_1_percent_of_what_is_harmless_is_flagged(rates, group):
    assert rates[group].cases >= 300
    assert rates[group].share <= 0.01


def test_every_kind_has_a_row_of_its_own(rates):
    kinds = {*made_secrets.KEYS, *made_secrets.NAMED}

    assert {f"secret: {kind}" for kind in kinds} <= set(rates)
    assert {f"personal: {kind}" for kind in made_people.MAKERS} <= set(rates)


def test_the_same_seed_makes_the_same_texts():
    again = [generated.cases(SEED), generated.cases(SEED)]

    assert again[0] == again[1]
    assert generated.cases(SEED + 1) != again[0]


def test_the_table_has_columns_for_both_kinds_of_cases(capsys, tmp_path):
    assert main(["--data", str(tmp_path)], parts=[toxicity, harmless]) == 0

    told = capsys.readouterr()
    assert "90.0%" in told.out
    assert "1.0%" in told.out
    assert tmp_path.name in told.out
    assert "Measuring" in told.err


def test_programs_read_the_same_as_json(capsys, tmp_path):
    main(["--json", "--data", str(tmp_path)], parts=[toxicity, harmless])

    first, second = json.loads(capsys.readouterr().out)
    assert (first["caught"], first["rate"]) == (9, 0.9)
    assert second["false alarms"] == 3


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(CommandError, match="nowhere is no folder"):
        main(["--data", str(tmp_path / "nowhere")], parts=[])
