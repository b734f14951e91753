"""What an operator sets for Slack, and the sentences about what is missing."""

from dataclasses import dataclass, field

from learning.errors import SettingsError

APPS = "https://api.slack.com/apps"
_APP_TOKEN = (
    f"an app-level token with the scope connections:write, from {APPS} > your app >"
    " Basic Information > App-Level Tokens"
)
_BOT_TOKEN = f"the bot token from {APPS} > your app > OAuth & Permissions"
_SIGNING_SECRET = (
    f"the signing secret from {APPS} > your app > Basic Information > App Credentials"
)
_ENCRYPTION_KEY = (
    'a key made by `python -c "from cryptography.fernet import Fernet;'
    ' print(Fernet.generate_key().decode())"`, kept where no backup of the database is'
)
_WHERE = {
    "SLACK_APP_TOKEN": _APP_TOKEN,
    "SLACK_BOT_TOKEN": _BOT_TOKEN,
    "SLACK_SIGNING_SECRET": _SIGNING_SECRET,
    "SLACK_CLIENT_SECRET": _SIGNING_SECRET.replace("signing", "client"),
    "ENCRYPTION_KEY": _ENCRYPTION_KEY,
}


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """How to reach Slack, and to be reached by it.

    With `app_token` it is Socket Mode, for one workspace; else HTTP: for the
    workspace of `bot_token`, or with `client_id` for all that install it.
    """

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    encryption_key: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 0
    """0 is any free port."""
    base_url: str = "https://slack.com/api/"
    edit_interval_seconds: float = 1.2
    """Slack allows about 50 edits a minute in a channel."""
    ping_interval_seconds: float = 10
    """How soon a cut Socket Mode connection is noticed."""
    answer_within_seconds: float = 1.5
    """When a form is told that its answer takes longer: Slack waits three seconds."""

    @property
    def is_socket_mode(self) -> bool:
        return bool(self.app_token)

    @property
    def installs(self) -> bool:
        """Whether workspaces install it by themselves."""
        return bool(self.client_id) and not self.is_socket_mode

    def check(self) -> None:
        """Raise SettingsError with a sentence for each thing that is missing."""
        needed = {"SLACK_BOT_TOKEN": self.bot_token}
        if not self.is_socket_mode:
            needed = {"SLACK_SIGNING_SECRET": self.signing_secret}
            if self.installs:
                needed["SLACK_CLIENT_SECRET"] = self.client_secret
                needed["ENCRYPTION_KEY"] = self.encryption_key
            else:
                needed["SLACK_BOT_TOKEN"] = self.bot_token
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise SettingsError("\n".join(map(_missing, missing)))


def refused(name: str, reason: str) -> SettingsError:
    """Return the error for a setting that is there and does not work."""
    return SettingsError(f"{name} does not work ({reason}): set it to {_WHERE[name]}.")


def _missing(name: str) -> str:
    return f"{name} is missing: set it to {_WHERE[name]}."
