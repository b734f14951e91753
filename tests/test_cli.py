"""The command line: what may be typed, exit codes, and where sentences go."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.command_line import preparing
from bot.outcome import Outcome, OutcomeKind
from bot.vocabulary import USAGE

ROOT = Path(__file__).parents[1]
COMMANDS = "chat run learn rollback forget import export check bench".split()


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])

    assert exit_.value.code == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^    {name} ", shown, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["forget"],
        ["forget", "one"],
        ["rollback", "0"],
        ["export", "lessons.jsonl", "--audit"],
        ["chat", "--memory", "maybe"],
        ["chat", "--adapter", "newest"],
        ["chat", "--role", "chief"],
        ["chat", "--server", ""],
        ["chat", "--user", "a\nb"],
    ],
)
def test_a_malformed_command_line_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)

    assert exit_.value.code == 2
    assert capsys.readouterr().err


def test_help_loads_nothing_heavy():
    heavy = ("torch", "numpy", "pydantic", "structlog", "prompt_toolkit", "asyncio")
    code = (
        "import sys, bot.__main__ as m\n"
        "try: m.main(['--help'])\n"
        f"except SystemExit: print([n for n in {heavy} if n in sys.modules])"
    )

    out = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert out.splitlines()[-1] == "[]"


def myna(*arguments, script="", **environment):
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        input=script,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_setting_out_of_range_is_one_sentence_and_exit_1(tmp_path):
    done = myna("chat", "--data-dir", str(tmp_path / "d"), NIGHTLY_HOUR="25")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("myna: NIGHTLY_HOUR is '25'")
    assert "Traceback" not in done.stderr


def test_a_data_directory_that_cannot_be_used_is_one_sentence_and_exit_1(tmp_path):
    (tmp_path / "file").write_text("")

    done = myna("chat", "--json", "--data-dir", str(tmp_path / "file" / "d"))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("myna: ")
    assert str(tmp_path / "file") in done.stderr
    assert "Traceback" not in done.stderr


def test_check_names_a_model_that_is_not_there(tmp_path):
    done = myna("check", "--data-dir", str(tmp_path / "d"), MODEL="/no/such/folder")

    assert done.returncode == 1
    assert "/no/such/folder" in done.stdout


def test_preparing_the_model_is_told_in_a_few_lines_where_nobody_watches():
    out = io.StringIO()
    show = preparing(out)

    for step in range(101):
        show(step / 100, "Preparing")

    assert out.getvalue().splitlines() == [
        f"Preparing: {percent} %" for percent in (0, 25, 50, 75, 100)
    ]


def test_every_command_of_the_chat_is_documented():
    page = (ROOT / "docs" / "cli.md").read_text()

    assert all(f"`{name}" in page for name in USAGE)
    assert all(f"`myna {name}" in page for name in COMMANDS)


def test_every_kind_of_outcome_and_its_fields_are_documented():
    page = (ROOT / "docs" / "cli.md").read_text()
    fields = Outcome(OutcomeKind.HELP, "").to_json()

    assert all(f"`{name}`" in page for name in [*OutcomeKind, *fields])
