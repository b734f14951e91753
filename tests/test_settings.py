"""Tests that settings are checked at start and that .env.example mirrors them."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import EngineChoice, LogLevel, Settings, load
from learning.errors import SettingsError

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
NOWHERE = Path("no-such-file")


def read(**environ):
    return load(environ=environ, env_file=NOWHERE)


def example():
    """Return each setting of .env.example with its value and the line above it."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return {
        line.split("=")[0]: (line.split("=", 1)[1], lines[number - 1])
        for number, line in enumerate(lines)
        if re.match(r"[A-Z_]+=", line)
    }


def test_every_setting_is_in_the_example_and_nothing_else_is():
    assert sorted(example()) == sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_in_the_example_has_a_comment():
    bare = [
        name for name, (_, above) in example().items() if not above.startswith("# ")
    ]

    assert bare == []


def test_the_example_holds_the_defaults():
    assert load(environ={}, env_file=EXAMPLE) == Settings()
    unset = {name for name, (value, _) in example().items() if not value}
    assert unset == {
        "DATA_DIR",
        "MODEL",
        "MODEL_GGUF",
        "SEARXNG_URL",
        "BRAVE_API_KEY",
        "TOOL_PRIVATE_HOSTS",
        "DISCORD_TOKEN",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "ENCRYPTION_KEY",
        "PSEUDONYM_KEY",
        "ENCRYPTION_KEY_BEFORE",
        "DISCORD_TRAINING_PERMISSION",
        "SLACK_TRAINING_PERMISSION",
    }


def test_settings_come_from_the_environment():
    settings = read(NIGHTLY_HOUR="5", ENGINE="transformers", DATA_DIR="/srv/myna")

    assert settings.nightly_hour == 5
    assert settings.engine is EngineChoice.TRANSFORMERS
    assert settings.data_dir == Path("/srv/myna")


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("NIGHTLY_HOUR=1\nENGINE_SLOTS=1\nLOG_LEVEL=DEBUG\n")

    settings = load(
        flags={"NIGHTLY_HOUR": "3"},
        environ={"NIGHTLY_HOUR": "2", "ENGINE_SLOTS": "2"},
        env_file=env_file,
    )

    assert settings.nightly_hour == 3
    assert settings.engine_slots == 2
    assert settings.log_level is LogLevel.DEBUG


def test_an_empty_value_is_the_default():
    assert read(NIGHTLY_HOUR="", MODEL="") == Settings()


def test_variables_of_other_programs_are_ignored():
    assert read(PATH="/bin", model="lower case") == Settings()


def test_a_home_directory_is_expanded():
    assert read(DATA_DIR="~/myna").data_dir == Path.home() / "myna"


def test_every_problem_is_told_at_once_in_a_sentence_each():
    with pytest.raises(SettingsError) as raised:
        read(NIGHTLY_HOUR="25", ENGINE="gpt", ENGINE_SLOTS="many", TIME_ZONE="Mars/One")

    told = sorted(str(raised.value).splitlines())
    assert told == [
        "ENGINE is 'gpt': it should be 'auto', 'llama_cpp' or 'transformers'.",
        "ENGINE_SLOTS is 'many': it should be a whole number.",
        "NIGHTLY_HOUR is '25': it should be less than or equal to 23.",
        "TIME_ZONE is 'Mars/One': it is no time zone; write one like Europe/Berlin.",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NIGHTLY_HOUR", "-1"),
        ("ENGINE_SLOTS", "0"),
        ("ENGINE_MAX_ADAPTERS", "0"),
        ("CONTEXT_TOKENS", "10"),
        ("DECODE_THREADS", "-1"),
        ("PROMPT_THREADS", "-1"),
        ("TRAIN_THREADS", "-1"),
        ("TRAIN_DEVICE", "toaster"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("MIN_NEW_LESSONS", "0"),
        ("MAX_RUNS_AT_ONCE", "0"),
        ("RUN_TIMEOUT_SECONDS", "0"),
        ("TEACH_PER_HOUR", "-1"),
        ("ASK_PER_MINUTE", "1.5"),
        ("MAX_LESSON_CHARS", "1"),
        ("TOOL_CALLS_PER_MINUTE", "-1"),
        ("TOOL_PRIVATE_HOSTS", "http://localhost"),
        ("TOOL_PRIVATE_HOSTS", "localhost:99999"),
        ("TOOL_PRIVATE_HOSTS", "two words"),
        ("BACKUP_KEEP_DAYS", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_out_of_range_is_refused(name, value):
    with pytest.raises(SettingsError, match=rf"^{name} is "):
        read(**{name: value})


def test_settings_cannot_be_changed():
    settings = read()

    with pytest.raises(ValidationError):
        settings.nightly_hour = 4


def test_threads_left_to_us_leave_a_core_for_answering():
    settings = read()

    assert settings.prompt_threads_used >= settings.train_threads_used >= 1
    assert read(TRAIN_THREADS="7").train_threads_used == 7


def test_a_file_that_is_no_text_is_told(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match="cannot be read"):
        load(environ={}, env_file=env_file)


def test_permissions_to_train_are_named_by_platform():
    settings = read(DISCORD_TRAINING_PERMISSION="REF-1")

    assert settings.training_permissions == {"discord": "REF-1", "slack": ""}


def test_private_hosts_are_read_as_hosts_are_compared():
    settings = read(TOOL_PRIVATE_HOSTS=" LocalHost:8000, 10.0.0.5,[::1]:80,a.test:443,")

    assert settings.private_hosts == {"localhost:8000", "10.0.0.5", "[::1]", "a.test"}
    assert read().private_hosts == frozenset()


def test_a_private_host_that_is_none_is_told_in_a_sentence():
    with pytest.raises(SettingsError) as raised:
        read(TOOL_PRIVATE_HOSTS="http://localhost/")

    assert str(raised.value) == (
        "TOOL_PRIVATE_HOSTS is 'http://localhost/': it should be hosts with commas"
        " between, like localhost:8000,10.0.0.5."
    )
