"""Every setting, read from the environment and from .env, checked at start."""

import os
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from learning.encryption import is_key
from learning.errors import SettingsError
from learning.tool_address import hosts_named
from moderation.policy import DISCORD, SLACK
from storage.retention import Retention

CORES_FOR_TWO = 4
DEVELOPMENT_DATA = "../shared/data"


class EngineChoice(StrEnum):
    """Which library serves the model; `auto` decides by the hardware."""

    AUTO = "auto"
    LLAMA_CPP = "llama_cpp"
    TRANSFORMERS = "transformers"


class LogFormat(StrEnum):
    """How log lines look; `auto` is the console's where there is one."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least grave event that is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:
        raise ValueError("is no time zone; write one like Europe/Berlin") from exc
    return name


def _encryption_key(text: str) -> str:
    if text and not is_key(text):
        raise ValueError(
            "should be 32 bytes in 44 characters; .env.example has the command that"
            " prints one"
        )
    return text


def _private_hosts(text: str) -> str:
    try:
        hosts_named(text)
    except ValueError as exc:
        raise ValueError(
            "should be hosts with commas between, like localhost:8000,10.0.0.5"
        ) from exc
    return text


class Settings(BaseModel):
    """All settings; .env.example says what each is for."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", protected_namespaces=(), validate_default=True
    )

    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=lambda: user_data_path("myna", appauthor=False)
    )

    model: str = ""
    model_gguf: str = ""
    engine: EngineChoice = EngineChoice.AUTO
    engine_slots: int = Field(4, ge=1, le=64)
    engine_max_adapters: int = Field(16, ge=1, le=1000)
    context_tokens: int = Field(2048, ge=512, le=131_072)
    decode_threads: int = Field(0, ge=0, le=256)
    prompt_threads: int = Field(0, ge=0, le=256)

    train_threads: int = Field(0, ge=0, le=256)
    train_device: str = Field("auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")
    nightly_hour: int = Field(3, ge=0, le=23)
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    min_new_lessons: int = Field(1, ge=1, le=1000)
    max_runs_at_once: int = Field(1, ge=1, le=64)
    run_timeout_seconds: int = Field(21_600, ge=60, le=604_800)
    train_minutes_per_day: int = Field(720, ge=0, le=1440)

    teach_per_hour: int = Field(30, ge=0, le=100_000)
    server_teach_per_hour: int = Field(300, ge=0, le=1_000_000)
    ask_per_minute: int = Field(20, ge=0, le=100_000)
    max_waiting_questions: int = Field(64, ge=0, le=100_000)
    max_lesson_chars: int = Field(2000, ge=50, le=20_000)
    max_passages: int = Field(200, ge=1, le=5000)
    searxng_url: str = ""
    brave_api_key: str = ""
    search_ddgs: bool = False
    import_pages: int = Field(20, ge=1, le=1000)
    tool_calls_per_minute: int = Field(10, ge=0, le=100_000)
    tool_private_hosts: Annotated[str, AfterValidator(_private_hosts)] = ""

    discord_token: str = ""
    discord_message_content: bool = False
    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_client_id: str = ""
    slack_client_secret: str = ""
    slack_host: str = "127.0.0.1"
    slack_port: int = Field(3000, ge=0, le=65_535)
    encryption_key: Annotated[str, AfterValidator(_encryption_key)] = Field(
        "", repr=False
    )
    encryption_key_before: Annotated[str, AfterValidator(_encryption_key)] = Field(
        "", repr=False
    )
    pseudonym_key: str = ""
    discord_training_permission: str = ""
    slack_training_permission: str = ""

    backup_keep_days: int = Field(7, ge=1, le=3650)
    keep_answers_days: int = Field(180, ge=0, le=36_500)
    keep_feedback_days: int = Field(365, ge=0, le=36_500)
    keep_unreviewed_days: int = Field(180, ge=0, le=36_500)
    keep_rejected_days: int = Field(90, ge=0, le=36_500)
    keep_runs_days: int = Field(90, ge=0, le=36_500)
    keep_names_days: int = Field(365, ge=0, le=36_500)
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.AUTO

    @property
    def decode_threads_used(self) -> int:
        """The threads that write answers: as set, or two where two cores stay free.

        On two cores a second thread makes decoding faster alone, and many times slower
        as soon as anything else runs: threads wait for each other spinning
        (docs/LOG.md).
        """
        return self.decode_threads or (2 if _cores() >= CORES_FOR_TWO else 1)

    @property
    def prompt_threads_used(self) -> int:
        """The threads that read prompts: as set, or one for each core."""
        return self.prompt_threads or _cores()

    @property
    def train_threads_used(self) -> int:
        """The threads that train: as set, or all cores but one, which answers."""
        return self.train_threads or max(1, _cores() - 1)

    @property
    def retention(self) -> Retention:
        """How long each kind of data is kept, backups apart."""

        def kept(days: int) -> timedelta | None:
            return timedelta(days=days) if days else None

        return Retention(
            answers=kept(self.keep_answers_days),
            feedback=kept(self.keep_feedback_days),
            unreviewed=kept(self.keep_unreviewed_days),
            rejected=kept(self.keep_rejected_days),
            runs=kept(self.keep_runs_days),
            names=kept(self.keep_names_days),
        )

    @property
    def private_hosts(self) -> frozenset[str]:
        """The hosts inside the network that tools may call, as `ToolClient` takes them."""
        return hosts_named(self.tool_private_hosts)

    @property
    def training_permissions(self) -> dict[str, str]:
        """References to platforms' written leave to train, for the train gate."""
        return {
            DISCORD: self.discord_training_permission,
            SLACK: self.slack_training_permission,
        }


def load(
    *,
    flags: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    env_file: Path = Path(".env"),
) -> Settings:
    """Read the settings: flags win over the environment, and that over `env_file`.

    An empty value means the default. Raises SettingsError with one sentence for
    each setting that is off.
    """
    sources = (
        _dotenv(env_file),
        os.environ if environ is None else environ,
        flags or {},
    )
    found = {
        name.lower(): value
        for source in sources
        for name, value in source.items()
        if name == name.upper() and name.lower() in Settings.model_fields and value
    }
    try:
        return Settings.model_validate(found)
    except ValidationError as exc:
        problems = [
            f"{_shown(str(error['loc'][0]), error['input'])}: {_said(error['msg'])}."
            for error in exc.errors()
        ]
        # Not `from exc`: it quotes every value, and a traceback would show it.
        raise SettingsError("\n".join(problems)) from None


def development_data(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of development data, for benches that are told of no other.

    It is no setting: nothing that serves people reads it.
    """
    found = (os.environ if environ is None else environ).get("MYNA_DATA")
    return Path(found or DEVELOPMENT_DATA)


def _dotenv(path: Path) -> dict[str, str | None]:
    try:
        return dotenv_values(path) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"{path} cannot be read as text: {exc}.") from exc


def _shown(name: str, value: object) -> str:
    """Name a setting with its value, where that is no secret."""
    is_secret = not Settings.model_fields[name].repr
    return name.upper() + (" is no key" if is_secret else f" is {value!r}")


def _said(message: str) -> str:
    """Turn pydantic's words into the end of a sentence."""
    if message.startswith("Input should be a valid integer"):
        return "it should be a whole number"
    for prefix, ours in (
        ("Value error, ", "it "),
        ("Input ", "it "),
        ("String ", "it "),
    ):
        if message.startswith(prefix):
            return ours + message.removeprefix(prefix)
    return message


def _cores() -> int:
    return os.cpu_count() or 1
